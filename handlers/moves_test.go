package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// expectPlanned fails the test unless the budgets of March under the parent come to
// the amount, in cents, of its own.
func (h *harness) expectPlanned(email string, parent uuid.UUID, want, limit int64) {
	h.t.Helper()
	sum, sums := int64(0), h.budgeted(h.user(email).ID)
	for id, c := range h.categories(email) {
		if c.ParentID != nil && *c.ParentID == parent {
			sum += sums[id]
		}
	}
	if sum != want || sums[parent] != limit {
		h.t.Errorf("the subcategories have %d of %d, want %d of %d", sum, sums[parent], want, limit)
	}
}

// TestMoveBudgetedCategoriesAtOnce: of many categories with budgets that move under one parent
// at once, only those arrive whose budgets fit together into the parent's.
func TestMoveBudgetedCategoriesAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		parent := h.newCategory(bearer, "Mascotas", "")
		h.do("POST", "/api/budgets", budget(uuid.MustParse(parent), "100"), bearer).status(201)
		ids := make([]string, clients)
		for i := range ids {
			ids[i] = h.newCategory(bearer, fmt.Sprintf("Mascota %d", i), "")
			h.do("POST", "/api/budgets", budget(uuid.MustParse(ids[i]), "30"), bearer).status(201)
		}
		answers := h.atOnce(func(i int) *http.Request {
			return request("PATCH", "/api/categories/"+ids[i], under(parent), bearer)
		})
		expectStatuses(t, map[int]int{200: 3, 400: clients - 3}, statuses(answers))
		h.expectPlanned("john@example.com", uuid.MustParse(parent), 9000, 10000)
	})
}

// TestMoveBesideNewBudgets: categories that move and budgets that are created, changed
// and moved at the same time do not exceed the parent's budget together.
func TestMoveBesideNewBudgets(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		parent := h.newCategory(bearer, "Mascotas", "")
		h.do("POST", "/api/budgets", budget(uuid.MustParse(parent), "100"), bearer).status(201)
		roots, children := make([]string, clients), make([]string, clients)
		for i := range clients {
			roots[i], children[i] = h.newCategory(bearer, fmt.Sprint("Root ", i), ""), h.newCategory(bearer, fmt.Sprint("Child ", i), parent)
			if i%2 == 0 {
				h.do("POST", "/api/budgets", budget(uuid.MustParse(roots[i]), "30"), bearer).status(201)
			}
		}
		answers := h.atOnce(func(i int) *http.Request {
			if i%2 == 0 {
				return request("PATCH", "/api/categories/"+roots[i], under(parent), bearer)
			}
			return request("POST", "/api/budgets", budget(uuid.MustParse(children[i]), "30"), bearer)
		})
		got := statuses(answers)
		if got[200]+got[201] != 3 || got[400] != clients-3 {
			t.Errorf("answers: %v", got)
		}
		h.expectPlanned("john@example.com", uuid.MustParse(parent), 9000, 10000)
	})
}

// TestTypeChangeWhileSpending: while many clients spend from a credit card, others
// cannot make a wallet with a debt of it.
func TestTypeChangeWhileSpending(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		card := b.account("ada@example.com CREDIT_CARD ARS Visa")
		body := fmt.Sprintf(`{"type":"EXPENSE","amount":1,"accountId":%q}`, card)
		answers := b.atOnce(func(i int) *http.Request {
			if i%2 == 0 {
				return request("PATCH", "/api/accounts/"+card.String(), `{"type":"WALLET"}`, b.bearer)
			}
			return request("POST", "/api/transactions", body, b.bearer)
		})
		account, got := must(b.repo.Account(t.Context(), b.userID, card)), statuses(answers)
		switch account.Type { // by the call that came first
		case "WALLET":
			expectStatuses(t, map[int]int{200: clients / 2, 400: clients / 2}, got)
			b.expectBalance(card, 0)
		default:
			expectStatuses(t, map[int]int{201: clients / 2, 400: clients / 2}, got)
			b.expectBalance(card, -100*clients/2)
		}
	})
}

