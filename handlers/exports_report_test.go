package handlers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/export"
	"example.com/alta/repo"
)

// TestExportReport: a report has sums by currency without transfers, expenses by
// category of the top level, and the days of the user's time zone.
func TestExportReport(t *testing.T) {
	color, dollars := "#FF6B6B", uuid.New()
	food := repo.Category{ID: uuid.New(), Name: "Alimentación", Color: &color}
	market := repo.Category{ID: uuid.New(), Name: "Supermercado", ParentID: &food.ID}
	services := repo.Category{ID: uuid.New(), Name: "Servicios", Color: &color}
	name := market.Name
	now := time.Date(2026, 3, 4, 1, 0, 0, 0, time.UTC)
	data := repo.Export{
		Workspace:  repo.Workspace{Currency: "ARS", Timezone: "America/Argentina/Buenos_Aires"},
		User:       repo.User{FirstName: "Ada", LastName: "Lovelace", Language: "en"},
		Categories: []repo.Category{food, market, services},
		Totals: []repo.PeriodTotal{
			{Type: "EXPENSE", Currency: "ARS", CategoryID: services.ID.String(), Amount: 5, Entries: 1},
			{Type: "EXPENSE", Currency: "ARS", Amount: 4, Entries: 1},
			{Type: "EXPENSE", Currency: "ARS", CategoryID: food.ID.String(), Amount: 3, Entries: 1},
			{Type: "EXPENSE", Currency: "ARS", CategoryID: market.ID.String(), Amount: 4, Entries: 1},
			{Type: "EXPENSE", Currency: "USD", CategoryID: food.ID.String(), AccountID: dollars.String(), Amount: 70, Entries: 3},
			{Type: "INCOME", Currency: "EUR", Amount: 11, Entries: 4},
			{Type: "INCOME", Currency: "ARS", Amount: 13, Entries: 5},
			{Type: "INCOME", Currency: "ARS", IsTransfer: true, Amount: 1000, Entries: 6},
			{Type: "TRANSFER", Currency: "ARS", IsTransfer: true, Amount: 1000, Entries: 6},
			{Type: "TRANSFER", Currency: "BRL", Amount: 1000, Entries: 1},
		},
	}
	calendar, err := data.Workspace.Calendar()
	if err != nil {
		t.Fatal(err)
	}
	report, err := exportReport(data, now, 20)
	if err != nil {
		t.Fatal(err)
	}
	wantRow := export.Row{Day: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC), Type: "EXPENSE", Amount: 7, Currency: "ARS", Category: name}
	if diff := cmp.Diff(wantRow, exportRow(calendar, repo.ExportTransaction{Date: now, Type: "EXPENSE", Amount: 7, Currency: "ARS", Category: &name})); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	wantSums := []export.Sum{{Currency: "ARS", Income: 13, Expense: 16}, {Currency: "EUR", Income: 11}, {Currency: "USD", Expense: 70}}
	if diff := cmp.Diff(wantSums, report.Sums); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	wantExpenses := []export.Slice{
		{Category: food.Name, Color: color, Amount: 7}, {Category: services.Name, Color: color, Amount: 5}, {Color: "#94a3b8", Amount: 4},
	}
	if diff := cmp.Diff(wantExpenses, report.Expenses); diff != "" {
		t.Errorf("expenses (-want +got):\n%s", diff)
	}
	if report.Shown != 20 || report.User != "Ada Lovelace" || report.Language != "en" {
		t.Errorf("got %+v", report)
	}
	if report.Total != 29 || report.Currency != "ARS" || report.Account != "" || report.Zone.String() != "America/Argentina/Buenos_Aires" {
		t.Errorf("got %+v", report)
	}
	data.Account = &repo.Account{ID: dollars, Name: "Dólares", Currency: "USD"}
	if report, err = exportReport(data, now, 20); err != nil || report.Account != "Dólares" || report.Currency != "USD" || report.Total != 3 {
		t.Errorf("of one account: got %+v, %v", report, err)
	}
	if diff := cmp.Diff([]export.Sum{{Currency: "USD", Expense: 70}}, report.Sums); diff != "" {
		t.Errorf("of one account: sums (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]export.Slice{{Category: food.Name, Color: color, Amount: 70}}, report.Expenses); diff != "" {
		t.Errorf("of one account: expenses (-want +got):\n%s", diff)
	}
	data.Workspace.Timezone = "Mars/Olympus"
	if report, err = exportReport(data, now, 20); err != nil || report.Zone != time.UTC {
		t.Errorf("of a user whose zone is not in the database: got %v, %v; want UTC", report.Zone, err)
	}
}
