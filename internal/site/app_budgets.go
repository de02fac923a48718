package site

import (
	"net/http"
	"net/url"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
)

var budgetsPage = parse("app_budgets.html", "app_parts.html")

// budgetsMain is what the month's budgets show, with the form of a new one.
type budgetsMain struct {
	Tabs    tabs
	Period  period
	Budgets []budgetRow
	New     appForm
}

// budgetRow is a category with its budget and what was spent, and those below
// it.
type budgetRow struct {
	Path     string // to its budget; empty: it has none
	Set      *link  // to the form of a new budget; nil: it has one, or can have none
	Name     string
	Spent    string // of what there is, in words
	Status   string
	Left     string // what is left of it, or how much too much it was
	Bar      shareBar
	Planned  bool
	Children []budgetRow
}

// barKinds are how a bar looks at each status.
var barKinds = map[gen.BudgetNodeStatus]string{
	gen.BudgetNodeStatusOK: "good", gen.BudgetNodeStatusWARNING: "warn", gen.BudgetNodeStatusEXCEEDED: "bad",
}

// budgetRows returns the tree as pages show it, without what is neither planned
// nor spent. plannedOnly leaves out what is not planned, too, where nothing below
// it is.
func (v *visit) budgetRows(w *workspace, p period, nodes []gen.BudgetNode, plannedOnly bool) []budgetRow {
	var rows []budgetRow
	for _, node := range nodes {
		row := v.budgetRow(w, p, node)
		row.Children = v.budgetRows(w, p, node.Children, plannedOnly)
		shown := row.Planned || len(row.Children) > 0
		if shown || !plannedOnly && minor(node.Spent) != 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func (v *visit) budgetRow(w *workspace, p period, node gen.BudgetNode) budgetRow {
	t := &v.text.App
	row := budgetRow{Name: node.CategoryName, Spent: v.text.money(node.Spent, w.me.Currency), Status: t.Statuses[string(node.Status)]}
	category, id := idOf(node.CategoryID), idOf(node.ID)
	switch {
	case category == "":
		row.Name = t.NoCategory
	case id == "":
		query := p.query()
		query.Set("categoryId", category)
		row.Set = &link{withQuery(pathBudgets, query) + "#new", t.SetBudget}
	default:
		row.Planned, row.Path = true, withQuery(itemPath(pathBudgets, id), p.query())
		row.Spent = t.spentOf(row.Spent, v.text.money(node.Amount, w.me.Currency))
		row.Bar = shareBar{float64(node.Percentage), barKinds[node.Status]}
		row.Left = v.left(w, minor(node.Amount)-minor(node.Spent))
	}
	return row
}

// left says what is left of a budget, in minor units, or how much too much was
// spent.
func (v *visit) left(w *workspace, units int64) string {
	if units < 0 {
		return v.text.App.tooMuch(v.text.money(money.Number(-units), w.me.Currency))
	}
	return v.text.App.leftOver(v.text.money(money.Number(units), w.me.Currency))
}

// budgets reads the month's budgets. When it cannot, the person has been told.
func (v *visit) budgets(p period) (nodes []gen.BudgetNode, ok bool) {
	return nodes, v.get(withQuery(apiBudgets, p.query()), &nodes)
}

func (v *visit) newBudget(w *workspace, p period) appForm {
	t, op := &v.text.App, v.site.operation("createBudget")
	options := v.text.categoryOptions(w, gen.CategoryTypeEXPENSE, gen.CategoryTypeBOTH)[1:]
	return appForm{op: op, Form: newForm(op, withQuery(pathBudgets, p.query()), t.CreateBudget,
		field{Name: "categoryId", Type: "select", Label: t.Category, Options: options},
		v.text.amountField("amount", t.amountIn(w.me.Currency)),
	)}
}

// monthPage reads what pages about a month of budgets have in common.
func (v *visit) monthPage() (w *workspace, p period, nodes []gen.BudgetNode, ok bool) {
	if w, ok = v.workspace(); !ok {
		return
	}
	if p, ok = v.period(w, pathBudgets, url.Values{}); !ok {
		return
	}
	nodes, ok = v.budgets(p)
	return w, p, nodes, ok
}

func showBudgets(v *visit) {
	w, p, nodes, ok := v.monthPage()
	if !ok {
		return
	}
	made := v.newBudget(w, p)
	made.Form.field("categoryId").Value = v.r.URL.Query().Get("categoryId")
	v.showBudgetsWith(w, p, nodes, made)
}

func (v *visit) showBudgetsWith(w *workspace, p period, nodes []gen.BudgetNode, made appForm) {
	status, title := v.settle(&made, v.text.App.Budgets)
	main := budgetsMain{Tabs: v.appTabs(), Period: p, Budgets: v.budgetRows(w, p, nodes, false), New: made}
	v.show(status, budgetsPage, page{Title: title, Wide: true, Main: main})
}

func sendNewBudget(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	w, p, nodes, ok := v.monthPage()
	if !ok {
		return
	}
	made := v.newBudget(w, p)
	made.Form.set(values)
	body, ok := v.read(made.Form)
	if !ok {
		v.showBudgetsWith(w, p, nodes, made)
		return
	}
	body["month"], body["year"] = p.Month, p.Year
	a := v.send(http.MethodPost, apiBudgets, body, v.idempotency())
	if a.ok() {
		v.doneAt(pathBudgets, p.query(), "budget-created")
	} else if v.refused(a, &made) {
		v.showBudgetsWith(w, p, nodes, made)
	}
}

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

// budgetPage returns the page of the budget that the path names, of the month
// that the query does.
func (v *visit) budgetPage() (form appForm, p period, ok bool) {
	w, p, nodes, ok := v.monthPage()
	if !ok {
		return form, p, false
	}
	id := v.r.PathValue("id")
	node := findBudget(nodes, id)
	if node == nil || id == "" {
		v.gone()
		return form, p, false
	}
	t, op := &v.text.App, v.site.operation("createBudget")
	action := withQuery(itemPath(pathBudgets, id), p.query())
	form = appForm{
		Back: link{withQuery(pathBudgets, p.query()), t.Budgets}, Heading: node.CategoryName, Says: p.Title, op: op,
		Form:    newForm(op, action, t.Save, v.text.amountField("amount", t.amountIn(w.me.Currency))),
		Confirm: newConfirmation(action, t.DeleteBudget, t.DeleteBudgetSays, t.DeleteButton),
	}
	form.Form.set(url.Values{"amount": {v.text.typed(node.Amount)}})
	return form, p, true
}

func showBudget(v *visit) {
	if form, _, ok := v.budgetPage(); ok {
		v.showForm(form)
	}
}

func sendBudget(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	form, p, ok := v.budgetPage()
	if !ok {
		return
	}
	target := itemPath(apiBudgets, v.r.PathValue("id"))
	done := func(code string) func(answer) {
		return func(answer) { v.doneAt(pathBudgets, p.query(), code) }
	}
	if values.Has(fieldDelete) {
		v.sendOrRefuse(form, http.MethodDelete, target, nil, done("budget-deleted"))
		return
	}
	form.Form.set(values)
	body, ok := v.read(form.Form)
	if !ok {
		v.showForm(form)
		return
	}
	v.sendOrRefuse(form, http.MethodPatch, target, body, done("saved"))
}
