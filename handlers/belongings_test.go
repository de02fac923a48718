package handlers_test

import (
	"encoding/json"
	"fmt"
)

// What TestOthersIDs has to be told of the contract is here.

// belongings create something that belongs to the person and return its id, by the
// tag of the operations whose path names it.
var belongings = map[string]func(h *harness, p person) string{
	"accounts":     anAccount,
	"categories":   aCategory,
	"transactions": aTransaction,
	"budgets":      aBudget,
	"sessions":     aSession,
	"api-keys":     func(h *harness, p person) string { return h.addKey(p.bearer) },
}

// anAccount creates a credit card account in ARS, from which any expense can be
// made.
func anAccount(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":%q,"type":"CREDIT_CARD","currency":"ARS"}`, p.thing())
	return h.do("POST", "/api/accounts", body, p.bearer).status(201).get("id")
}

// aCategory creates a category for any type of transaction.
func aCategory(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":%q,"type":"BOTH"}`, p.thing())
	return h.do("POST", "/api/categories", body, p.bearer).status(201).get("id")
}

// aTransaction creates an expense from an account of its own.
func aTransaction(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q,"description":%q}`, anAccount(h, p), p.thing())
	return h.do("POST", "/api/transactions", body, p.bearer).status(201).get("id")
}

// aBudget creates a budget for a category of its own, large enough for every
// example.
func aBudget(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"amount":1000000,"month":3,"year":2026,"categoryId":%q}`, aCategory(h, p))
	return h.do("POST", "/api/budgets", body, p.bearer).status(201).get("id")
}

// aSession creates a session besides the one that p's calls use.
func aSession(h *harness, p person) string {
	h.t.Helper()
	token := h.do("POST", "/api/auth/login", credentials(p.email, password)).status(200).get("token")
	list := h.do("GET", "/api/v1/auth/sessions", "", "Authorization: Bearer "+token).status(200)
	var body struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	if err := json.Unmarshal(list.Body.Bytes(), &body); err != nil {
		h.t.Fatal(err)
	}
	for _, s := range body.Sessions {
		if s.Current {
			return s.ID
		}
	}
	h.t.Fatalf("no session is current: %s", list.Body)
	return ""
}

// references map parameters of the query and properties of the body to the kind of
// thing that their value names.
var references = map[string]string{
	"accountId": "accounts", "fromAccountId": "accounts", "toAccountId": "accounts",
	"sourceAccountId": "accounts", "targetAccountId": "accounts",
	"categoryId": "categories", "parentId": "categories",
}

// otherRefusals are the documented statuses, if they are not 404 or 403.
var otherRefusals = map[string]int{
	"updateCategory parentId":      400, // Invalid parent category
	"createTransaction categoryId": 400, // Categoría inválida
	"updateTransaction categoryId": 400, // likewise
}

// samples replace the body of an operation's example, by operationId or, for one
// property, by operationId and property. The test replaces the ids in them.
var samples = map[string]string{
	"transferBetweenAccounts sourceAccountId": `{"sourceAccountId":"","targetAccountId":"","amount":1}`,
	"transferBetweenAccounts targetAccountId": `{"sourceAccountId":"","targetAccountId":"","amount":1}`,
}
