package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"example.com/alta/internal/locale"
)

const (
	walletID   = "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11"
	savingsID  = "3b1f0d7c-9a46-4f0e-8b5e-64d2f3a0c911"
	dollarsID  = "3b6a1c52-0f0d-4a27-9a53-6a1f7c1e2b77"
	foodID     = "5a4d0a54-9a53-4a39-8a1b-8b7b0d1c3f02"
	marketID   = "0b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e90"
	homeID     = "5c4d0a54-9a53-4a39-8a1b-8b7b0d1c3f05"
	salaryID   = "1b8f8e5e-3c0e-4c53-8d4a-b4f7ad7a1e91"
	purchaseID = "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c21"
	movedID    = "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c22"
	orphanID   = "9c3e5a70-7f6e-4d4b-9f0a-1f6f2d8b4c23"
	budgetID   = "9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b11"
)

const fakeMe = `{"id":"550e8400-e29b-41d4-a716-446655440000","email":"john.doe@example.com","firstName":"John","lastName":"Doe",
"avatarUrl":null,"phone":null,"authProvider":"LOCAL","currency":"ARS","fiscalStartDay":15,"timezone":"America/Argentina/Buenos_Aires",
"language":"es","role":"USER","isActive":true,"subscription":"FREE","emailVerified":null,"createdAt":"2024-03-04T14:13:20.000Z","updatedAt":"2024-03-04T14:13:20.000Z"}`

func fakeAccount(id, name, kind, currency, balance, goal string, isDefault string) string {
	return `{"id":"` + id + `","name":"` + name + `","type":"` + kind + `","currency":"` + currency + `","balance":` + balance +
		`,"color":"#10B981","icon":"wallet",` + goal + `,"isDefault":` + isDefault + `,"userId":"550e8400-e29b-41d4-a716-446655440000",` +
		`"createdAt":"2024-03-04T14:13:20.000Z","updatedAt":"2024-03-04T14:13:20.000Z"}`
}

const noGoal = `"targetAmount":null,"targetDate":null,"progress":0`

var fakeSavings = fakeAccount(savingsID, "Vacaciones", "SAVINGS", "ARS", "150000", `"targetAmount":250000.5,"targetDate":"2027-01-15T03:00:00.000Z","progress":60`, "false")

func fakeAccounts() string {
	return "[" + fakeAccount(walletID, "Efectivo / Billetera", "WALLET", "ARS", "230500.75", noGoal, "true") +
		"," + fakeSavings +
		"," + fakeAccount(dollarsID, "Caja en dólares", "INVESTMENT", "USD", "5430.25", noGoal, "false") + "]"
}

func fakeCategory(id, name, kind, parent string) string {
	if parent != "null" {
		parent = `"` + parent + `"`
	}
	return `{"id":"` + id + `","userId":"550e8400-e29b-41d4-a716-446655440000","name":"` + name + `","type":"` + kind +
		`","isFixed":false,"color":"#FF6B6B","icon":"Utensils","parentId":` + parent +
		`,"createdAt":"2024-03-04T14:13:20.000Z","updatedAt":"2024-03-04T14:13:20.000Z","deletedAt":null}`
}

func fakeCategories() string {
	return `{"data":[` + fakeCategory(foodID, "Alimentación", "EXPENSE", "null") + "," + fakeCategory(salaryID, "Salario Mensual", "INCOME", "null") +
		"," + fakeCategory(marketID, "Supermercado", "EXPENSE", foodID) + "," + fakeCategory(homeID, "Vivienda", "EXPENSE", "null") + `],` +
		`"meta":{"page":1,"limit":100,"total":4,"totalPages":1,"hasNextPage":false,"hasPreviousPage":false}}`
}

