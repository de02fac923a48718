package site

import (
	"net/url"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
)

var budgetsPage = parse("app_budgets.html", "app_parts.html")

// budgetsMain is the data of the month's budgets, with the form of a new one.
type budgetsMain struct {
	Tabs    tabs
	Period  period
	Budgets []budgetRow
	New     appForm
}

// budgetRow is a category with its budget and its expenses, and its
// subcategories.
type budgetRow struct {
	Path     string // to its budget; empty: it has none
	Set      *link  // to the form of a new budget; nil: it has one, or cannot have one
	Name     string
	Spent    string // of the budget, in words
	Status   string
	Left     string // the rest of the budget, or by how much it was exceeded
	Bar      shareBar
	Planned  bool
	Children []budgetRow
}

// barKinds are how a bar looks at each status.
var barKinds = map[gen.BudgetNodeStatus]string{
	gen.BudgetNodeStatusOK: "good", gen.BudgetNodeStatusWARNING: "warn", gen.BudgetNodeStatusEXCEEDED: "bad",
}

// listBudgets returns the tree as pages show it, without categories that have neither a
// budget nor expenses.
func (w *workspace) listBudgets(p period, nodes []gen.BudgetNode) []budgetRow {
	var rows []budgetRow
	for _, node := range nodes {
		row := w.makeBudgetRow(p, node)
		row.Children = w.listBudgets(p, node.Children)
		if row.Planned || len(row.Children) > 0 || minor(node.Spent, w.me.Currency) != 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

// choosePlanned returns the tree without categories that have no budget, unless one below
// has a budget. It takes no more categories than are left, and counts them down.
func choosePlanned(nodes []gen.BudgetNode, left *int) []gen.BudgetNode {
	var planned []gen.BudgetNode
	for _, node := range nodes {
		if *left == 0 {
			break
		}
		*left--
		node.Children = choosePlanned(node.Children, left)
		if node.ID == nil && len(node.Children) == 0 {
			*left++
			continue
		}
		planned = append(planned, node)
	}
	return planned
}

func (w *workspace) makeBudgetRow(p period, node gen.BudgetNode) budgetRow {
	t := &w.text.App
	row := budgetRow{Name: node.CategoryName, Spent: w.text.formatMoney(node.Spent, w.me.Currency), Status: t.Statuses[string(node.Status)]}
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
		row.Spent = t.describeSpent(row.Spent, w.text.formatMoney(node.Amount, w.me.Currency))
		row.Bar = shareBar{Percent: float64(node.Percentage), Kind: barKinds[node.Status]}
		left := minor(node.Amount, w.me.Currency) - minor(node.Spent, w.me.Currency)
		if row.Left = w.describeLeft(left); left < 0 {
			row.Status = t.Over
		}
	}
	return row
}

// describeLeft says how much of a budget is left, in minor units, or by how much
// it was exceeded.
func (w *workspace) describeLeft(units int64) string {
	if units < 0 {
		return w.text.App.describeExcess(w.text.formatMoney(money.Number(-units, w.me.Currency), w.me.Currency))
	}
	return w.text.App.describeLeft(w.text.formatMoney(money.Number(units, w.me.Currency), w.me.Currency))
}

// readBudgets reads the month's budgets, by name. If it cannot, it shows the error and ok
// is false.
func (v moneyVisit) readBudgets(w *workspace, p period) (nodes []gen.BudgetNode, ok bool) {
	ok = v.get(withQuery(apiBudgets, p.query()), &nodes)
	w.sortNodes(nodes)
	return nodes, ok
}

// budgetMonth is the data that pages about a month of budgets share.
type budgetMonth struct {
	workspace *workspace
	period    period
	nodes     []gen.BudgetNode
}

// path returns the path of a page with the month.
func (m budgetMonth) path(path string) string { return withQuery(path, m.period.query()) }

// donePath returns the path of the month's budgets, with a toast.
func (m budgetMonth) donePath(code string) string {
	return donePath(pathBudgets, m.period.query(), code)
}

// readBudgetMonth reads the month that the link names, for the workspace that read reads.
// If it cannot, it shows the error and ok is false.
func (v moneyVisit) readBudgetMonth(read func(moneyVisit) (*workspace, bool)) (m budgetMonth, ok bool) {
	if m.workspace, ok = read(v); !ok {
		return m, false
	}
	if m.period, ok = v.readPeriod(m.workspace, pathBudgets, url.Values{}); !ok {
		return m, false
	}
	m.nodes, ok = v.readBudgets(m.workspace, m.period)
	return m, ok
}

// readNewBudget reads the month's budgets, and makes the form of a new one.
func (v moneyVisit) readNewBudget() (budget newItem, ok bool) {
	m, ok := v.readBudgetMonth(moneyVisit.readCategorized)
	if !ok {
		return budget, false
	}
	t, op := &v.text.App, v.operation("createBudget")
	options := v.text.categoryOptions(m.workspace, gen.CategoryTypeEXPENSE, gen.CategoryTypeBOTH)[1:]
	chosen := v.r.URL.Query().Get("categoryId")
	return newItem{
		page: appForm{op: op, currency: always(m.workspace.me.Currency), Form: newForm(op, m.path(pathBudgets), t.CreateBudget,
			field{Name: "categoryId", Type: "select", Label: t.Category, Options: options, Value: chosen},
			v.text.amountField("amount", t.labelAmount(m.workspace.me.Currency), m.workspace.me.Currency),
		)},
		show: func(p appForm) { v.showBudgetList(m, p) },
		api:  apiBudgets,
		more: map[string]any{"month": m.period.Month, "year": m.period.Year},
		next: m.donePath("budget-created"),
	}, true
}

func (v moneyVisit) showBudgetList(m budgetMonth, p appForm) {
	status, title := p.check(v.text, v.text.App.Budgets)
	rows := m.workspace.listBudgets(m.period, m.nodes)
	main := budgetsMain{Tabs: v.makeMoneyTabs(), Period: m.period, Budgets: rows, New: p}
	v.showPage(status, budgetsPage, page{Title: title, Wide: true, Main: main})
}
