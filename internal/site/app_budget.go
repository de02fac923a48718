package site

import (
	"net/url"

	"example.com/alta/gen"
)

// findBudget returns the node of the tree with the budget, or nil.
func findBudget(nodes []gen.BudgetNode, id string) *gen.BudgetNode {
	for i := range nodes {
		if idOf(nodes[i].ID) == id {
			return &nodes[i]
		}
		if found := findBudget(nodes[i].Children, id); found != nil {
			return found
		}
	}
	return nil
}

// readBudget reads the budget that the path names, in the month that the query
// names.
func (v moneyVisit) readBudget() (it item, ok bool) {
	m, ok := v.readBudgetMonth(moneyVisit.readWorkspace)
	if !ok {
		return it, false
	}
	id := v.r.PathValue("id")
	node := findBudget(m.nodes, id)
	if node == nil || id == "" {
		v.showGone()
		return it, false
	}
	var budget gen.Budget
	tag, ok := v.getTagged(itemPath(apiBudgets, id), &budget)
	if !ok {
		return it, false
	}
	t, op := &v.text.App, v.operation("createBudget")
	action := m.path(itemPath(pathBudgets, id))
	p := appForm{
		Back: link{m.path(pathBudgets), t.Budgets}, Heading: node.CategoryName, Says: m.period.Title, op: op, currency: always(m.workspace.me.Currency),
		Form:    newForm(op, action, t.Save, v.text.amountField("amount", t.labelAmount(m.workspace.me.Currency), m.workspace.me.Currency)),
		Confirm: newConfirmation(action, t.DeleteBudget, t.DeleteBudgetSays, t.DeleteButton),
	}
	p.Form.set(url.Values{"amount": {v.text.formatTyped(budget.Amount, m.workspace.me.Currency)}})
	return item{
		page:     p,
		api:      itemPath(apiBudgets, id),
		tag:      tag,
		pristine: budget.CreatedAt == budget.UpdatedAt,
		saved:    m.donePath(doneSaved),
		deleted:  func(answer) string { return m.donePath("budget-deleted") },
	}, true
}