func fakeTransaction(id, kind, amount, description, account, category string) string {
	return `{"id":"` + id + `","type":"` + kind + `","amount":` + amount + `,"currency":"ARS","description":` + description +
		`,"date":"2026-03-20T02:30:00.000Z","userId":"550e8400-e29b-41d4-a716-446655440000",` + account + "," + category +
		`,"createdAt":"2026-03-20T02:30:00.000Z","updatedAt":"2026-03-20T02:30:00.000Z","deletedAt":null}`
}

const (
	ofWallet = `"accountId":"` + walletID + `","account":{"id":"` + walletID + `","name":"Efectivo / Billetera","type":"WALLET","balance":230500.75,"currency":"ARS","color":null,"icon":null}`
	ofNobody = `"accountId":null,"account":null`
	ofMarket = `"categoryId":"` + marketID + `","category":{"id":"` + marketID + `","name":"Supermercado","type":"EXPENSE","color":null,"icon":null,"isFixed":false}`
	ofNone   = `"categoryId":null,"category":null`
)

var (
	purchase = fakeTransaction(purchaseID, "EXPENSE", "1500.5", `"Compra semanal"`, ofWallet, ofMarket)
	moved    = fakeTransaction(movedID, "TRANSFER", "150000", `"Ahorro de marzo"`, ofWallet, ofNone)
	orphan   = fakeTransaction(orphanID, "INCOME", "200", `null`, ofNobody, ofNone)
)

func fakePage(next bool, transactions ...string) string {
	body := `{"data":[`
	for i, one := range transactions {
		if i > 0 {
			body += ","
		}
		body += one
	}
	if next {
		return body + `],"meta":{"page":2,"limit":20,"total":57,"totalPages":3,"hasNextPage":true,"hasPreviousPage":true}}`
	}
	return body + `],"meta":{"page":1,"limit":20,"total":0,"totalPages":0,"hasNextPage":false,"hasPreviousPage":false}}`
}

const fakeDashboard = `{"summary":{"income":150000,"expense":190000.5,"cashFlow":-40000.5,"totalAvailable":380500.75,
"byCurrency":{"USD":{"income":200,"expense":0,"cashFlow":200,"totalAvailable":5430.25}}},
"chartData":[{"categoryName":"Alimentación","total":120000.5,"color":"#FF6B6B"},{"categoryName":"Vivienda","total":68000,"color":"#4ECDC4"},
{"categoryName":"Otros","total":2000,"color":"red;}"}],"expensesAnalysis":{"fixed":68000,"variable":122000.5}}`

const fakeBudgets = `[{"id":"` + budgetID + `","categoryId":"` + foodID + `","categoryName":"Alimentación","categoryColor":"#FF6B6B","categoryIcon":"Utensils",
"amount":140000,"spent":120000.5,"directSpent":2000,"remaining":19999.5,"percentage":86,"status":"WARNING",
"children":[{"id":null,"categoryId":"` + marketID + `","categoryName":"Supermercado","categoryColor":"#FF6B6B","categoryIcon":"ShoppingCart",
"amount":0,"spent":118000.5,"directSpent":118000.5,"remaining":0,"percentage":0,"status":"UNBUDGETED","children":[]}]},
{"id":"9b2f8f0e-0d1f-4d55-8a3d-3e9d3a1c7b12","categoryId":"` + homeID + `","categoryName":"Vivienda","categoryColor":"#4ECDC4","categoryIcon":"Home",
"amount":60000,"spent":68000,"directSpent":68000,"remaining":0,"percentage":113,"status":"EXCEEDED","children":[]},
{"id":null,"categoryId":null,"categoryName":"Uncategorized","categoryColor":"#94a3b8","categoryIcon":"Tag",
"amount":0,"spent":2000,"directSpent":2000,"remaining":0,"percentage":0,"status":"UNBUDGETED","children":[]}]`

const fakeBudget = `{"id":"` + budgetID + `","amount":140000,"month":3,"year":2026,"categoryId":"` + foodID + `","userId":"550e8400-e29b-41d4-a716-446655440000",
"createdAt":"2026-03-04T14:13:20.000Z","updatedAt":"2026-03-04T14:13:20.000Z"}`

