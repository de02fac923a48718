package handlers

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"alta/internal/export"
	"alta/repo"
)

// report is the data as it is to be written. Sums are in the user's currency
// first, or in the one account's, which all of its transactions are in.
func (s *Server) report(data repo.Export) (r export.Report, err error) {
	r = export.Report{UserID: data.Workspace.UserID.String(), Currency: data.Workspace.Currency, Made: s.Now()}
	if r.Zone, err = time.LoadLocation(data.Workspace.Timezone); err != nil {
		return r, err
	}
	if data.Account != nil {
		r.Account, r.Currency = data.Account.Name, data.Account.Currency
	}
	for _, row := range data.Transactions {
		r.Rows = append(r.Rows, export.Row{
			Date: row.Date, Type: row.Type, Amount: row.Amount, Currency: row.Currency,
			Category: orEmpty(row.Category), Account: orEmpty(row.Account), Description: orEmpty(row.Description),
		})
	}
	for _, total := range data.Totals {
		r.Total += int(total.Entries)
	}
	r.Sums, r.Expenses = sums(r.Currency, data.Totals), expenses(r.Currency, data.Totals)
	return r, nil
}

// sums is what the totals come to, in the currency and then in the others.
// Transfers are neither income nor expense.
func sums(currency string, totals []repo.ExportTotal) []export.Sum {
	byCurrency := map[string]export.Sum{}
	for _, total := range totals {
		sum := byCurrency[total.Currency]
		switch {
		case isTransfer(total):
			continue
		case total.Type == repo.TypeIncome:
			sum.Income += total.Amount
		default:
			sum.Expense += total.Amount
		}
		byCurrency[total.Currency] = sum
	}
	own := byCurrency[currency]
	own.Currency = currency
	list := []export.Sum{own}
	delete(byCurrency, currency)
	for _, other := range slices.Sorted(maps.Keys(byCurrency)) {
		sum := byCurrency[other]
		sum.Currency = other
		list = append(list, sum)
	}
	return list
}

func isTransfer(total repo.ExportTotal) bool {
	return total.IsTransfer || total.Type == repo.TypeTransfer
}

// expenses is what was spent in the currency, by category of the top level, the
// most first.
func expenses(currency string, totals []repo.ExportTotal) (list []export.Slice) {
	for _, total := range totals {
		if total.Currency != currency || total.Type != repo.TypeExpense || isTransfer(total) {
			continue
		}
		category := "Sin categoría"
		if total.Category != nil {
			category = *total.Category
		}
		list = append(list, export.Slice{Category: category, Color: orEmpty(total.Color), Amount: total.Amount})
	}
	slices.SortFunc(list, func(a, b export.Slice) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Category, b.Category))
	})
	return list
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
