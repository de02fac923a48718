package site

import (
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"example.com/alta/gen"
)

// sortByName sorts the values by their names as a dictionary of the language does.
// Values of the same name keep their order.
func sortByName[T any](t *text, values []T, name func(T) string) {
	sortWith(newCollator(t), values, name)
}

// newCollator returns what compares names in the language. Only one goroutine may use it.
func newCollator(t *text) *collate.Collator { return collate.New(language.MustParse(t.Language)) }

func sortWith[T any](collator *collate.Collator, values []T, name func(T) string) {
	slices.SortStableFunc(values, func(a, b T) int { return collator.CompareString(name(a), name(b)) })
}

// sortAccounts sorts the accounts by name. The default account stays in front.
func (w *workspace) sortAccounts() {
	sortByName(w.text, w.accounts, func(a gen.Account) string { return a.Name })
	slices.SortStableFunc(w.accounts, func(a, b gen.Account) int { return compareLast(!a.IsDefault, !b.IsDefault) })
}

// sortCategories sorts the categories by name.
func (w *workspace) sortCategories() {
	sortByName(w.text, w.categories, func(c gen.Category) string { return c.Name })
}

// sortNodes sorts the budgets, and those below them, by the names of their categories.
// Spending without a category comes last.
func (w *workspace) sortNodes(nodes []gen.BudgetNode) { sortNodesWith(newCollator(w.text), nodes) }

func sortNodesWith(collator *collate.Collator, nodes []gen.BudgetNode) {
	sortWith(collator, nodes, func(node gen.BudgetNode) string { return node.CategoryName })
	slices.SortStableFunc(nodes, func(a, b gen.BudgetNode) int { return compareLast(a.CategoryID == nil, b.CategoryID == nil) })
	for _, node := range nodes {
		sortNodesWith(collator, node.Children)
	}
}

// compareLast compares two values of which some are to come last.
func compareLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
