package site

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
)

// TestFormsSayTheBounds: the form of what is one too many says the bound and the way out,
// in Spanish in the words of the API.
func TestFormsSayTheBounds(t *testing.T) {
	for _, test := range []struct {
		failure *problem.Problem
		en      string
	}{
		{problem.ErrTooManyAccounts, "You cannot have more than 200 accounts. Delete one"},
		{problem.ErrTooManyCategories, "You cannot have more than 1,000 categories. Delete one"},
		{problem.ErrTooManyDeletedCategories, "You cannot have more than 1,000 deleted categories with transactions or budgets"},
		{problem.ErrTooManyBudgets, "You cannot have more than 10,000 budgets. Delete one"},
		{problem.ErrTooManyTransactions, "You cannot have more than 1,000,000 transactions. Delete one"},
	} {
		_, answer := test.failure.At(problem.AppDoor)
		for language, want := range map[string]string{"en": test.en, "es": answer.Text} {
			api := moneyAPI()
			api.failOn("POST "+apiTransactions, test.failure)
			w := post(moneySite(api), pathAdd, sale, append(slices.Clone(fromHere), "Accept-Language: "+language)...)
			contains(t, w, http.StatusBadRequest, `role="alert">`+want, `value="1,234.5"`)
		}
	}
}

// TestPlannedCategories: of the tree, those with a budget are chosen, with what is above
// them, and no more than there may be.
func TestPlannedCategories(t *testing.T) {
	id := uuid.New()
	node := func(name string, planned bool, below ...gen.BudgetNode) gen.BudgetNode {
		n := gen.BudgetNode{CategoryName: name, Children: below}
		if planned {
			n.ID = &id
		}
		return n
	}
	tree := []gen.BudgetNode{
		node("a", false), node("b", true, node("c", false), node("d", true)), node("e", false, node("f", true)), node("g", false, node("h", false)), node("i", true),
	}
	var names func(nodes []gen.BudgetNode) string
	names = func(nodes []gen.BudgetNode) (text string) {
		for _, n := range nodes {
			text += n.CategoryName + names(n.Children)
		}
		return text
	}
	for most, want := range map[int]string{0: "", 1: "b", 2: "bd", 3: "bdi", 4: "bdef", 5: "bdefi", 9: "bdefi"} {
		left := most
		if got := names(choosePlanned(tree, &left)); got != want {
			t.Errorf("the first %d are %q, want %q", most, got, want)
		}
	}
	if names(tree) != "abcdefghi" {
		t.Errorf("the tree has become %q", names(tree))
	}
}
