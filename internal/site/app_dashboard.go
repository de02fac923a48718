package site

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"

	"example.com/alta/gen"
)

var dashboardPage = parse("app.html", "app_parts.html")

// recent is how many transactions the overview shows.
const recent = 5

// dashboardMain is what the overview shows.
type dashboardMain struct {
	Tabs     tabs
	Welcome  *welcome // to whom has nothing yet; nil: the rest
	Period   period
	Account  shownField // the filter
	Sums     []sums     // the person's currency first
	Spending spendingChart
	Fixed    string // of the expenses, in words
	Budgets  []budgetRow
	ToPlan   string // path to the month's budgets
	Accounts []accountRow
	Rows     []transactionRow
}

// welcome leads a new person from step to step.
type welcome struct {
	Name    string
	Deposit string // path
}

// sums are what came in, what went out, the rest and what there is, in one
// currency.
type sums struct {
	Currency                       string
	Income, Expense, Result, Total string
	Bad                            bool // more went out than came in
}

// spendingChart is a chart of expenses by category, as bars.
type spendingChart []spendingBar

// spendingBar is one category's share.
type spendingBar struct {
	Name, Says, Share string
	Color             string // its own, of six hexadecimal digits; empty: the page's
	Width             float64
}

var hexColor = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

func showDashboard(v *visit) {
	w, ok := v.workspace()
	if !ok {
		return
	}
	keep, account := url.Values{}, v.r.URL.Query().Get("accountId")
	if account != "" {
		keep.Set("accountId", account)
	}
	main := dashboardMain{Tabs: v.appTabs(), Accounts: v.accountRows(w), Account: v.accountFilter(w, account)}
	if main.Period, ok = v.period(w, pathApp, keep); !ok || !v.monthOf(w, &main, account) || !v.newest(w, &main, account) {
		return
	}
	if len(main.Rows) == 0 && account == "" {
		main.Welcome = v.welcome(w)
	}
	v.show(http.StatusOK, dashboardPage, page{Title: v.text.App.Overview, Wide: true, Main: main})
}

// welcome returns what a new person sees, whose accounts are empty, or nil.
func (v *visit) welcome(w *workspace) *welcome {
	hasMoney := func(a gen.Account) bool { return minor(a.Balance) != 0 }
	if len(w.accounts) == 0 || slices.ContainsFunc(w.accounts, hasMoney) {
		return nil
	}
	return &welcome{Name: w.me.FirstName, Deposit: itemPath(pathAccounts, w.accounts[0].ID.String(), "deposit")}
}

// monthOf reads the figures and the budgets of the month.
func (v *visit) monthOf(w *workspace, main *dashboardMain, account string) bool {
	query := main.Period.query()
	main.ToPlan = withQuery(pathBudgets, query)
	nodes, ok := v.budgets(main.Period)
	if !ok {
		return false
	}
	main.Budgets = v.budgetRows(w, main.Period, nodes, true)
	if account != "" {
		query.Set("accountId", account)
	}
	var figures gen.Dashboard
	if !v.get(withQuery(apiDashboard, query), &figures) {
		return false
	}
	currency := w.me.Currency
	if chosen := w.account(account); chosen != nil {
		currency = chosen.Currency
	}
	main.Sums = v.sums(figures.Summary, currency)
	main.Spending = v.spending(figures.ChartData, currency)
	if len(main.Spending) > 0 {
		main.Fixed = v.text.App.fixed(v.text.money(figures.ExpensesAnalysis.Fixed, currency), v.text.money(figures.ExpensesAnalysis.Variable, currency))
	}
	return true
}

// newest reads the last transactions, of whatever month.
func (v *visit) newest(w *workspace, main *dashboardMain, account string) bool {
	query := url.Values{"limit": {strconv.Itoa(recent)}}
	if account != "" {
		query.Set("accountId", account)
	}
	var found gen.TransactionPage
	if !v.get(withQuery(apiTransactions, query), &found) {
		return false
	}
	main.Rows = v.rows(w, found.Data)
	return true
}

func (v *visit) accountFilter(w *workspace, account string) shownField {
	t := &v.text.App
	options := append([]option{{Says: t.AllAccounts}}, v.text.accountOptions(w.accounts)...)
	return shownField{v.text, field{Name: "accountId", Type: "select", Label: t.Account, Options: options, Value: account}, false}
}

// sums returns the sums of each currency: the first one is the page's.
func (v *visit) sums(s gen.DashboardSummary, currency string) []sums {
	all := []sums{v.sumsOf(currency, s.Income, s.Expense, s.CashFlow, s.TotalAvailable)}
	for _, name := range slices.Sorted(maps.Keys(s.ByCurrency)) {
		if other := s.ByCurrency[name]; name != currency {
			all = append(all, v.sumsOf(name, other.Income, other.Expense, other.CashFlow, other.TotalAvailable))
		}
	}
	return all
}

func (v *visit) sumsOf(currency string, income, expense, result, total json.Number) sums {
	t := v.text
	return sums{
		Currency: currency, Income: t.money(income, currency), Expense: t.money(expense, currency),
		Result: t.money(result, currency), Total: t.money(total, currency), Bad: minor(result) < 0,
	}
}

// spending returns the chart of the categories, the longest bar first.
func (v *visit) spending(shares []gen.CategoryShare, currency string) spendingChart {
	var whole, longest int64
	for _, share := range shares {
		whole += minor(share.Total)
		longest = max(longest, minor(share.Total))
	}
	var chart spendingChart
	for _, share := range shares {
		part := minor(share.Total)
		if part <= 0 {
			continue
		}
		bar := spendingBar{
			Name: share.CategoryName, Says: v.text.money(share.Total, currency),
			Share: v.text.percent(part, whole), Width: float64(part) / float64(longest) * 100,
		}
		if hexColor.MatchString(share.Color) {
			bar.Color = share.Color
		}
		chart = append(chart, bar)
	}
	return chart
}
