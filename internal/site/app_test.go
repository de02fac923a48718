package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestMoneyPages(t *testing.T) {
	s := moneySite(moneyAPI())
	for _, test := range []struct {
		path   string
		status int
		want   map[string][]string
	}{
		{"/app", 200, map[string][]string{
			"en": {"March 2026", "15\u00a0Mar\u00a02026 – 14\u00a0Apr\u00a02026", "−40,000.50\u00a0ARS", "5,430.25\u00a0USD", "63%", "Nearly used up", "8,000.00\u00a0ARS over", "19\u00a0Mar\u00a02026"},
			"es": {"marzo de 2026", "−40.000,50\u00a0ARS", "5.430,25\u00a0USD", "63\u00a0%", "Casi agotado", "8.000,00\u00a0ARS de más", "19\u00a0mar\u00a02026"},
		}},
		{"/app?month=12&year=2025&accountId=" + savingsID, 200, map[string][]string{
			"en": {"December 2025", "month=1&amp;year=2026", "month=11&amp;year=2025", "Current month", `<option value="` + savingsID + `" selected>`,
				"Latest transactions of the month", `href="/app/transactions?accountId=` + savingsID + `&amp;endDate=2026-01-14&amp;startDate=2025-12-15"`,
				"“Available now” is as of today, 20\u00a0Mar\u00a02026.", "Balances as of today, 20\u00a0Mar\u00a02026."},
			"es": {"Últimos movimientos del mes", "«Disponible ahora» es a fecha de hoy, 20\u00a0mar\u00a02026.", "Saldos a fecha de hoy, 20\u00a0mar\u00a02026."},
		}},
		{"/app/add?type=INCOME&categoryId=" + salaryID, 200, map[string][]string{
			"en": {`value="INCOME" checked`, `value="2026-03-20"`, `<optgroup label="Expenses · Alimentación">`, `data-kind="INCOME" selected`},
			"es": {"Efectivo / Billetera (230.500,75\u00a0ARS)", "Por ejemplo 1.234,56"},
		}},
		{"/app/transactions?page=2&search=x", 200, map[string][]string{
			"en": {"57 transactions, page 2 of 3", "page=1&amp;search=x", "page=3&amp;search=x", "−150,000.00\u00a0ARS", "Transfer", "Show all", `href="/api/reports/export/csv?all=true&amp;search=x&amp;transfers=once"`},
		}},
		{"/app/transactions/" + purchaseID, 200, map[string][]string{
			"en": {`value="1500.50"`, `value="2026-03-19"`, `data-kind="EXPENSE" selected`}, "es": {`value="1500,50"`},
		}},
		{"/app/transactions/" + movedID, 200, map[string][]string{"en": {"Only the description of a transfer can be changed", "Ahorro de marzo"}}},
		{"/app/transactions/" + orphanID, 200, map[string][]string{"en": {"can no longer be changed"}}},
		{"/app/transactions/" + budgetID, 404, map[string][]string{"en": {"may have been deleted"}}},
		{"/app/accounts", 200, map[string][]string{"en": {"60% of 250,000.50\u00a0ARS by 15\u00a0Jan\u00a02027", "/app/transfer"}, "es": {"60\u00a0% de 250.000,50\u00a0ARS"}}},
		{"/app/accounts/" + savingsID, 200, map[string][]string{"en": {`value="250000.50"`, `value="2027-01-15"`, "Delete this account"}}},
		{"/app/accounts/" + walletID + "/deposit", 200, map[string][]string{"en": {"230,500.75\u00a0ARS"}}},
		{"/app/accounts/nope", 404, nil},
		{"/app/accounts/nope/deposit", 404, nil},
		{"/app/transfer", 200, nil},
		{"/app/categories", 200, map[string][]string{"en": {"Supermercado", "Alimentación"}}},
		{"/app/categories?children=1", 200, map[string][]string{"en": {"1 subcategory was deleted with it"}}},
		{"/app/categories/" + foodID, 200, map[string][]string{"en": {"Its subcategory is deleted with it."}}},
		{"/app/categories/nope", 404, nil},
		{"/app/budgets?month=3&year=2026", 200, map[string][]string{"en": {"120,000.50\u00a0ARS of 140,000.00\u00a0ARS", "No category", "categoryId=" + marketID + "&amp;month=3&amp;year=2026#new"}}},
		{"/app/budgets/" + budgetID + "?month=3&year=2026", 200, map[string][]string{"en": {`value="140000.00"`}}},
		{"/app/budgets/nope?month=3&year=2026", 404, nil},
		{"/app?month=13&year=2026", 404, nil},
		{"/app?month=3", 404, nil},
		{"/app/budgets?month=x&year=2026", 404, nil},
	} {
		t.Run(test.path, func(t *testing.T) { inLanguage(t, s, test.path, test.status, test.want) })
	}
}

