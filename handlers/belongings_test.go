package handlers_test

import (
	"encoding/json"
	"fmt"
)

// What TestOthersIDs has to be told of the contract is here.

// belongings make something that belongs to the person and return its id, by
// the tag of the operations whose path names it.
var belongings = map[string]func(h *harness, p person) string{
	"accounts":     anAccount,
	"categories":   aCategory,
	"transactions": aTransaction,
	"budgets":      aBudget,
	"sessions":     aSession,
	"api-keys":     func(h *harness, p person) string { return h.addKey(p.bearer) },
}

// anAccount is one in ARS that any expense can be made from.
func anAccount(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":%q,"type":"CREDIT_CARD","currency":"ARS"}`, p.thing())
	return h.do("POST", "/api/accounts", body, p.bearer).status(201).get("id")
}

// aCategory is one for any transaction.
func aCategory(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":%q,"type":"BOTH"}`, p.thing())
	return h.do("POST", "/api/categories", body, p.bearer).status(201).get("id")
}

// aTransaction is an expense from an account of its own.
func aTransaction(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q,"description":%q}`, anAccount(h, p), p.thing())
	return h.do("POST", "/api/transactions", body, p.bearer).status(201).get("id")
}

// aBudget is one of a category of its own, with room for every example.
func aBudget(h *harness, p person) string {
	h.t.Helper()
	body := fmt.Sprintf(`{"amount":1000000,"month":3,"year":2026,"categoryId":%q}`, aCategory(h, p))
	return h.do("POST", "/api/budgets", body, p.bearer).status(201).get("id")
}

// aSession is one besides that of p's calls.
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

// references say what kind of thing a parameter of the query or a property of
// the body names.
var references = map[string]string{
	"accountId": "accounts", "fromAccountId": "accounts", "toAccountId": "accounts",
	"sourceAccountId": "accounts", "targetAccountId": "accounts",
	"categoryId": "categories", "parentId": "categories",
}

// otherRefusals are the statuses that the documents give instead of 404 or 403.
var otherRefusals = map[string]int{
	"updateCategory parentId":      400, // Invalid parent category
	"createTransaction categoryId": 400, // Categoría inválida
	"updateTransaction categoryId": 400, // likewise
}

// samples are bodies for what the operation's example does not go with, by the
// operationId or, for one name in it, the operationId and the name. Ids in them
// are replaced.
var samples = map[string]string{
	"transferBetweenAccounts sourceAccountId": `{"sourceAccountId":"","targetAccountId":"","amount":1}`,
	"transferBetweenAccounts targetAccountId": `{"sourceAccountId":"","targetAccountId":"","amount":1}`,
}
