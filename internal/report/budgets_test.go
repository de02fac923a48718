package report_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/report"
	"example.com/alta/repo"
)

func TestCheckBudget(t *testing.T) {
	moved := func(b repo.Budget, from string) repo.Budget {
		b.ID = id("budget of " + from)
		return b
	}
	for name, test := range map[string]struct {
		set    func(b *book)
		wanted repo.Budget
		err    error
		amount int64 // of a Limit
	}{
		"alone":                  {wanted: planned("food", 1)},
		"unknown category":       {wanted: planned("cars", 1), err: report.ErrNoCategory},
		"deleted category":       {func(b *book) { b.delete("food") }, planned("food", 1), report.ErrNoCategory, 0},
		"taken":                  {func(b *book) { b.budget("food", 5) }, moved(planned("food", 1), "x"), report.ErrTaken, 0},
		"itself as it was":       {func(b *book) { b.budget("food", 5) }, planned("food", 1), nil, 0},
		"into the parent's":      {func(b *book) { b.budget("food", 100); b.budget("dining", 40) }, planned("market", 60), nil, 0},
		"above the parent's":     {func(b *book) { b.budget("food", 100); b.budget("dining", 40) }, planned("market", 61), report.ErrAboveParent, 60},
		"nothing left":           {func(b *book) { b.budget("food", 100); b.budget("dining", 140) }, planned("market", 1), report.ErrAboveParent, 0},
		"no budget of a parent":  {func(b *book) { b.budget("dining", 40) }, planned("market", 1e9), nil, 0},
		"roots are no siblings":  {func(b *book) { b.budget("home", 40); b.budget("health", 40) }, planned("food", 1), nil, 0},
		"nor are cousins":        {func(b *book) { b.budget("food", 50); b.budget("gas", 40) }, planned("market", 50), nil, 0},
		"its own change":         {func(b *book) { b.budget("food", 100); b.budget("market", 90) }, planned("market", 100), nil, 0},
		"as much as children":    {func(b *book) { b.budget("market", 60); b.budget("dining", 40) }, planned("food", 100), nil, 0},
		"less than children":     {func(b *book) { b.budget("market", 60); b.budget("dining", 40) }, planned("food", 99), report.ErrBelowChildren, 100},
		"of a deleted sibling":   {func(b *book) { b.budget("food", 100); b.budget("dining", 90); b.delete("dining") }, planned("market", 100), nil, 0},
		"of deleted children":    {func(b *book) { b.budget("market", 60); b.delete("market") }, planned("food", 1), nil, 0},
		"from parent to child":   {func(b *book) { b.budget("food", 100) }, moved(planned("market", 500), "food"), nil, 0},
		"from child to parent":   {func(b *book) { b.budget("market", 100) }, moved(planned("food", 5), "market"), nil, 0},
		"from another's child":   {func(b *book) { b.budget("home", 9); b.budget("market", 100) }, moved(planned("gas", 10), "market"), report.ErrAboveParent, 9},
		"onto one that has one":  {func(b *book) { b.budget("home", 9); b.budget("market", 100) }, moved(planned("home", 10), "market"), report.ErrTaken, 0},
		"sums beyond int64 hold": {func(b *book) { b.budget("food", 1); b.budget("dining", most) }, planned("market", most), report.ErrAboveParent, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := household()
			if test.set != nil {
				test.set(b)
			}
			err := report.CheckBudget(test.wanted, b.Budgets, b.Categories)
			if !errors.Is(err, test.err) {
				t.Fatalf("got %v, want %v", err, test.err)
			}
			if limit, ok := errors.AsType[*report.Limit](err); ok && limit.Amount != test.amount {
				t.Errorf("the limit is %d, want %d", limit.Amount, test.amount)
			}
		})
	}
}

// draw writes a tree, a node on a line.
func draw(nodes []report.Node, depth int) string {
	var out strings.Builder
	for _, n := range nodes {
		name := "-"
		if n.Category != nil {
			name = n.Category.Name
		}
		fmt.Fprintf(&out, "%s%s %d/%d direct %d left %d %d%% %s\n%s", strings.Repeat(" ", depth), name, n.Spent, n.Amount(), n.Direct,
			n.Remaining(), n.Percentage(), n.Status(), draw(n.Children, depth+1))
	}
	return out.String()
}

