package site

import (
	"net/url"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
)

// Paths of the pages about money.
const (
	pathAdd          = "/app/add"
	pathTransactions = "/app/transactions"
	pathAccounts     = "/app/accounts"
	pathTransfer     = "/app/transfer"
	pathCategories   = "/app/categories"
	pathBudgets      = "/app/budgets"
)

// Paths of the API for the same.
const (
	apiAccounts     = "/api/accounts"
	apiTransfer     = "/api/accounts/transfer"
	apiTransactions = "/api/transactions"
	apiCategories   = "/api/categories"
	apiSeed         = "/api/categories/seed"
	apiBudgets      = "/api/budgets"
	apiDashboard    = "/api/reports/dashboard"
)

// fieldDelete is sent by the form that deletes the subject of a page, and
// fieldSeed by the form that makes the first categories.
const (
	fieldDelete = "delete"
	fieldSeed   = "seed"
)

// moneyVisit is a visit of a page about money.
type moneyVisit struct {
	*visit
	now time.Time
}

func (s *Site) addMoney() {
	pages := moneySection{section[moneyVisit]{s, func(v *visit) moneyVisit { return moneyVisit{v, s.config.Now()} }}}
	pages.addMemberPage(pathApp, moneyVisit.showDashboard, nil)
	pages.addMemberPage(pathAdd, moneyVisit.showNewTransaction, moneyVisit.sendNewTransaction)
	pages.addMemberPage(pathTransactions, moneyVisit.showTransactions, nil)
	pages.addItem(pathTransactions+"/:id", moneyVisit.readTransaction)
	pages.addNew(pathAccounts, moneyVisit.readNewAccount)
	pages.addItem(pathAccounts+"/:id", moneyVisit.readAccount)
	pages.addNew(pathAccounts+"/:id/deposit", moneyVisit.readDeposit)
	pages.addMemberPage(pathTransfer, moneyVisit.showTransfer, moneyVisit.sendTransfer)
	pages.addMemberPage(pathCategories, moneyVisit.showCategories, moneyVisit.sendNewCategory)
	pages.addItem(pathCategories+"/:id", moneyVisit.readCategory)
	pages.addNew(pathBudgets, moneyVisit.readNewBudget)
	pages.addItem(pathBudgets+"/:id", moneyVisit.readBudget)
}

// workspace is a person's data that lists, forms and filters show, and the
// language to show it in.
type workspace struct {
	text       *text
	me         gen.Me
	calendar   fiscal.Calendar
	accounts   []gen.Account
	categories []gen.Category // nil: not read
	tree       []branch       // the categories in two levels, each by name
}

// readWorkspace reads the person's workspace without the categories. If it cannot, it
// shows the error and ok is false.
func (v moneyVisit) readWorkspace() (w *workspace, ok bool) {
	w = &workspace{text: v.text}
	if !v.get(apiMe, &w.me) || !v.get(apiAccounts, &w.accounts) {
		return nil, false
	}
	w.sortAccounts()
	var err error
	if w.calendar, err = fiscal.NewCalendar(w.me.FiscalStartDay, w.me.Timezone); err != nil {
		panic(err) // the database of zones is in the binary
	}
	return w, true
}

// readCategorized is readWorkspace with the categories.
func (v moneyVisit) readCategorized() (w *workspace, ok bool) {
	if w, ok = v.readWorkspace(); !ok {
		return nil, false
	}
	for page := "1"; page != ""; {
		var found gen.CategoryPage
		if !v.get(apiCategories+"?"+url.Values{"limit": {"100"}, "page": {page}}.Encode(), &found) {
			return nil, false
		}
		w.categories = append(w.categories, found.Data...)
		page = nextPage(found.Meta)
	}
	w.sortCategories()
	w.tree = makeTree(w.categories)
	return w, true
}

// dayOf returns the day that an instant of the API is on, for the person.
func (w *workspace) dayOf(instant string) time.Time { return w.calendar.DayOf(parseMoment(instant)) }

// findAccount returns the account with the id, or nil.
func (w *workspace) findAccount(id string) *gen.Account {
	for i := range w.accounts {
		if w.accounts[i].ID.String() == id {
			return &w.accounts[i]
		}
	}
	return nil
}

// findCategory returns the category with the id, or nil.
func (w *workspace) findCategory(id string) *gen.Category {
	for i := range w.categories {
		if w.categories[i].ID.String() == id {
			return &w.categories[i]
		}
	}
	return nil
}

// makeMoneyTabs leads from one page about money to the others.
func (v moneyVisit) makeMoneyTabs() tabs {
	t := &v.text.App
	return v.makeTabs(t.Navigation,
		link{pathApp, t.Overview}, link{pathTransactions, t.Transactions}, link{pathAccounts, t.Accounts},
		link{pathBudgets, t.Budgets}, link{pathCategories, t.Categories},
	)
}

// value returns the value of the pointer, or the zero value for nil.
func value[T any](pointer *T) (v T) {
	if pointer != nil {
		v = *pointer
	}
	return v
}

// idOf returns the id as text, or "" for nil.
func idOf(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}

// itemPath returns the path of an item of the list at path, or of more about the
// item.
func itemPath(path, id string, more ...string) string {
	path += "/" + url.PathEscape(id)
	for _, name := range more {
		path += "/" + name
	}
	return path
}
