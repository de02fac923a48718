package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
)

// TestCurrenciesAreOneList: accounts, the user's record and the filter of transactions
// take each currency of the contract, and registration does.
func TestCurrenciesAreOneList(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		for _, c := range money.Currencies() {
			account := h.do("POST", "/api/accounts", fmt.Sprintf(`{"name":"A","type":"SAVINGS","currency":%q}`, c.Code), bearer).status(201)
			h.do("PATCH", "/api/accounts/"+account.get("id"), fmt.Sprintf(`{"currency":%q}`, c.Code), bearer).status(200)
			h.do("PATCH", "/api/users/me", fmt.Sprintf(`{"currency":%q}`, c.Code), bearer).status(200)
			h.do("GET", "/api/transactions?currency="+c.Code, "", bearer).status(200)
		}
		for i, code := range []string{"GBP", "JPY", "KWD"} {
			h.do("POST", "/api/auth/register", fmt.Sprintf(`{"email":"%d@example.com","password":%q,"firstName":"John","lastName":"Doe","currency":%q}`, i, password, code)).status(201)
		}
	})
}

// TestOtherCodesAreRefused: a code that the contract does not have is refused wherever it
// would be stored, by a text that says what is wanted.
func TestOtherCodesAreRefused(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("ada@example.com")
	wallet := h.do("GET", "/api/accounts", "", bearer).get("0.id")
	for _, code := range []string{"XXX", "XTS", "XAU", "DEM", "HRK", "QQQ", "usd", "US", "USDT", ""} {
		for _, call := range []struct{ method, path, body string }{
			{"POST", "/api/auth/register", `{"email":"eve@example.com","password":"` + password + `","firstName":"John","lastName":"Doe","currency":%q}`},
			{"PATCH", "/api/users/me", `{"currency":%q}`},
			{"POST", "/api/accounts", `{"name":"A","type":"SAVINGS","currency":%q}`},
			{"PATCH", "/api/accounts/" + wallet, `{"currency":%q}`},
		} {
			answer := h.do(call.method, call.path, fmt.Sprintf(call.body, code), bearer).status(400)
			if want := `["currency must be a valid ISO4217 currency code"]`; !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%s %s with %q: %s, want %s", call.method, call.path, code, answer.Body, want)
			}
		}
		h.do("GET", "/api/transactions?currency="+code, "", bearer).status(400)
	}
}

// TestStoredCodesStay: a user who registered with a code that is not in the list has the
// code shown as it is, with two decimals, and can do everything else.
func TestStoredCodesStay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		db := testdb.Connect(t, databaseURL)
		db.MustExec(`UPDATE users SET currency = 'QQQ'`)
		db.MustExec(`UPDATE accounts SET currency = 'QQQ'`)
		wallet := h.do("GET", "/api/accounts", "", bearer).get("0.id")
		h.do("POST", "/api/accounts/"+wallet+"/deposit", `{"amount":10.25}`, bearer).status(200)
		h.do("POST", "/api/transactions", `{"type":"EXPENSE","amount":0.25,"currency":"QQQ","accountId":"`+wallet+`"}`, bearer).status(201)
		h.do("PATCH", "/api/users/me", `{"firstName":"Ada"}`, bearer).status(200)
		h.do("PATCH", "/api/accounts/"+wallet, `{"name":"Old","targetAmount":20.5}`, bearer).status(200)
		h.do("POST", "/api/accounts", `{"name":"New","type":"SAVINGS","currency":"USD"}`, bearer).status(201)
		if answer := h.do("GET", "/api/transactions/balance", "", bearer).status(200).Body.String(); !strings.Contains(answer, `"QQQ":10`) {
			t.Errorf("the balance is %s", answer)
		}
		for _, path := range []string{"/api/reports/export", "/api/reports/export/csv", "/api/reports/export/pdf/table", "/api/reports/export/pdf/visual", "/api/budgets", "/api/reports/dashboard"} {
			h.do("GET", path, "", bearer).status(200)
		}
	})
}