func TestBudgetTree(t *testing.T) {
	b := household()
	b.budget("food", 1000)
	b.budget("market", 300)
	b.budget("home", 100)
	b.total(repo.TypeExpense, "food", 100)
	b.total(repo.TypeExpense, "market", 200)
	b.total(repo.TypeExpense, "market", 50).AccountID = "" // its account is gone
	b.total(repo.TypeExpense, "gas", 100)
	b.total(repo.TypeExpense, "", 7)
	b.total(repo.TypeExpense, "never heard of", 5)
	b.total(repo.TypeIncome, "food", 1e6)
	b.total(repo.TypeTransfer, "food", 1e6)
	b.total(repo.TypeExpense, "food", 1e6).IsTransfer = true
	b.total(repo.TypeExpense, "food", 1e6).Currency = "USD"
	want := `food 350/1000 direct 100 left 650 35% OK
 market 250/300 direct 250 left 50 83% WARNING
 dining 0/0 direct 0 left 0 0% UNBUDGETED
home 100/100 direct 0 left 0 100% EXCEEDED
 gas 100/0 direct 100 left 0 0% UNBUDGETED
health 0/0 direct 0 left 0 0% UNBUDGETED
- 12/0 direct 12 left 0 0% UNBUDGETED
`
	if diff := cmp.Diff(want, draw(b.BudgetTree(), 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBudgetTreeOfDeleted: a deleted category's spending is not lost.
func TestBudgetTreeOfDeleted(t *testing.T) {
	b := household()
	b.budget("market", 300)
	for _, name := range []string{"food", "market", "home", "gas", "health"} {
		b.total(repo.TypeExpense, name, 10)
	}
	b.delete("market", "home", "gas")
	want := `food 20/0 direct 20 left 0 0% UNBUDGETED
 dining 0/0 direct 0 left 0 0% UNBUDGETED
health 10/0 direct 10 left 0 0% UNBUDGETED
- 20/0 direct 20 left 0 0% UNBUDGETED
`
	if diff := cmp.Diff(want, draw(b.BudgetTree(), 0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBudgetTreeOfNothing(t *testing.T) {
	if tree := (report.Books{Currency: "ARS"}).BudgetTree(); len(tree) != 0 {
		t.Errorf("got %v", tree)
	}
}

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		amount, spent int64
		want          string
	}{
		{0, 0, "0% UNBUDGETED"},
		{0, 10, "0% UNBUDGETED"},
		{1, 0, "0% OK"},
		{1, 1, "100% EXCEEDED"},
		{100, 79, "79% OK"},
		{100, 80, "80% WARNING"},
		{10_000, 7999, "80% OK"},
		{10_001, 8000, "80% OK"},
		{10_001, 8001, "80% WARNING"},
		{10_000, 9949, "99% WARNING"},
		{10_000, 9950, "100% WARNING"},
		{100, 99, "99% WARNING"},
		{100, 100, "100% EXCEEDED"},
		{200, 201, "101% EXCEEDED"},
		{9_999_999_999, 9_999_999_998, "100% WARNING"},
		{9_999_999_999, most, "92233720378% EXCEEDED"},
		{100, most, "9223372036854775807% EXCEEDED"},
		{1, most, "9223372036854775807% EXCEEDED"},
	} {
		n := report.Node{Budget: &repo.Budget{Amount: test.amount}, Spent: test.spent}
		if got := fmt.Sprintf("%d%% %s", n.Percentage(), n.Status()); got != test.want {
			t.Errorf("%d of %d: got %s, want %s", test.spent, test.amount, got, test.want)
		}
	}
}

// TestSpendingBeyondInt64: sums stay at the largest number instead of turning
// into debts.
func TestSpendingBeyondInt64(t *testing.T) {
	b := household()
	for _, name := range []string{"food", "market", "market", "dining"} {
		b.total(repo.TypeExpense, name, most-1)
	}
	food := b.BudgetTree()[0]
	if food.Spent != most || food.Direct != most-1 || food.Children[0].Spent != most {
		t.Errorf("got %d, %d, %d", food.Spent, food.Direct, food.Children[0].Spent)
	}
}
