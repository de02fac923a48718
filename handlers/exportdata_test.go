package handlers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alta/internal/export"
	"alta/repo"
)

// What is in a report: sums by currency, transfers in none of them, expenses by
// category, and days where the user is.
func TestReport(t *testing.T) {
	food, services, foodColor := "Alimentación", "Servicios", "#FF6B6B"
	now := time.Date(2026, 3, 4, 1, 0, 0, 0, time.UTC)
	s := &Server{Config: Config{Now: func() time.Time { return now }}}
	data := repo.Export{
		Workspace:    repo.Workspace{Currency: "ARS", Timezone: "America/Argentina/Buenos_Aires"},
		Transactions: []repo.ExportTransaction{{Date: now, Type: "EXPENSE", Amount: 7, Currency: "ARS", Category: &food}},
		Totals: []repo.ExportTotal{
			{Type: "EXPENSE", Currency: "ARS", Category: &services, Amount: 5, Entries: 1},
			{Type: "EXPENSE", Currency: "ARS", Amount: 5, Entries: 1},
			{Type: "EXPENSE", Currency: "ARS", Category: &food, Color: &foodColor, Amount: 7, Entries: 2},
			{Type: "EXPENSE", Currency: "USD", Category: &food, Amount: 70, Entries: 3},
			{Type: "INCOME", Currency: "EUR", Amount: 11, Entries: 4},
			{Type: "INCOME", Currency: "ARS", Amount: 13, Entries: 5},
			{Type: "INCOME", Currency: "ARS", IsTransfer: true, Amount: 1000, Entries: 6},
			{Type: "TRANSFER", Currency: "ARS", IsTransfer: true, Amount: 1000, Entries: 6},
			{Type: "TRANSFER", Currency: "BRL", Amount: 1000, Entries: 1},
		},
	}
	report, err := s.report(data)
	if err != nil {
		t.Fatal(err)
	}
	wantSums := []export.Sum{{Currency: "ARS", Income: 13, Expense: 17}, {Currency: "EUR", Income: 11}, {Currency: "USD", Expense: 70}}
	if diff := cmp.Diff(wantSums, report.Sums); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	wantExpenses := []export.Slice{{Category: food, Color: foodColor, Amount: 7}, {Category: services, Amount: 5}, {Category: "Sin categoría", Amount: 5}}
	if diff := cmp.Diff(wantExpenses, report.Expenses); diff != "" {
		t.Errorf("expenses (-want +got):\n%s", diff)
	}
	if report.Total != 29 || report.Currency != "ARS" || report.Account != "" || report.Zone.String() != "America/Argentina/Buenos_Aires" {
		t.Errorf("got %+v", report)
	}
	data.Account = &repo.ExportAccount{Name: "Dólares", Currency: "USD"}
	if report, err = s.report(data); err != nil || report.Sums[0] != (export.Sum{Currency: "USD", Expense: 70}) || report.Account != "Dólares" {
		t.Errorf("of one account: got %+v, %v", report, err)
	}
	if len(report.Expenses) != 1 {
		t.Errorf("of one account: got the expenses %+v, want those in its currency", report.Expenses)
	}
	data.Workspace.Timezone = "Mars/Olympus"
	if _, err := s.report(data); err == nil {
		t.Error("an unknown time zone passes")
	}
}