// TestBalanceBelowItsBound: a wallet that has come to be below 0 takes whatever brings
// it closer to 0 or does not touch its balance, and nothing else.
func TestBalanceBelowItsBound(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		b := startWithWallet(t, databaseURL)
		savings := b.account("ada@example.com SAVINGS ARS Trips")
		b.deposit(savings, "100")
		for _, minor := range []int64{5000, 2000} {
			b.addTransaction("ada@example.com", newTransaction{account: savings.String(), kind: "EXPENSE", minor: minor + 10000})
		}
		list, _, err := b.repo.Transactions(t.Context(), b.userID, repo.TransactionFilter{Type: repo.TypeExpense}, repo.Page{Limit: 2})
		first, second := must(list, err)[0], list[1]
		b.expectBalance(savings, -17000)
		for _, call := range []struct {
			want                 int
			method, target, body string
		}{
			{400, "POST", "/api/transactions", fmt.Sprintf(`{"type":"EXPENSE","amount":0.01,"accountId":%q}`, savings)},
			{400, "PATCH", "/api/transactions/" + first.ID.String(), `{"amount":500}`},
			{400, "POST", "/api/accounts/transfer", fmt.Sprintf(`{"fromAccountId":%q,"toAccountId":%q,"amount":1}`, savings, b.wallet)},
			{200, "PATCH", "/api/transactions/" + first.ID.String(), `{"amount":110,"description":"less"}`},
			{200, "PATCH", "/api/transactions/" + first.ID.String(), `{"date":"2026-03-01","description":"another day"}`},
			{200, "PATCH", "/api/accounts/" + savings.String(), `{"type":"INVESTMENT","name":"Still below"}`},
			{200, "POST", "/api/accounts/" + savings.String() + "/deposit", `{"amount":1}`},
			{201, "POST", "/api/transactions", fmt.Sprintf(`{"type":"INCOME","amount":1,"accountId":%q}`, savings)},
			{200, "DELETE", "/api/transactions/" + second.ID.String(), ""},
		} {
			if got := b.do(call.method, call.target, call.body, b.bearer); got.Code != call.want {
				t.Errorf("%s %s %s: %d %s, want %d", call.method, call.target, call.body, got.Code, got.Body, call.want)
			}
		}
		b.expectBalance(savings, 10000+200-11000)
	})
}

// TestBudgetsAboveTheirParent: budgets that have come to exceed their parent's can be
// lowered, and the parent's raised, before they fit.
func TestBudgetsAboveTheirParent(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		parent := h.newCategory(bearer, "Mascotas", "")
		child := h.newCategory(bearer, "Perros", parent)
		above := h.do("POST", "/api/budgets", budget(uuid.MustParse(parent), "100"), bearer).status(201).get("id")
		below := h.do("POST", "/api/budgets", budget(uuid.MustParse(child), "90"), bearer).status(201).get("id")
		h.inWorkspace("john@example.com", func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
			b, err := tx.Budget(ctx, w.UserID, uuid.MustParse(below))
			b.Amount = 20000
			if err == nil {
				err = tx.UpdateBudget(ctx, &b)
			}
			return err
		})
		for _, change := range []struct {
			id, amount string
			want       int
		}{
			{below, "200.01", 400}, {below, "200", 200}, {below, "150", 200}, {above, "99.99", 400}, {above, "110", 200}, {below, "150.01", 400},
			{below, "110", 200}, {below, "110.01", 400},
		} {
			if got := h.do("PATCH", "/api/budgets/"+change.id, `{"amount":`+change.amount+`}`, bearer); got.Code != change.want {
				t.Errorf("%s: %d %s, want %d", change.amount, got.Code, got.Body, change.want)
			}
		}
		h.expectPlanned("john@example.com", uuid.MustParse(parent), 11000, 11000)
	})
}
