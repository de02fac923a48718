package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

var (
	fromHere = []string{signedInCookie, "Origin: https://alta.example.com", "Sec-Fetch-Site: same-origin"}
	sale     = url.Values{
		"type": {"EXPENSE"}, "amount": {"1,234.5"}, "accountId": {walletID}, "categoryId": {marketID}, "date": {"2026-03-20"},
		"description": {"Weekly"}, "idempotency": {"key-1"},
	}
	saved = url.Values{"name": {"Casa"}, "type": {"SAVINGS"}, "currency": {"USD"}, "targetAmount": {"1.000,5"}, "targetDate": {"2027-01-15"}, "allowNegative": {"true"}}
)

// with returns the form with other values.
func with(form url.Values, changes ...string) url.Values {
	changed := url.Values{}
	for name, values := range form {
		changed[name] = values
	}
	for i := 0; i < len(changes); i += 2 {
		changed.Set(changes[i], changes[i+1])
	}
	return changed
}

// TestMoneyForms holds what the forms ask of the API to what was typed.
func TestMoneyForms(t *testing.T) {
	month := "?month=3&year=2026"
	for _, test := range []struct {
		path         string
		form         url.Values
		method, call string
		body, to     string
	}{
		{pathAdd, sale, "POST", apiTransactions,
			`{"accountId":"` + walletID + `","amount":1234.5,"categoryId":"` + marketID + `","date":"2026-03-20","description":"Weekly","type":"EXPENSE"}`, "/app?done=transaction-added"},
		{pathAdd, with(sale, "categoryId", "", "description", "", "amount", "1234,56"), "POST", apiTransactions,
			`{"accountId":"` + walletID + `","amount":1234.56,"date":"2026-03-20","type":"EXPENSE"}`, "/app?done=transaction-added"},
		{pathTransactions + "/" + purchaseID, with(sale, "amount", "1500,50", "date", "2026-03-19", "categoryId", ""), "PATCH", apiTransactions + "/" + purchaseID,
			`{"categoryId":null,"description":"Weekly"}`, "/app/transactions?done=saved"},
		{pathTransactions + "/" + movedID, url.Values{"description": {""}}, "PATCH", apiTransactions + "/" + movedID, `{"description":null}`, "/app/transactions?done=saved"},
		{pathTransactions + "/" + purchaseID, url.Values{"delete": {"yes"}}, "DELETE", apiTransactions + "/" + purchaseID, "", "/app/transactions?done=transaction-deleted"},
		{pathAccounts, saved, "POST", apiAccounts,
			`{"allowNegative":true,"currency":"USD","name":"Casa","targetAmount":1000.5,"targetDate":"2027-01-15","type":"SAVINGS"}`, "/app/accounts?done=account-created"},
		{pathAccounts + "/" + savingsID, with(saved, "currency", "ARS", "targetAmount", "250000,50", "targetDate", ""), "PATCH", apiAccounts + "/" + savingsID,
			`{"allowNegative":true,"name":"Casa","targetDate":null}`, "/app/accounts?done=saved"},
		{pathAccounts + "/" + savingsID, url.Values{"name": {"Casa"}, "type": {"SAVINGS"}, "currency": {"ARS"}, "targetAmount": {"250000,50"}, "targetDate": {"2027-01-15"}},
			"PATCH", apiAccounts + "/" + savingsID, `{"name":"Casa"}`, "/app/accounts?done=saved"},
		{pathAccounts + "/" + savingsID, url.Values{"delete": {"yes"}}, "DELETE", apiAccounts + "/" + savingsID, "", "/app/accounts?done=account-deleted"},
		{pathAccounts + "/" + walletID + "/deposit", url.Values{"amount": {"500"}, "description": {""}}, "POST", apiAccounts + "/" + walletID + "/deposit",
			`{"amount":500}`, "/app/accounts?done=deposited"},
		{pathTransfer, url.Values{"fromAccountId": {walletID}, "toAccountId": {savingsID}, "amount": {".5"}, "description": {"Marzo"}}, "POST", apiTransfer,
			`{"amount":0.5,"description":"Marzo","fromAccountId":"` + walletID + `","toAccountId":"` + savingsID + `"}`, "/app/accounts?done=transferred"},
		{pathCategories, url.Values{"name": {"Pan"}, "type": {"EXPENSE"}, "parentId": {foodID}, "isFixed": {"true"}}, "POST", apiCategories,
			`{"isFixed":true,"name":"Pan","parentId":"` + foodID + `","type":"EXPENSE"}`, "/app/categories?done=category-created"},
		{pathCategories, url.Values{"seed": {"yes"}}, "POST", apiSeed, "", "/app/categories?done=categories-created"},
		{pathCategories + "/" + marketID, url.Values{"name": {"Supermercado"}, "type": {"EXPENSE"}, "parentId": {""}, "isFixed": {"false"}}, "PATCH", apiCategories + "/" + marketID,
			`{"parentId":null}`, "/app/categories?done=saved"},
		{pathCategories + "/" + foodID, url.Values{"delete": {"yes"}}, "DELETE", apiCategories + "/" + foodID, "", "/app/categories?children=2&done=category-deleted"},
		{pathBudgets + month, url.Values{"categoryId": {marketID}, "amount": {"50.000"}}, "POST", apiBudgets,
			`{"amount":50000,"categoryId":"` + marketID + `","month":3,"year":2026}`, "/app/budgets?done=budget-created&month=3&year=2026"},
		{pathBudgets + "/" + budgetID + month, url.Values{"amount": {"60000"}}, "PATCH", apiBudgets + "/" + budgetID,
			`{"amount":60000}`, "/app/budgets?done=saved&month=3&year=2026"},
		{pathBudgets + "/" + budgetID + month, url.Values{"delete": {"yes"}}, "DELETE", apiBudgets + "/" + budgetID, "", "/app/budgets?done=budget-deleted&month=3&year=2026"},
	} {
		t.Run(test.method+" "+test.call, func(t *testing.T) {
			api := moneyAPI()
			api.on(test.method+" "+test.call, 200, `{"message":"Category deleted successfully","childrenDeleted":2}`)
			form := with(test.form, "idempotency", "key-1")
			seeOther(t, post(moneySite(api), test.path, form, append(fromHere, "Accept-Language: es")...), test.to)
			call := lastCall(t, api, test.method)
			if call.URL.Path != test.call || call.body != test.body {
				t.Errorf("the API was asked %s %s, want %s %s", call.URL, call.body, test.call, test.body)
			}
			want := map[string]string{
				"Cookie": "alta-device=d; alta=secret", // which the fake sets anew with each answer
				"Origin": "https://alta.example.com", "Idempotency-Key": "key-1", "If-Match": "",
			}
			if test.method == "PATCH" { // which has one effect by its If-Match
				want["Idempotency-Key"], want["If-Match"] = "", tagOf(api.operations["GET "+test.call].body)
			}
			for name, want := range want {
				if got := call.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestWrongMoney: what the page finds wrong is said at its field, and the API is
// asked to change nothing.
func TestWrongMoney(t *testing.T) {
	for _, test := range []struct {
		path   string
		form   url.Values
		en, es string
	}{
		{pathAdd, with(sale, "amount", "1.234"), "This amount is ambiguous", ""},
		{pathAdd, with(sale, "amount", "1,234"), "", "Este importe es ambiguo"},
		{pathAdd, with(sale, "amount", "abc"), "Enter an amount", "Escribe un importe"},
		{pathAdd, with(sale, "amount", "0"), "must be more than 0", "debe ser mayor que 0"},
		{pathAdd, with(sale, "amount", " "), "amount-error", "amount-error"},
		{pathAdd, with(sale, "type", "TRANSFER"), "type-error", "type-error"},
		{pathAdd, with(sale, "accountId", "nope"), "Choose one of the options", "Elige una"},
		{pathAdd, with(sale, "categoryId", evil), "categoryId-error", "categoryId-error"},
		{pathTransactions + "/" + purchaseID, with(sale, "accountId", dollarsID), "accountId-error", "accountId-error"},
		{pathTransactions + "/" + orphanID, sale, "can no longer be changed", "ya no se puede cambiar"},
		{pathAccounts, with(saved, "name", ""), "name-error", "name-error"},
		{pathAccounts, with(saved, "type", "BANK"), "type-error", "type-error"},
		{pathAccounts + "/" + savingsID, with(saved, "targetAmount", "x"), "targetAmount-error", "targetAmount-error"},
		{pathAccounts + "/" + walletID + "/deposit", url.Values{}, "amount-error", "amount-error"},
		{pathTransfer, url.Values{"amount": {"1"}}, "fromAccountId-error", "toAccountId-error"},
		{pathCategories, url.Values{"name": {"Pan"}}, "type-error", "isFixed-error"},
		{pathCategories + "/" + foodID, url.Values{"name": {"Pan"}, "type": {"EXPENSE"}, "isFixed": {"false"}, "parentId": {foodID}}, "parentId-error", "parentId-error"},
		{pathBudgets, url.Values{"amount": {"5"}}, "categoryId-error", "categoryId-error"},
		{pathBudgets + "/" + budgetID, url.Values{"amount": {"-5"}}, "amount-error", "amount-error"},
	} {
		for language, want := range map[string]string{"en": test.en, "es": test.es} {
			if want == "" {
				continue
			}
			api := moneyAPI()
			w := post(moneySite(api), test.path, test.form, append(fromHere, "Accept-Language: "+language)...)
			status := http.StatusBadRequest
			if strings.HasSuffix(test.path, orphanID) {
				status = http.StatusOK
			}
			contains(t, w, status, want)
			for _, call := range api.asked() {
				if call.Method != http.MethodGet {
					t.Errorf("%s %v: the API was asked %s %s", test.path, test.form, call.Method, call.URL)
				}
			}
			if name, _, isField := strings.Cut(want, "-error"); isField && !strings.Contains(w.Body.String(), `aria-describedby="`+name+"-error") {
				t.Errorf("%s is not described by its error", name)
			}
		}
	}
}
