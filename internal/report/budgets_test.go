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
	crowded := func(b *book) { b.budget("food", 100); b.budget("market", 150) }
	exceeded := func(b *book) { crowded(b); b.budget("dining", 80) }
	for name, test := range map[string]struct {
		set    func(b *book)
		wanted repo.Budget
		err    error
		amount int64 // of a Limit
	}{
		"alone":                  {wanted: planned("food", 1)},
		"unknown category":       {wanted: planned("cars", 1), err: report.ErrNoCategory},
		"deleted category":       {set: func(b *book) { b.delete("food") }, wanted: planned("food", 1), err: report.ErrNoCategory},
		"taken":                  {set: func(b *book) { b.budget("food", 5) }, wanted: moved(planned("food", 1), "x"), err: report.ErrTaken},
		"itself as it was":       {set: func(b *book) { b.budget("food", 5) }, wanted: planned("food", 1)},
		"into the parent's":      {set: func(b *book) { b.budget("food", 100); b.budget("dining", 40) }, wanted: planned("market", 60)},
		"above the parent's":     {set: func(b *book) { b.budget("food", 100); b.budget("dining", 40) }, wanted: planned("market", 61), err: report.ErrAboveParent, amount: 60},
		"nothing left":           {set: func(b *book) { b.budget("food", 100); b.budget("dining", 140) }, wanted: planned("market", 1), err: report.ErrAboveParent},
		"no budget of a parent":  {set: func(b *book) { b.budget("dining", 40) }, wanted: planned("market", 1e9)},
		"roots are no siblings":  {set: func(b *book) { b.budget("home", 40); b.budget("health", 40) }, wanted: planned("food", 1)},
		"nor are cousins":        {set: func(b *book) { b.budget("food", 50); b.budget("gas", 40) }, wanted: planned("market", 50)},
		"its own change":         {set: func(b *book) { b.budget("food", 100); b.budget("market", 90) }, wanted: planned("market", 100)},
		"as much as children":    {set: func(b *book) { b.budget("market", 60); b.budget("dining", 40) }, wanted: planned("food", 100)},
		"less than children":     {set: func(b *book) { b.budget("market", 60); b.budget("dining", 40) }, wanted: planned("food", 99), err: report.ErrBelowChildren, amount: 100},
		"of a deleted sibling":   {set: func(b *book) { b.budget("food", 100); b.budget("dining", 90); b.delete("dining") }, wanted: planned("market", 100)},
		"of deleted children":    {set: func(b *book) { b.budget("market", 60); b.delete("market") }, wanted: planned("food", 1)},
		"from parent to child":   {set: func(b *book) { b.budget("food", 100) }, wanted: moved(planned("market", 500), "food")},
		"from child to parent":   {set: func(b *book) { b.budget("market", 100) }, wanted: moved(planned("food", 5), "market")},
		"from another's child":   {set: func(b *book) { b.budget("home", 9); b.budget("market", 100) }, wanted: moved(planned("gas", 10), "market"), err: report.ErrAboveParent, amount: 9},
		"onto one that has one":  {set: func(b *book) { b.budget("home", 9); b.budget("market", 100) }, wanted: moved(planned("home", 10), "market"), err: report.ErrTaken},
		"too much, but less":     {set: exceeded, wanted: planned("market", 140)},
		"too much, as before":    {set: exceeded, wanted: planned("market", 150)},
		"too much, and more":     {set: exceeded, wanted: planned("market", 151), err: report.ErrAboveParent, amount: 20},
		"too much, elsewhere":    {set: exceeded, wanted: moved(planned("market", 81), "dining"), err: report.ErrTaken},
		"a parent's, but more":   {set: exceeded, wanted: planned("food", 101)},
		"a parent's, as before":  {set: exceeded, wanted: planned("food", 100)},
		"a parent's, and less":   {set: exceeded, wanted: planned("food", 99), err: report.ErrBelowChildren, amount: 230},
		"to a sibling, less":     {set: crowded, wanted: moved(planned("dining", 140), "market")},
		"to a sibling, more":     {set: crowded, wanted: moved(planned("dining", 151), "market"), err: report.ErrAboveParent, amount: 100},
		"sums beyond int64 hold": {set: func(b *book) { b.budget("food", 1); b.budget("dining", most) }, wanted: planned("market", most), err: report.ErrAboveParent},
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

// draw prints a tree with one node per line.
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
	b.total(repo.TypeExpense, "market", 50).AccountID = "" // its account was deleted
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

// TestSpendingBeyondInt64: sums that would overflow stay at the largest number.
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