func TestWelcomeToMoney(t *testing.T) {
	s := moneySite(emptyAPI())
	inLanguage(t, s, "/app", 200, map[string][]string{
		"en": {"Welcome, John", "/app/accounts/" + walletID + "/deposit", "/app/add", "/app/budgets"},
		"es": {"Hola, John"},
	})
	inLanguage(t, s, "/app/transactions", 200, map[string][]string{"en": {"No transactions yet."}})
	inLanguage(t, s, "/app/categories", 200, map[string][]string{"en": {`name="seed"`}, "es": {"Crear las categorías habituales"}})
}

// TestWelcomeWithoutAName: people who registered by invite have none until they set it.
func TestWelcomeWithoutAName(t *testing.T) {
	api := emptyAPI()
	api.on("GET "+apiMe, 200, recordOf("", "", "LOCAL", "null"))
	inLanguage(t, moneySite(api), "/app", 200, map[string][]string{"en": {"<h1>Welcome</h1>"}, "es": {"<h1>Hola</h1>"}})
}

// TestMoneyIsForMembers: nobody else gets anything, and forms of other sites do
// nothing.
func TestMoneyIsForMembers(t *testing.T) {
	api := moneyAPI()
	s := moneySite(api)
	for _, page := range moneyPages {
		seeOther(t, get(s, "GET", page.path), "/login?"+url.Values{"next": {page.path}}.Encode())
	}
	contains(t, post(s, pathAdd, url.Values{"amount": {"1"}}, signedInCookie, "Origin: https://evil.example.com"), 403, "sent from another site")
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
	api.on("GET "+apiMe, 401, `{"statusCode":401,"message":"Unauthorized"}`)
	seeOther(t, get(s, "GET", pathBudgets, signedInCookie), "/login?next=%2Fapp%2Fbudgets")
	api.on("GET "+apiMe, 429, rateLimited)
	contains(t, get(s, "GET", pathBudgets, signedInCookie), 429, english.TooMany)
	api.on("GET "+apiMe, 500, internal)
	contains(t, get(s, "GET", pathBudgets, signedInCookie), 500, "r-4&lt;i&gt;")
}

// TestHostileMoney has everything that a person can name named by an attacker.
func TestHostileMoney(t *testing.T) {
	const name = `\"><script>alert(1)</script>`
	api := moneyAPI()
	replace := strings.NewReplacer("Efectivo / Billetera", name, "Vacaciones", name, "Compra semanal", name, "Supermercado", name,
		"Alimentación", name, "John", name, "#FF6B6B", name)
	for operation, one := range api.operations {
		api.on(operation, one.status, replace.Replace(one.body))
	}
	s := moneySite(api)
	for _, page := range moneyPages {
		w := get(s, "GET", page.path, signedInCookie)
		if body := w.Body.String(); w.Code != 200 || strings.Contains(body, "<script>alert") {
			t.Errorf("%s is answered %d:\n%s", page.path, w.Code, body)
		}
	}
	target := "/app/add?" + url.Values{"accountId": {evil}, "type": {evil}, "categoryId": {evil}}.Encode()
	for _, target := range []string{target, "/app/transactions?search=" + url.QueryEscape(evil), "/app/categories?children=" + url.QueryEscape(evil)} {
		if body := get(s, "GET", target, signedInCookie).Body.String(); strings.Contains(body, "<script>alert") {
			t.Errorf("%s is answered:\n%s", target, body)
		}
	}
}

func TestBadFilter(t *testing.T) {
	api := moneyAPI()
	api.on("GET "+apiTransactions, 400, `{"statusCode":400,"message":["startDate must be a valid ISO 8601 date string"],"error":"Bad Request"}`)
	contains(t, get(moneySite(api), "GET", "/app/transactions?startDate=x", signedInCookie), 400, "That filter does not work", `value="x"`)
}

// TestFiltersAreTheAPIs: the list asks for what was chosen, and for nothing else.
func TestFiltersAreTheAPIs(t *testing.T) {
	api := moneyAPI()
	s := moneySite(api)
	get(s, "GET", "/app/transactions?search=a%26b&type=EXPENSE&accountId="+walletID+"&categoryId=&startDate=2026-03-01&page=2&limit=1&userId=x", signedInCookie)
	want := "accountId=" + walletID + "&page=2&search=a%26b&startDate=2026-03-01&transfers=once&type=EXPENSE"
	if got := lastCall(t, api, http.MethodGet); got.URL.Path != apiTransactions || got.URL.RawQuery != want {
		t.Errorf("the API was asked %s", got.URL)
	}
}
