package site

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/alta/gen"
)

var transactionsPage = parse("app_transactions.html", "app_parts.html")

// filters of the list, by the API's names.
var filterNames = []string{"search", "type", "accountId", "categoryId", "startDate", "endDate"}

// transactionsMain is what the list of transactions shows.
type transactionsMain struct {
	Tabs      tabs
	Alert     notice
	Filters   []shownField
	Filtered  bool
	Rows      []transactionRow
	Counted   string
	Previous  string // path of the page before; empty: there is none
	Next      string
	Downloads []link
}

// transactionRow is a transaction as lists show it.
type transactionRow struct {
	Path, Date, Title string
	Aside             string // its type and category, where the title is neither
	Type              string // as the API calls it
	Account, Amount   string
}

func showTransactions(v *visit) {
	w, ok := v.workspace()
	if !ok {
		return
	}
	query, sent := v.r.URL.Query(), url.Values{}
	for _, name := range append(filterNames, "page") {
		if value := query.Get(name); value != "" {
			sent.Set(name, value)
		}
	}
	main := transactionsMain{Tabs: v.appTabs(), Filters: v.filters(w, query)}
	a := v.send(http.MethodGet, withQuery(apiTransactions, sent), nil, "")
	status := http.StatusOK
	switch {
	case a.ok():
		var found gen.TransactionPage
		a.decode(&found)
		main.Rows = v.rows(w, found.Data)
		v.paged(&main, sent, found.Meta)
	case a.status == http.StatusBadRequest:
		status, main.Alert.Says = a.status, v.text.App.BadFilter
	default:
		v.fail(a)
		return
	}
	sent.Del("page")
	main.Filtered = len(sent) > 0
	main.Downloads = v.downloads(query.Get("accountId"))
	v.show(status, transactionsPage, page{Title: v.text.App.Transactions, Wide: true, Main: main})
}

// paged fills in where the pages before and after are.
func (v *visit) paged(main *transactionsMain, sent url.Values, meta gen.PageMeta) {
	at := func(page int) string {
		sent.Set("page", strconv.Itoa(page))
		return withQuery(pathTransactions, sent)
	}
	if meta.HasPreviousPage {
		main.Previous = at(min(meta.Page-1, max(1, meta.TotalPages)))
	}
	if meta.HasNextPage {
		main.Next = at(meta.Page + 1)
	}
	main.Counted = v.text.App.counted(meta)
}

// filters returns the fields that narrow the list down.
func (v *visit) filters(w *workspace, query url.Values) []shownField {
	t := &v.text.App
	every := option{Says: t.All}
	categories := v.text.categoryOptions(w, gen.CategoryTypeEXPENSE, gen.CategoryTypeINCOME, gen.CategoryTypeBOTH)
	categories[0] = every
	f := &form{Fields: []field{
		{Name: "search", Type: "search", Label: t.Search},
		{Name: "type", Type: "select", Label: t.Type, Options: append([]option{every}, optionsOf(t.Types, "EXPENSE", "INCOME", "TRANSFER")...)},
		{Name: "accountId", Type: "select", Label: t.Account, Options: append([]option{every}, v.text.accountOptions(w.accounts)...)},
		{Name: "categoryId", Type: "select", Label: t.Category, Options: categories},
		{Name: "startDate", Type: "date", Label: t.FromDay},
		{Name: "endDate", Type: "date", Label: t.ToDay},
	}}
	f.set(query)
	return f.Shown(v.text)
}

// rows returns transactions as lists show them.
func (v *visit) rows(w *workspace, transactions []gen.Transaction) []transactionRow {
	rows := make([]transactionRow, len(transactions))
	for i, one := range transactions {
		account, sign := value(one.Account), "+"
		if one.Type != gen.TransactionTypeINCOME {
			sign = minusSign
		}
		title := v.title(one)
		rows[i] = transactionRow{
			Path:    itemPath(pathTransactions, one.ID.String()),
			Date:    v.text.date(w.day(one.Date)),
			Title:   title,
			Aside:   v.aside(one, title),
			Type:    string(one.Type),
			Account: account.Name,
			Amount:  sign + v.text.money(one.Amount, one.Currency),
		}
	}
	return rows
}

// facts returns what the row says beside the title, in one line.
func (r transactionRow) facts() string {
	facts := []string{r.Amount, r.Date, r.Account}
	return strings.Join(slices.DeleteFunc(facts, func(fact string) bool { return fact == "" }), " · ")
}

// title returns what a transaction is called: by its description, else its
// category, else its type.
func (v *visit) title(one gen.Transaction) string {
	if description := value(one.Description); description != "" {
		return description
	}
	if category := value(one.Category); category.Name != "" {
		return category.Name
	}
	return v.text.App.Types[string(one.Type)]
}

// aside returns the type and the category of a transaction, as far as its title
// does not say them.
func (v *visit) aside(one gen.Transaction, title string) string {
	parts := []string{v.text.App.Types[string(one.Type)], value(one.Category).Name}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" || part == title })
	return strings.Join(parts, " · ")
}

// downloads returns links to the exports, of one account or of all of them.
func (v *visit) downloads(account string) []link {
	query := url.Values{}
	if account != "" {
		query.Set("accountId", account)
	}
	t := &v.text.App
	return []link{
		{withQuery("/api/reports/export", query), t.ExportWorkbook},
		{withQuery("/api/reports/export/csv", query), t.ExportCSV},
		{withQuery("/api/reports/export/pdf/table", query), t.ExportPDF},
		{withQuery("/api/reports/export/pdf/visual", query), t.ExportVisual},
	}
}
