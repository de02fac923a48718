package handlers

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/alta/internal/export"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

// exportReport converts the data to the report of a file that has at most limit
// transactions. Its sums are those of the dashboard over all months. The first one is in
// the user's currency, or in that of the account if the report is of one account.
func exportReport(data repo.Export, now time.Time, limit int) (r export.Report, err error) {
	books := report.Books{Currency: data.Workspace.Currency, Categories: data.Categories, Totals: data.Totals}
	if data.Account != nil {
		books = books.Only(*data.Account)
		r.Account = data.Account.Name
	}
	r.Language, r.User = data.User.Language, personOf(data.User)
	r.Currency, r.Made = books.Currency, now
	calendar, err := data.Workspace.Calendar()
	if err != nil {
		return r, err
	}
	r.Zone = calendar.Zone
	for _, total := range books.Totals {
		r.Total += int(total.Entries)
	}
	r.Shown = min(r.Total, limit)
	d := books.Dashboard()
	r.Sums = []export.Sum{exportSum(r.Currency, d.Flow)}
	for _, currency := range slices.Sorted(maps.Keys(d.Others)) {
		r.Sums = append(r.Sums, exportSum(currency, d.Others[currency]))
	}
	for _, share := range d.Shares {
		if share.IsNone {
			share.Name = "" // the file has words for it
		}
		r.Expenses = append(r.Expenses, export.Slice{Category: share.Name, Color: share.Color, Amount: share.Total})
	}
	return r, nil
}

// exportRow converts a transaction of the user with the calendar.
func exportRow(calendar fiscal.Calendar, t repo.ExportTransaction) export.Row {
	return export.Row{
		Day: calendar.DayOf(t.Date), Type: t.Type, Amount: t.Amount, Currency: t.Currency,
		Category: deref(t.Category, ""), Account: deref(t.Account, ""), Description: deref(t.Description, ""),
	}
}

// personOf returns the user's name or, if there is none, the address.
func personOf(user repo.User) string {
	return cmp.Or(strings.TrimSpace(user.FirstName+" "+user.LastName), user.DisplayEmail)
}

func exportSum(currency string, flow report.Flow) export.Sum {
	return export.Sum{Currency: currency, Income: flow.Income, Expense: flow.Expense}
}
