package report_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

func TestDashboard(t *testing.T) {
	b := household()
	green := "#00FF00"
	b.Categories[0].Color = &green // food
	b.add("rent", "home").IsFixed = true
	b.add("TRANSFERENCIAS a mamá", "")
	b.Accounts = []repo.Account{
		{ID: id("wallet"), Currency: "ARS", Balance: 500},
		{ID: id("card"), Currency: "ARS", Balance: -200},
		{ID: id("dollars"), Currency: "USD", Balance: 70},
	}
	b.total(repo.TypeIncome, "food", 1000)
	b.total(repo.TypeIncome, "", 10).AccountID = "" // its account was deleted
	b.total(repo.TypeExpense, "market", 30)
	b.total(repo.TypeExpense, "dining", 30).AccountID = id("card").String()
	b.total(repo.TypeExpense, "rent", 40)
	b.total(repo.TypeExpense, "", 50)
	b.total(repo.TypeExpense, "TRANSFERENCIAS a mamá", 5) // a category like any other
	b.total(repo.TypeIncome, "TRANSFERENCIAS a mamá", 3)
	b.total(repo.TypeTransfer, "food", 1e6)
	b.total(repo.TypeExpense, "food", 1e6).IsTransfer = true
	b.total(repo.TypeIncome, "", 1e6).IsTransfer = true
	b.total(repo.TypeIncome, "", 1e6).IsTransfer = true
	dollars := b.total(repo.TypeExpense, "rent", 7)
	dollars.Currency, dollars.AccountID = "USD", id("dollars").String()
	b.total(repo.TypeIncome, "", 9).Currency = "EUR" // no account has this currency any more

	want := report.Dashboard{
		Flow: report.Flow{Income: 1013, Expense: 155, Available: 300},
		Others: map[string]report.Flow{
			"USD": {Expense: 7, Available: 70},
			"EUR": {Income: 9},
		},
		Shares: []report.Share{
			{Name: "food", Color: "#00FF00", Total: 60}, {Name: "Otros", Color: "#94a3b8", IsNone: true, Total: 50}, {Name: "home", Color: "#94a3b8", Total: 40},
			{Name: "TRANSFERENCIAS a mamá", Color: "#94a3b8", Total: 5},
		},
		Fixed: 40, Variable: 115,
	}
	if diff := cmp.Diff(want, b.Dashboard()); diff != "" {
		t.Errorf("all accounts (-want +got):\n%s", diff)
	}
	if cash := b.Dashboard().CashFlow(); cash != 858 {
		t.Errorf("cash flow is %d, want 858", cash)
	}

	want = report.Dashboard{
		Flow:   report.Flow{Expense: 30, Available: -200},
		Others: map[string]report.Flow{}, Shares: []report.Share{{Name: "food", Color: "#00FF00", Total: 30}}, Variable: 30,
	}
	if diff := cmp.Diff(want, b.Only(b.Accounts[1]).Dashboard()); diff != "" {
		t.Errorf("one account (-want +got):\n%s", diff)
	}
	want = report.Dashboard{
		Flow:   report.Flow{Expense: 7, Available: 70},
		Others: map[string]report.Flow{}, Shares: []report.Share{{Name: "home", Color: "#94a3b8", Total: 7}}, Fixed: 7,
	}
	if diff := cmp.Diff(want, b.Only(b.Accounts[2]).Dashboard()); diff != "" {
		t.Errorf("an account in another currency (-want +got):\n%s", diff)
	}
}

// TestDashboardOfDeleted: expenses in a deleted category count for the category
// above it, and stay fixed if the deleted one was.
func TestDashboardOfDeleted(t *testing.T) {
	b := household()
	b.Categories[4].IsFixed = true // gas
	for _, name := range []string{"market", "gas", "home", "health"} {
		b.total(repo.TypeExpense, name, 10)
	}
	b.delete("market", "gas", "home")
	want := []report.Share{{Name: "Otros", Color: "#94a3b8", IsNone: true, Total: 20}, {Name: "food", Color: "#94a3b8", Total: 10}, {Name: "health", Color: "#94a3b8", Total: 10}}
	d := b.Dashboard()
	if diff := cmp.Diff(want, d.Shares); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if d.Fixed != 10 || d.Variable != 30 {
		t.Errorf("fixed %d, variable %d; want 10 and 30", d.Fixed, d.Variable)
	}
}

func TestDashboardBeyondInt64(t *testing.T) {
	b := household()
	b.Accounts = []repo.Account{{Currency: "ARS", Balance: most}, {Currency: "ARS", Balance: 1}, {Currency: "USD", Balance: math.MinInt64}, {Currency: "USD", Balance: -1}}
	b.total(repo.TypeExpense, "market", most)
	b.total(repo.TypeExpense, "dining", most)
	d := b.Dashboard()
	if d.Available != most || d.Others["USD"].Available != math.MinInt64 || d.Expense != most || d.CashFlow() != -most || d.Shares[0].Total != most || d.Variable != most {
		t.Errorf("got %+v", d)
	}
}
