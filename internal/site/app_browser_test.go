package site

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site/pagetest"
)

// moneyPages are pages about money by the names of their pictures, and whether
// a form is sent there as it is.
var moneyPages = []struct {
	name, path string
	empty      bool // nothing is there yet
	send       string
}{
	{"money", "/app", false, ""},
	{"money-account", "/app?accountId=" + savingsID + "&month=1&year=2026", false, ""},
	{"money-welcome", "/app", true, ""},
	{"transaction-new", "/app/add", false, ""},
	{"transaction-first", "/app/add", true, ""},
	{"transaction-wrong", "/app/add", false, "1.234x"},
	{"transaction", "/app/transactions/" + purchaseID, false, ""},
	{"transaction-transfer", "/app/transactions/" + movedID, false, ""},
	{"transaction-orphan", "/app/transactions/" + orphanID, false, ""},
	{"transactions", "/app/transactions?page=2&type=EXPENSE", false, ""},
	{"transactions-none", "/app/transactions", true, ""},
	{"accounts", "/app/accounts", false, ""},
	{"account", "/app/accounts/" + savingsID, false, ""},
	{"deposit", "/app/accounts/" + walletID + "/deposit", false, ""},
	{"transfer", "/app/transfer", false, ""},
	{"categories", "/app/categories?done=category-deleted&children=3", false, ""},
	{"categories-none", "/app/categories", true, ""},
	{"category", "/app/categories/" + foodID, false, ""},
	{"budgets", "/app/budgets?done=budget-created", false, ""},
	{"budgets-none", "/app/budgets?month=12&year=2025", true, ""},
	{"budget", "/app/budgets/" + budgetID + "?month=3&year=2026", false, ""},
}

// signedIn is a server whose visitors are logged in.
func signedIn(t *testing.T, site http.Handler) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "alta", Value: "session"})
		site.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestMoneyPagesInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks {
		t.Run(look.Name, func(t *testing.T) {
			full, empty := signedIn(t, moneySite(moneyAPI())), signedIn(t, moneySite(emptyAPI()))
			tab := browser.Start(t, append(look.Options, browser.WithoutScripts())...)
			for _, page := range moneyPages {
				w := &pagetest.Walk{T: t, Tab: tab, Look: look.Name, URL: full.URL}
				if page.empty {
					w.URL = empty.URL
				}
				w.Open(page.path)
				if page.send != "" {
					tab.Fill(t, "#amount", page.send)
					tab.Follow(t, "main form > button")
				}
				w.Sees(page.name)
				if look.Name == "light" || look.Name == "dark" {
					tab.Axe(t)
				}
			}
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

func TestMoneyPagesAreHTML(t *testing.T) {
	full, empty := moneySite(moneyAPI()), moneySite(emptyAPI())
	pages := map[string]string{}
	for _, page := range moneyPages {
		site := full
		if page.empty {
			site = empty
		}
		pages[page.name] = get(site, "GET", page.path, signedInCookie).Body.String()
	}
	browser.ValidateHTML(t, pages)
}
