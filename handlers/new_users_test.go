package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestNewUsersLanguage: the wallet, the categories, and what the server writes into
// the books are in the language that a registration names, at both doors. Without
// one they are as documented.
func TestNewUsersLanguage(t *testing.T) {
	spanish := []string{"Efectivo / Billetera", "Alimentación", "Otros", "Depósito manual", "Transferencia", "Transferencia a: ", "Desde: ", "Recibido: "}
	english := []string{"Cash / Wallet", "Food", "Other", "Manual deposit", "Transfer", "Transfer to: ", "From: ", "Received: "}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		for i, test := range []struct {
			fields                   string
			words                    []string
			language, zone, currency string
		}{
			{``, spanish, "es", "America/Argentina/Buenos_Aires", "ARS"},
			{`,"language":null,"timezone":null,"currency":null`, spanish, "es", "America/Argentina/Buenos_Aires", "ARS"},
			{`,"language":"es","timezone":"Europe/Madrid","currency":"EUR"`, spanish, "es", "Europe/Madrid", "EUR"},
			{`,"language":"en","timezone":"Europe/London","currency":"USD"`, english, "en", "Europe/London", "USD"},
		} {
			app, api := fmt.Sprintf("app%d@example.com", i), fmt.Sprintf("api%d@example.com", i)
			h.do("POST", "/api/auth/register", `{"email":"`+app+`","password":"`+password+`","firstName":"Ada","lastName":"Lovelace"`+test.fields+`}`).status(201)
			h.do("POST", "/api/v1/auth/register", `{"email":"`+api+`","password":"`+password+`","invite_token":"`+h.inviteToken(1)+`"`+test.fields+`}`,
				"Accept-Language: es").status(200)
			h.do("POST", "/api/v1/auth/verifyEmail", `{"token":"`+h.secret("verification")+`"}`).status(200)
			for _, email := range []string{app, api} {
				user := h.user(email)
				if user.Language != test.language || user.Timezone != test.zone || user.Currency != test.currency {
					t.Errorf("%s: got %s, %s, %s", email, user.Language, user.Timezone, user.Currency)
				}
				login := h.do("POST", "/api/auth/login", credentials(email, password)).status(200)
				h.expectWords("Authorization: Bearer "+login.get("token"), test.currency, test.words)
			}
		}
	})
}

// expectWords checks the texts that the server writes into a new user's books: the
// names of the wallet and of two categories, and the descriptions of a deposit and
// of two transfers.
func (h *harness) expectWords(bearer string, currency string, words []string) {
	h.t.Helper()
	var wallets []struct{ ID, Name string }
	h.list("/api/accounts", bearer, &wallets)
	if len(wallets) != 1 || wallets[0].Name != words[0] {
		h.t.Fatalf("the accounts are %v, want %q", wallets, words[0])
	}
	savings := h.do("POST", "/api/accounts", `{"name":"X","type":"WALLET","currency":"`+currency+`"}`, bearer).status(201).get("id")
	h.do("POST", "/api/accounts/"+wallets[0].ID+"/deposit", `{"amount":5}`, bearer).status(200)
	for _, description := range []string{"", `,"description":"D"`} {
		h.do("POST", "/api/accounts/transfer", `{"fromAccountId":"`+wallets[0].ID+`","toAccountId":"`+savings+`","amount":1`+description+`}`, bearer).status(200)
	}
	var list struct{ Data []struct{ Name string } }
	h.list("/api/categories?limit=100", bearer, &list)
	names := map[string]bool{}
	for _, category := range list.Data {
		names[category.Name] = true
	}
	if len(list.Data) != 25 || len(names) != 25 || !names[words[1]] || !names[words[2]] || !names[words[4]] {
		h.t.Errorf("the categories are %v", list.Data)
	}
	transactions := h.do("GET", "/api/transactions", "", bearer).status(200).Body.String()
	for _, want := range []string{words[3], words[5] + "X", words[6] + words[0], words[7] + "D"} {
		if !strings.Contains(transactions, `"description":"`+want+`"`) {
			h.t.Errorf("there is no transaction %q in %s", want, transactions)
		}
	}
}

// list reads a list into the value.
func (h *harness) list(path, bearer string, into any) {
	h.t.Helper()
	if err := json.Unmarshal(h.do("GET", path, "", bearer).status(200).Body.Bytes(), into); err != nil {
		h.t.Fatal(err)
	}
}

// TestSeedsFollowTheLanguage: categories that are created again have names in the
// user's language. Transfers keep the category that they have.
func TestSeedsFollowTheLanguage(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("ada@example.com")
	h.do("PATCH", "/api/users/me", `{"language":"en"}`, bearer).status(200)
	for len(h.categories("ada@example.com")) > 0 {
		for id := range h.categories("ada@example.com") {
			h.do("DELETE", "/api/categories/"+id.String(), "", bearer)
		}
	}
	seeded := h.do("POST", "/api/categories/seed", "", bearer).status(201).Body.String()
	if !strings.Contains(seeded, `"Groceries"`) || strings.Contains(seeded, "Supermercado") {
		t.Errorf("the categories are %s", seeded)
	}
	h.newCategory(bearer, "Transferencia", "")
	wallet, savings := h.newAccount(bearer, "WALLET"), h.newAccount(bearer, "WALLET")
	h.do("POST", "/api/accounts/"+wallet+"/deposit", `{"amount":5}`, bearer).status(200)
	h.do("POST", "/api/accounts/transfer", `{"fromAccountId":"`+wallet+`","toAccountId":"`+savings+`","amount":1}`, bearer).status(200)
	for _, category := range h.categories("ada@example.com") {
		if category.Name == "Transfer" {
			t.Error("there are two categories for transfers")
		}
	}
}
