package site

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
)

// Where the pages about money are.
const (
	pathAdd          = "/app/add"
	pathTransactions = "/app/transactions"
	pathAccounts     = "/app/accounts"
	pathTransfer     = "/app/transfer"
	pathCategories   = "/app/categories"
	pathBudgets      = "/app/budgets"
)

// What the API calls the same.
const (
	apiAccounts     = "/api/accounts"
	apiTransfer     = "/api/accounts/transfer"
	apiTransactions = "/api/transactions"
	apiCategories   = "/api/categories"
	apiSeed         = "/api/categories/seed"
	apiBudgets      = "/api/budgets"
	apiDashboard    = "/api/reports/dashboard"
)

// fieldDelete is sent by the form that deletes what a page shows, and fieldSeed
// by the one that makes the first categories.
const (
	fieldDelete = "delete"
	fieldSeed   = "seed"
)

func (s *Site) appPages() {
	s.page(pathApp, member(showDashboard), nil)
	s.page(pathAdd, member(showNewTransaction), member(sendNewTransaction))
	s.page(pathTransactions, member(showTransactions), nil)
	s.page(pathTransactions+"/:id", member(showTransaction), member(sendTransaction))
	s.page(pathAccounts, member(showAccounts), member(sendNewAccount))
	s.page(pathAccounts+"/:id", member(showAccount), member(sendAccount))
	s.page(pathAccounts+"/:id/deposit", member(showDeposit), member(sendDeposit))
	s.page(pathTransfer, member(showTransfer), member(sendTransfer))
	s.page(pathCategories, member(showCategories), member(sendNewCategory))
	s.page(pathCategories+"/:id", member(showCategory), member(sendCategory))
	s.page(pathBudgets, member(showBudgets), member(sendNewBudget))
	s.page(pathBudgets+"/:id", member(showBudget), member(sendBudget))
}

// workspace is what forms and filters choose from.
type workspace struct {
	me         gen.Me
	calendar   fiscal.Calendar
	accounts   []gen.Account
	categories []gen.Category
}

// workspace reads the person's workspace. When it cannot, the person has been
// told.
func (v *visit) workspace() (w *workspace, ok bool) {
	w = &workspace{}
	if !v.get(apiMe, &w.me) || !v.get(apiAccounts, &w.accounts) {
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
	var err error
	if w.calendar, err = fiscal.NewCalendar(w.me.FiscalStartDay, w.me.Timezone); err != nil {
		panic(err) // the API takes zones that there are only
	}
	return w, true
}

// day returns the day that an instant of the API is on, for the person.
func (w *workspace) day(instant string) time.Time {
	t, err := time.Parse(time.RFC3339, instant)
	if err != nil {
		panic(err) // the contract says what instants look like
	}
	return t.In(w.calendar.Zone)
}

// account returns the account with the id, or nil.
func (w *workspace) account(id string) *gen.Account {
	for i := range w.accounts {
		if w.accounts[i].ID.String() == id {
			return &w.accounts[i]
		}
	}
	return nil
}

// category returns the category with the id, or nil.
func (w *workspace) category(id string) *gen.Category {
	for i := range w.categories {
		if w.categories[i].ID.String() == id {
			return &w.categories[i]
		}
	}
	return nil
}

// appTabs lead from one page about money to the others.
func (v *visit) appTabs() tabs {
	t := &v.text.App
	return v.tabs(t.Navigation,
		link{pathApp, t.Overview}, link{pathTransactions, t.Transactions}, link{pathAccounts, t.Accounts},
		link{pathBudgets, t.Budgets}, link{pathCategories, t.Categories},
	)
}

// value returns what pointer points to, or the zero value for nil.
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

// itemPath returns the path of one of the things at path, and of what else
// there is of it.
func itemPath(path, id string, more ...string) string {
	path += "/" + url.PathEscape(id)
	for _, name := range more {
		path += "/" + name
	}
	return path
}

// withQuery adds values to a path, if there are any.
func withQuery(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// doneAt sends the person to a page with a query, which says what was done.
func (v *visit) doneAt(path string, query url.Values, code string) {
	query.Set(fieldDone, code)
	v.redirect(withQuery(path, query))
}

func (v *visit) gone() {
	v.card(http.StatusNotFound, card{Heading: v.text.NotFound, Says: v.text.Frame.Gone})
}
