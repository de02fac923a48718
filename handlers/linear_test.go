package handlers_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/testdb"
)

// wealthy is a user with many accounts and categories, each with an expense and a budget of
// March 2026.
type wealthy struct {
	h              *harness
	token, account string
	category       string
	budget         string
}

// newWealthy signs up a user with the numbers of accounts and categories.
func newWealthy(h *harness, email string, accounts, categories int) wealthy {
	token := strings.TrimPrefix(h.register(email), "Authorization: Bearer ")
	user := h.user(email).ID.String()
	f := testdb.NewFiller(h.t, h.database, user)
	categories -= len(h.categories(email))
	f.Accounts(accounts - 1)
	f.Categories(categories)
	f.Transactions(categories)
	f.Budgets(categories, 2026, 3)
	id := func(kind string) string { return kind + user[8:23] + "-100000000001" }
	return wealthy{h: h, token: token, account: id("aaaaaaaa"), category: id("cccccccc"), budget: id("00202603")}
}

// views are what the user sees that may grow with accounts and categories.
func (w wealthy) views() map[string]string {
	return map[string]string{
		"overview": "/app", "new transaction": "/app/add", "transactions": "/app/transactions", "accounts": "/app/accounts",
		"account": "/app/accounts/" + w.account, "deposit": "/app/accounts/" + w.account + "/deposit", "transfer": "/app/transfer",
		"categories": "/app/categories", "category": "/app/categories/" + w.category, "budgets": "/app/budgets",
		"budget": "/app/budgets/" + w.budget + "?year=2026&month=3", "API accounts": "/api/accounts",
		"API categories": "/api/categories?limit=100", "API budgets": "/api/budgets", "API dashboard": "/api/reports/dashboard",
		"API transactions": "/api/transactions?limit=100&transfers=once", "API search": "/api/transactions?search=category",
		"API net worth": "/api/transactions/balance", "API PDF": "/api/reports/export/pdf/visual", "API export": "/api/users/me/export",
	}
}

// view shows the view and returns its text.
func (w wealthy) view(t testing.TB, path string) string {
	t.Helper()
	r := request("GET", path, "", "Cookie: alta="+w.token)
	answer := httptest.NewRecorder()
	w.h.ServeHTTP(answer, r)
	if answer.Code != 200 {
		t.Fatalf("%s: %d", path, answer.Code)
	}
	return answer.Body.String()
}

// TestViewsGrowLinearly: with twice the accounts and categories, a view takes about twice
// the work at most. Quadratic work would be four times as much.
func TestViewsGrowLinearly(t *testing.T) {
	const accounts, categories, most = 60, 300, 2.5
	h := start(t, testdb.SQLite(t))
	one := newWealthy(h, "one@example.com", accounts, categories)
	two := newWealthy(h, "two@example.com", 2*accounts, 2*categories)
	paths := two.views()
	for name, path := range one.views() {
		small := testing.AllocsPerRun(2, func() { one.view(t, path) })
		large := testing.AllocsPerRun(2, func() { two.view(t, paths[name]) })
		if ratio := large / small; ratio > most {
			t.Errorf("%s: %.0f allocations became %.0f, %.1f times as many", name, small, large, ratio)
		}
	}
}

// TestOverviewHasABound: the overview of a user at the bounds shows some of the accounts,
// budgets and categories, and leads to all.
func TestOverviewHasABound(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	w := newWealthy(h, "john.doe@example.com", bounds.Accounts, bounds.Categories)
	page := w.view(t, "/app")
	for text, want := range map[string]int{
		`href="/app/accounts/`: 2 * 50, // and the button to deposit
		`href="/app/budgets/`:  50,
		`<rect class="part"`:   50 + 51, // of budgets, and of spending with one bar for all others
		"All 200 accounts":     1,
		"146 other categories": 1,
	} {
		if n := strings.Count(page, text); n != want {
			t.Errorf("%s is there %d times, want %d", text, n, want)
		}
	}
	if len(page) > 128<<10 {
		t.Errorf("the page has %d bytes", len(page))
	}
}
