package site

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/alta/gen"
)

var transactionsPage = parse("app_transactions.html", "app_parts.html")

// filterNames are the filters of the list, by the API's names.
var filterNames = []string{"search", "type", "accountId", "categoryId", "startDate", "endDate"}

// transactionsMain is the data of the list of transactions.
type transactionsMain struct {
	Tabs      tabs
	Alert     string
	Filters   []shownField
	Filtered  bool
	Rows      []transactionRow
	Counted   string
	Last      string // path of the last page, if this one is after it; else empty
	Previous  string // path of the page before; empty: there is none
	Next      string
	Downloads []link
}

// transactionRow is a transaction as lists show it.
type transactionRow struct {
	Path, Date, Title string
	Aside             string // its type and category, without the one that is the title
	Type              string // as the API calls it
	Account, Amount   string
}

func (v moneyVisit) showTransactions() {
	w, ok := v.readCategorized()
	if !ok {
		return
	}
	query, sent := v.r.URL.Query(), url.Values{}
	for _, name := range append(filterNames, "page") {
		if value := strings.TrimSpace(query.Get(name)); value != "" {
			sent.Set(name, value)
		}
	}
	main := transactionsMain{Tabs: v.makeMoneyTabs(), Filters: w.makeFilters(query)}
	sent.Set("transfers", "once")
	a := v.call(http.MethodGet, withQuery(apiTransactions, sent), nil, "")
	sent.Del("transfers")
	status := http.StatusOK
	switch {
	case a.ok():
		var found gen.TransactionPage
		a.decode(&found)
		main.Rows = w.listTransactions(found.Data)
		main.setPage(v.text, sent, found.Meta)
	case a.status == http.StatusBadRequest:
		status, main.Alert = a.status, v.text.App.BadFilter
	default:
		v.showError(a)
		return
	}
	sent.Del("page")
	main.Filtered = len(sent) > 0
	if main.Filtered {
		sent.Set("transfers", "once") // as the list has them
	}
	main.Downloads = v.text.listDownloads(sent)
	v.showPage(status, transactionsPage, page{Title: v.text.App.Transactions, Wide: true, Main: main})
}

// setPage fills in where the pages before and after are.
func (m *transactionsMain) setPage(t *text, sent url.Values, meta gen.PageMeta) {
	at := func(page int) string {
		sent.Set("page", strconv.Itoa(page))
		return withQuery(pathTransactions, sent)
	}
	if meta.HasPreviousPage {
		m.Previous = at(min(meta.Page-1, max(1, meta.TotalPages)))
	}
	if meta.HasNextPage {
		m.Next = at(meta.Page + 1)
	}
	m.Counted = t.App.describePage(meta)
	if meta.Page > max(1, meta.TotalPages) && meta.Total > 0 {
		m.Last, m.Counted = at(meta.TotalPages), fmt.Sprintf(t.App.AfterLast, meta.Total)
		if meta.Total == 1 {
			m.Counted = t.App.AfterOne
		}
	}
}

// makeFilters returns the fields that narrow the list down.
func (w *workspace) makeFilters(query url.Values) []shownField {
	t := &w.text.App
	every := option{Says: t.All}
	categories := w.text.categoryOptions(w, gen.CategoryTypeEXPENSE, gen.CategoryTypeINCOME, gen.CategoryTypeBOTH)
	categories[0] = every
	f := &form{Fields: []field{
		{Name: "search", Type: "search", Label: t.Search},
		{Name: "type", Type: "select", Label: t.Type, Options: append([]option{every}, optionsOf(t.Types, "EXPENSE", "INCOME", "TRANSFER")...)},
		{Name: "accountId", Type: "select", Label: t.Account, Options: append([]option{every}, w.text.accountOptions(w.accounts)...)},
		{Name: "categoryId", Type: "select", Label: t.Category, Options: categories},
		{Name: "startDate", Type: "date", Label: t.FromDay},
		{Name: "endDate", Type: "date", Label: t.ToDay},
	}}
	f.set(query)
	return f.Shown(w.text)
}

// listTransactions returns transactions as lists show them.
func (w *workspace) listTransactions(transactions []gen.Transaction) []transactionRow {
	rows := make([]transactionRow, len(transactions))
	for i, transaction := range transactions {
		account, sign := value(transaction.Account), "+"
		if transaction.Type != gen.TransactionTypeINCOME {
			sign = minusSign
		}
		title := w.text.chooseTitle(transaction)
		rows[i] = transactionRow{
			Path:    itemPath(pathTransactions, transaction.ID.String()),
			Date:    w.text.formatDate(w.dayOf(transaction.Date)),
			Title:   title,
			Aside:   w.text.describeKind(transaction, title),
			Type:    string(transaction.Type),
			Account: account.Name,
			Amount:  sign + w.text.formatMoney(transaction.Amount, transaction.Currency),
		}
		if transaction.Transfer != nil {
			rows[i].showTransfer(w.text, transaction)
		}
	}
	return rows
}

// showTransfer makes the row that of a transfer as a whole: from one account to the
// other, without a sign.
func (r *transactionRow) showTransfer(t *text, transaction gen.Transaction) {
	from, to := r.Account, value(transaction.Transfer.AccountName)
	if transaction.Transfer.Direction == gen.TransactionTransferDirectionINCOMING {
		from, to = to, from
	}
	gone := t.App.DeletedAccount
	r.Account = cmp.Or(from, gone) + " → " + cmp.Or(to, gone)
	r.Type = string(gen.TransactionTypeTRANSFER)
	r.Aside = joinFacts([]string{t.App.Types[r.Type], value(transaction.Transfer.Description)}, r.Title)
	r.Amount = t.formatMoney(transaction.Amount, transaction.Currency)
}

// facts returns what the row says beside the title, in one line.
func (r transactionRow) facts() string {
	return joinFacts([]string{r.Amount, r.Date, r.Account}, "")
}

// joinFacts joins the facts that are not empty and not the one left out.
func joinFacts(facts []string, leftOut string) string {
	return strings.Join(slices.DeleteFunc(facts, func(fact string) bool { return fact == "" || fact == leftOut }), " · ")
}

// chooseTitle returns what a transaction is called: by its description, else its
// category, else its type.
func (t *text) chooseTitle(transaction gen.Transaction) string {
	return cmp.Or(value(transaction.Description), value(transaction.Category).Name, t.App.Types[string(transaction.Type)])
}

// describeKind returns the type and the category of a transaction, without the
// one that is its title.
func (t *text) describeKind(transaction gen.Transaction, title string) string {
	return joinFacts([]string{t.App.Types[string(transaction.Type)], value(transaction.Category).Name}, title)
}

// listDownloads returns links to the exports of what the list's filter selects.
func (t *text) listDownloads(query url.Values) []link {
	whole := maps.Clone(query)
	whole.Set("all", "true")
	words := &t.App
	return []link{
		{withQuery("/api/reports/export", whole), words.ExportWorkbook},
		{withQuery("/api/reports/export/csv", whole), words.ExportCSV},
		{withQuery("/api/reports/export/pdf/table", query), words.ExportPDF},
		{withQuery("/api/reports/export/pdf/visual", query), words.ExportVisual},
	}
}