// moneyAPI answers as the API does to somebody who has money.
func moneyAPI() *fakeAPI {
	api := &fakeAPI{status: http.StatusNotFound, body: `{"statusCode":404,"message":"Cannot GET","error":"Not Found"}`}
	api.on("GET "+apiMe, 200, fakeMe)
	api.on("GET "+apiAccounts, 200, fakeAccounts())
	api.on("GET "+apiCategories, 200, fakeCategories())
	api.on("GET "+apiDashboard, 200, fakeDashboard)
	api.on("GET "+apiBudgets, 200, fakeBudgets)
	api.on("GET "+apiTransactions, 200, fakePage(true, purchase, moved, orphan))
	api.on("GET "+apiTransactions+"/"+purchaseID, 200, purchase)
	api.on("GET "+apiTransactions+"/"+movedID, 200, moved)
	api.on("GET "+apiTransactions+"/"+orphanID, 200, orphan)
	api.on("GET "+apiAccounts+"/"+walletID, 200, fakeAccount(walletID, "Efectivo / Billetera", "WALLET", "ARS", "230500.75", noGoal, "true"))
	api.on("GET "+apiAccounts+"/"+savingsID, 200, fakeSavings)
	api.on("GET "+apiCategories+"/"+foodID, 200, fakeCategory(foodID, "Alimentación", "EXPENSE", "null"))
	api.on("GET "+apiCategories+"/"+marketID, 200, fakeCategory(marketID, "Supermercado", "EXPENSE", foodID))
	api.on("GET "+apiBudgets+"/"+budgetID, 200, fakeBudget)
	return api
}

// emptyAPI answers as it does to somebody who has just signed up.
func emptyAPI() *fakeAPI {
	api := moneyAPI()
	api.on("GET "+apiAccounts, 200, "["+fakeAccount(walletID, "Efectivo / Billetera", "WALLET", "ARS", "0", noGoal, "true")+"]")
	api.on("GET "+apiCategories, 200, `{"data":[],"meta":{"page":1,"limit":100,"total":0,"totalPages":0,"hasNextPage":false,"hasPreviousPage":false}}`)
	api.on("GET "+apiDashboard, 200, `{"summary":{"income":0,"expense":0,"cashFlow":0,"totalAvailable":0,"byCurrency":{}},"chartData":[],"expensesAnalysis":{"fixed":0,"variable":0}}`)
	api.on("GET "+apiBudgets, 200, `[]`)
	api.on("GET "+apiTransactions, 200, fakePage(false))
	return api
}

// moneySite is a site on 20 March 2026, shortly before midnight in Buenos Aires,
// where it is the fiscal March for those whose months begin on the 15th.
func moneySite(api http.Handler) *Site {
	now := func() time.Time { return time.Date(2026, 3, 21, 2, 30, 0, 0, time.UTC) }
	return New(Config{
		API: api, SessionCookie: "alta", Contract: theContract(), Now: now,
		PublicURL: &url.URL{Scheme: "https", Host: "alta.example.com"},
	})
}

// inLanguage calls a page in each language, as somebody who is logged in.
func inLanguage(t *testing.T, s http.Handler, target string, status int, want map[string][]string) {
	t.Helper()
	for _, language := range []string{locale.English, locale.Spanish} {
		w := get(s, "GET", target, signedInCookie, "Accept-Language: "+language)
		contains(t, w, status, append(want[language], `<html lang="`+language+`">`)...)
	}
}

// lastCall returns the last call of the method, or fails the test.
func lastCall(t *testing.T, api *fakeAPI, method string) apiCall {
	t.Helper()
	calls := api.asked()
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].Method == method {
			return calls[i]
		}
	}
	t.Fatalf("the API was not asked to %s: %v", method, calls)
	return apiCall{}
}

// seeOther expects a redirect.
func seeOther(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != to {
		t.Errorf("answered %d to %q, want %q:\n%s", w.Code, got, to, w.Body)
	}
}
