package site

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
)

var dashboardPage = parse("app.html", "app_parts.html")

// recent is how many transactions the overview shows, and overviewed how many accounts,
// budgets and categories with expenses.
const (
	recent     = 5
	overviewed = 50
)

// dashboardMain is the data of the overview.
type dashboardMain struct {
	Tabs     tabs
	Welcome  *welcome // for a person without data; nil: the rest is shown
	Period   period
	Account  shownField // the filter
	Sums     []sums     // the person's currency first
	Spending spendingChart
	Fixed    string // of the expenses, in words
	Budgets  []budgetRow
	ToPlan   string // path to the month's budgets
	Accounts []accountRow
	ToAll    *link // to all accounts; nil: they are shown
	Latest   latest
	Rows     []transactionRow
	Today    string // the day of the balances, if the month is another one; else empty
}

// latest is how the overview calls its transactions, and where all of them are.
type latest struct {
	Title, None string
	All         link
}

// welcome leads a new person from step to step.
type welcome struct {
	Name    string
	Deposit string // path
}

// sums are the income, the expenses, the difference and the money that there is,
// in one currency.
type sums struct {
	Currency                       string
	Income, Expense, Result, Total string
	Bad                            bool // the expenses are more than the income
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

func (v moneyVisit) showDashboard() {
	w, ok := v.readWorkspace()
	if !ok {
		return
	}
	keep, account := url.Values{}, v.r.URL.Query().Get("accountId")
	if account != "" {
		keep.Set("accountId", account)
	}
	main := dashboardMain{Tabs: v.makeMoneyTabs(), Accounts: w.listAccounts(overviewed), Account: w.makeAccountFilter(account)}
	if n := len(w.accounts); n > overviewed {
		main.ToAll = &link{pathAccounts, v.text.formatNumbers(v.text.App.AccountsAll, n)}
	}
	if main.Period, ok = v.readPeriod(w, pathApp, keep); !ok || !v.readMonth(w, &main, account) || !v.readLatest(w, &main, account) {
		return
	}
	if main.Period.Current != "" {
		main.Today = v.text.formatDate(w.calendar.DayOf(v.now))
	} else if len(main.Rows) == 0 && account == "" {
		main.Welcome = w.makeWelcome()
	}
	v.showPage(http.StatusOK, dashboardPage, page{Title: v.text.App.Overview, Wide: true, Main: main})
}

// makeWelcome returns what a new person sees. It is nil if an account has money.
func (w *workspace) makeWelcome() *welcome {
	hasMoney := func(a gen.Account) bool { return minor(a.Balance, a.Currency) != 0 }
	if len(w.accounts) == 0 || slices.ContainsFunc(w.accounts, hasMoney) {
		return nil
	}
	return &welcome{Name: w.me.FirstName, Deposit: itemPath(pathAccounts, w.accounts[0].ID.String(), "deposit")}
}

// readMonth reads the figures and the budgets of the month.
func (v moneyVisit) readMonth(w *workspace, main *dashboardMain, account string) bool {
	query := main.Period.query()
	main.ToPlan = withQuery(pathBudgets, query)
	nodes, ok := v.readBudgets(w, main.Period)
	if !ok {
		return false
	}
	left := overviewed
	main.Budgets = w.listBudgets(main.Period, choosePlanned(nodes, &left))
	if account != "" {
		query.Set("accountId", account)
	}
	query.Set("uncategorized", v.text.App.NoCategory)
	var figures gen.Dashboard
	if !v.get(withQuery(apiDashboard, query), &figures) {
		return false
	}
	currency := w.me.Currency
	if chosen := w.findAccount(account); chosen != nil {
		currency = chosen.Currency
	}
	main.Sums = w.text.listSums(figures.Summary, currency)
	main.Spending = w.text.makeSpending(figures.ChartData, currency)
	if len(main.Spending) > 0 {
		main.Fixed = v.text.App.describeFixed(v.text.formatMoney(figures.ExpensesAnalysis.Fixed, currency), v.text.formatMoney(figures.ExpensesAnalysis.Variable, currency))
	}
	return true
}

// readLatest reads the latest transactions: of any month on the overview of the
// current one, and else of the month.
func (v moneyVisit) readLatest(w *workspace, main *dashboardMain, account string) bool {
	t, query := &v.text.App, url.Values{}
	main.Latest = latest{Title: t.Recent, None: t.RecentNone, All: link{pathTransactions, t.RecentAll}}
	if main.Period.Current != "" {
		query = main.Period.query()
		main.Latest = w.latestOf(main.Period, account)
	}
	query.Set("limit", strconv.Itoa(recent))
	query.Set("transfers", "once")
	if account != "" {
		query.Set("accountId", account)
	}
	var found gen.TransactionPage
	if !v.get(withQuery(apiTransactions, query), &found) {
		return false
	}
	main.Rows = w.listTransactions(found.Data)
	return true
}

// latestOf names the transactions of the month, and leads to the list of its days.
func (w *workspace) latestOf(p period, account string) latest {
	t := &w.text.App
	begin, end := w.calendar.Bounds(p.Period)
	query := url.Values{
		"startDate": {w.calendar.DayOf(begin).Format(time.DateOnly)}, "endDate": {w.calendar.DayOf(end).AddDate(0, 0, -1).Format(time.DateOnly)},
	}
	if account != "" {
		query.Set("accountId", account)
	}
	return latest{Title: t.RecentOfMonth, None: t.RecentNoneOfMonth, All: link{withQuery(pathTransactions, query), t.RecentAllOfMonth}}
}

func (w *workspace) makeAccountFilter(account string) shownField {
	t := &w.text.App
	options := append([]option{{Says: t.AllAccounts}}, w.text.accountOptions(w.accounts)...)
	return shownField{Text: w.text, Field: field{Name: "accountId", Type: "select", Label: t.Account, Options: options, Value: account}}
}

// listSums returns the sums of each currency: the first one is the page's.
func (t *text) listSums(s gen.DashboardSummary, currency string) []sums {
	all := []sums{t.makeSums(currency, s.Income, s.Expense, s.CashFlow, s.TotalAvailable)}
	for _, name := range slices.Sorted(maps.Keys(s.ByCurrency)) {
		if other := s.ByCurrency[name]; name != currency {
			all = append(all, t.makeSums(name, other.Income, other.Expense, other.CashFlow, other.TotalAvailable))
		}
	}
	return all
}

func (t *text) makeSums(currency string, income, expense, result, total json.Number) sums {
	return sums{
		Currency: currency,
		Income:   t.formatMoney(income, currency),
		Expense:  t.formatMoney(expense, currency),
		Result:   t.formatMoney(result, currency),
		Total:    t.formatMoney(total, currency),
		Bad:      minor(result, currency) < 0,
	}
}

// makeSpending returns the chart of the categories, the longest bar first. If there are
// very many, the last bar is that of all others.
func (t *text) makeSpending(shares []gen.CategoryShare, currency string) spendingChart {
	var whole, rest int64
	others := 0
	for _, share := range shares {
		whole += minor(share.Total, currency)
	}
	var chart spendingChart
	for _, share := range shares {
		part := minor(share.Total, currency)
		switch {
		case part <= 0:
			continue
		case len(chart) == overviewed:
			rest, others = rest+part, others+1
			continue
		}
		bar := t.makeBar(share.CategoryName, part, whole, currency)
		if hexColor.MatchString(share.Color) {
			bar.Color = share.Color
		}
		chart = append(chart, bar)
	}
	if others > 0 {
		chart = append(chart, t.makeBar(countOf(others, t.App.SpendingOther, t.App.SpendingOthers), rest, whole, currency))
	}
	return chart
}

// makeBar returns the bar of a part of the expenses.
func (t *text) makeBar(name string, part, whole int64, currency string) spendingBar {
	return spendingBar{
		Name: name, Says: t.formatMoney(money.Number(part, currency), currency),
		Share: t.formatPercent(part, whole), Width: float64(part) / float64(whole) * 100,
	}
}
