package handlers

import (
	"maps"
	"slices"
	"time"

	"example.com/alta/internal/export"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// exportReport converts the data to a report. Its sums are those of the dashboard over
// all months. The first one is in the user's currency, or in that of the account if
// the report is of one account.
func exportReport(data repo.Export, now time.Time) (r export.Report, err error) {
	books := report.Books{Currency: data.Workspace.Currency, Categories: data.Categories, Totals: data.Totals}
	if data.Account != nil {
		books = books.Only(*data.Account)
		r.Account = data.Account.Name
	}
	r.UserID, r.Currency, r.Made = data.Workspace.UserID.String(), books.Currency, now
	calendar, err := data.Workspace.Calendar()
	if err != nil {
		return r, err
	}
	r.Zone = calendar.Zone
	for _, row := range data.Transactions {
		r.Rows = append(r.Rows, export.Row{
			Day: calendar.DayOf(row.Date), Type: row.Type, Amount: row.Amount, Currency: row.Currency,
			Category: deref(row.Category, ""), Account: deref(row.Account, ""), Description: deref(row.Description, ""),
		})
	}
	for _, total := range books.Totals {
		r.Total += int(total.Entries)
	}
	d := books.Dashboard()
	r.Sums = []export.Sum{exportSum(r.Currency, d.Flow)}
	for _, currency := range slices.Sorted(maps.Keys(d.Others)) {
		r.Sums = append(r.Sums, exportSum(currency, d.Others[currency]))
	}
	for _, share := range d.Shares {
		r.Expenses = append(r.Expenses, export.Slice{Category: share.Name, Color: share.Color, Amount: share.Total})
	}
	return r, nil
}

func exportSum(currency string, flow report.Flow) export.Sum {
	return export.Sum{Currency: currency, Income: flow.Income, Expense: flow.Expense}
}
