package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestRequestsInMinorUnits: each request with an amount takes as many decimals as the
// currency of its account, or of the user, has. A finer amount is refused by a text that
// says so. In currencies with two decimals it is the documented one.
func TestRequestsInMinorUnits(t *testing.T) {
	const documented = "%s must be a number conforming to the specified constraints"
	for _, test := range []struct{ currency, finest, tooFine, refused string }{
		{"ARS", "10.25", "10.255", documented},
		{"GBP", "0.01", "0.015", documented},
		{"JPY", "10", "10.5", "%s must not have decimals in JPY"},
		{"KWD", "0.001", "0.0005", "%s must have at most 3 decimals in KWD"},
		{"UYW", "1.2345", "1.23456", documented}, // in no currency
	} {
		t.Run(test.currency, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				h := start(t, databaseURL)
				bearer := h.register("ada@example.com")
				h.do("PATCH", "/api/users/me", `{"currency":"`+test.currency+`"}`, bearer).status(200)
				testdb.Connect(t, databaseURL).MustExec(`UPDATE accounts SET currency = $1`, test.currency)
				wallet := h.do("GET", "/api/accounts", "", bearer).get("0.id")
				h.do("POST", "/api/accounts/"+wallet+"/deposit", `{"amount":5000}`, bearer).status(200)
				row := h.do("POST", "/api/transactions", `{"type":"INCOME","amount":1,"accountId":"`+wallet+`"}`, bearer).status(201).get("id")
				category := h.do("POST", "/api/categories", `{"name":"Trips","type":"EXPENSE"}`, bearer).status(201).get("id")
				budget := h.do("POST", "/api/budgets", `{"amount":1,"month":3,"year":2026,"categoryId":"`+category+`"}`, bearer).status(201).get("id")
				for _, call := range []struct{ method, path, body, alone string }{
					{"POST", "/api/transactions", `{"type":"EXPENSE","amount":%s,"accountId":"` + wallet + `"}`, ""},
					{"PATCH", "/api/transactions/" + row, `{"amount":%s}`, ""},
					{"POST", "/api/accounts/" + wallet + "/deposit", `{"amount":%s}`, "Amount must be positive"},
					{"PATCH", "/api/budgets/" + budget, `{"amount":%s}`, ""},
					{"PATCH", "/api/accounts/" + wallet, `{"targetAmount":%s}`, ""},
				} {
					finest, tooFine, name := test.finest, test.tooFine, "amount"
					if strings.Contains(call.body, "targetAmount") { // is at least 1
						finest, tooFine, name = "1"+finest, "1"+tooFine, "targetAmount"
					}
					answer := h.do(call.method, call.path, fmt.Sprintf(call.body, tooFine), bearer).status(400)
					want := `"` + strings.ReplaceAll(test.refused, "%s", name) + `"`
					if call.alone != "" && test.refused == documented {
						want = `"message":"` + call.alone + `"`
					}
					if !strings.Contains(answer.Body.String(), want) {
						t.Errorf("%s %s with %s: %s, want %s", call.method, call.path, tooFine, answer.Body.String(), want)
					}
					answer = h.do(call.method, call.path, fmt.Sprintf(call.body, finest), bearer)
					if name := fmt.Sprintf(`"%s":%s`, name, finest); answer.Code/100 != 2 || !strings.Contains(call.path, "deposit") && !strings.Contains(answer.Body.String(), name) {
						t.Errorf("%s %s: %s, want %s", call.method, call.path, answer.Body.String(), name)
					}
				}
				csv := h.do("GET", "/api/reports/export/csv", "", bearer).status(200).Body.String()
				if want := map[string]string{"ARS": "5000.00", "GBP": "5000.00", "JPY": "5000", "KWD": "5000.000", "UYW": "5000.0000"}[test.currency]; !strings.Contains(csv, ","+want+",") {
					t.Errorf("the CSV lacks %s:\n%s", want, csv)
				}
			})
		})
	}
}

// TestLargestAmounts: amounts have at most fifteen digits, and a larger one is refused with
// the bound in its currency.
func TestLargestAmounts(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("ada@example.com")
	for _, test := range []struct{ currency, largest, above, refused string }{
		{"USD", "9999999999999.99", "10000000000000", "must be a number conforming"},
		{"JPY", "9999999999999", "10000000000000", "must be a number conforming"},
		{"KWD", "999999999999.999", "1000000000000", "amount must not be greater than 999999999999.999 in KWD"},
		{"UYW", "99999999999.9999", "100000000000", "amount must not be greater than 99999999999.9999 in UYW"},
	} {
		account := h.do("POST", "/api/accounts", `{"name":"A","type":"SAVINGS","currency":"`+test.currency+`"}`, bearer).status(201).get("id")
		body := `{"type":"INCOME","accountId":"` + account + `","amount":`
		if answer := h.do("POST", "/api/transactions", body+test.above+`}`, bearer).status(400).Body.String(); !strings.Contains(answer, test.refused) {
			t.Errorf("%s %s: %s, want %s", test.above, test.currency, answer, test.refused)
		}
		if answer := h.do("POST", "/api/transactions", body+test.largest+`}`, bearer).status(201).Body.String(); !strings.Contains(answer, `"balance":`+test.largest) {
			t.Errorf("%s %s: %s", test.largest, test.currency, answer)
		}
	}
}

// TestBudgetsKeepTheirNumbers: a user's budgets stay the same numbers in another currency,
// and the nearest ones if it has fewer decimals.
func TestBudgetsKeepTheirNumbers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("ada@example.com")
		category := h.do("POST", "/api/categories", `{"name":"Trips","type":"EXPENSE"}`, bearer).status(201).get("id")
		h.do("POST", "/api/budgets", `{"amount":1234.56,"month":3,"year":2026,"categoryId":"`+category+`"}`, bearer).status(201)
		for _, step := range []struct{ currency, want string }{
			{"KWD", "1234.56"}, {"UYW", "1234.56"}, {"GBP", "1234.56"}, {"JPY", "1235"}, {"USD", "1235"},
		} {
			h.do("PATCH", "/api/users/me", `{"currency":"`+step.currency+`"}`, bearer).status(200)
			if budgets := h.do("GET", "/api/budgets?month=3&year=2026", "", bearer).Body.String(); !strings.Contains(budgets, `"amount":`+step.want+`,"spent"`) {
				t.Errorf("in %s the budgets are %s, want %s", step.currency, budgets, step.want)
			}
		}
	})
}
