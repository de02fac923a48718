package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// budgeted returns the sum of the user's budgets for March, by category.
func (h *harness) budgeted(user uuid.UUID) map[uuid.UUID]int64 {
	h.t.Helper()
	sums := map[uuid.UUID]int64{}
	for _, b := range must(h.repo.Budgets(h.t.Context(), user, 2026, 3)) {
		sums[b.CategoryID] += b.Amount
	}
	return sums
}

// TestOneBudgetAtOnce: if many clients create the same budget at once, one succeeds.
func TestOneBudgetAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john.doe@example.com")
		user := h.user("john.doe@example.com")
		for _, name := range []string{"Salud", "Ropa", "Otros", "Gas"} {
			category := h.category(user.ID, name)
			got := statuses(h.atOnce(func(i int) *http.Request {
				return request("POST", "/api/budgets", budget(category, fmt.Sprint(100+i)), bearer)
			}))
			if diff := cmp.Diff(map[int]int{201: 1, 409: clients - 1}, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
		}
		if n := len(must(h.repo.Budgets(t.Context(), user.ID, 2026, 3))); n != 4 {
			t.Errorf("there are %d budgets, want 4", n)
		}
	})
}

// TestChildBudgetsAtOnce: the budgets of subcategories never exceed their parent's,
// whether clients create budgets, raise them or lower the parent's at the same time.
func TestChildBudgetsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john.doe@example.com")
		user := h.user("john.doe@example.com")
		parent := h.category(user.ID, "Servicios")
		above := h.do("POST", "/api/budgets", budget(parent, "100"), bearer).status(201).get("id")
		children := []uuid.UUID{}
		for _, name := range []string{"Agua", "Gas", "Celular", "Internet / Cable", "Luz / Electricidad"} {
			children = append(children, h.category(user.ID, name))
		}
		check := func(created int) {
			t.Helper()
			sums := h.budgeted(user.ID)
			limit := sums[parent]
			delete(sums, parent)
			total := int64(0)
			for _, amount := range sums {
				total += amount
			}
			if len(sums) != created || total > limit {
				t.Errorf("%d children's budgets come to %d of %d, want %d of them", len(sums), total, limit, created)
			}
		}
		got := statuses(h.atOnce(func(i int) *http.Request {
			return request("POST", "/api/budgets", budget(children[i%len(children)], "30"), bearer)
		}))
		if got[201] != 3 || got[400]+got[409] != clients-3 { // three times 30 fit into 100
			t.Errorf("answers: %v", got)
		}
		check(3)
		ids := []string{above}
		for _, b := range must(h.repo.Budgets(t.Context(), user.ID, 2026, 3)) {
			if b.CategoryID != parent {
				ids = append(ids, b.ID.String())
			}
		}
		got = statuses(h.atOnce(func(i int) *http.Request {
			amount := 30 + i/4
			if i%4 == 0 {
				amount = 100 - i/4
			}
			return request("PATCH", "/api/budgets/"+ids[i%4], fmt.Sprintf(`{"amount":%d}`, amount), bearer)
		}))
		if got[200]+got[400] != clients || got[400] == 0 {
			t.Errorf("answers: %v", got)
		}
		check(3)
	})
}

// TestBudgetsOfDeletedCategories: expenses in a deleted category count in its parent
// or, if it has none, in no category. Its budget is kept, not shown, and limits no
// other budget.
func TestBudgetsOfDeletedCategories(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	bearer := h.register("john.doe@example.com")
	user := h.user("john.doe@example.com")
	for _, name := range []string{"Agua", "Gas", "Servicios", "Salud"} {
		h.addToOldestAccount("john.doe@example.com", repo.TypeExpense, "10", "2026-03-04T12:00:00Z", name)
	}
	agua, servicios, salud := h.category(user.ID, "Agua"), h.category(user.ID, "Servicios"), h.category(user.ID, "Salud")
	id := h.do("POST", "/api/budgets", budget(agua, "90"), bearer).status(201).get("id")
	db := testdb.Connect(t, databaseURL)
	for _, category := range []uuid.UUID{agua, salud} {
		must(db.Exec(`UPDATE categories SET deleted_at = updated_at WHERE id = $1`, category.String()))
	}
	h.do("POST", "/api/budgets", budget(servicios, "50"), bearer).status(201) // less than the 90
	h.do("POST", "/api/budgets", budget(salud, "50"), bearer).status(404)
	h.do("PATCH", "/api/budgets/"+id, `{"amount":40}`, bearer).status(404)

	type node struct {
		CategoryName       string
		Spent, DirectSpent json.Number
		Children           []node
	}
	var tree []node
	answer := h.do("GET", "/api/budgets", "", bearer).status(200)
	if err := json.Unmarshal(answer.Body.Bytes(), &tree); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, root := range tree {
		if root.Spent != "0" {
			got[root.CategoryName] = fmt.Sprintf("%s, %s of it directly, %d below", root.Spent, root.DirectSpent, len(root.Children))
		}
	}
	want := map[string]string{"Servicios": "30, 20 of it directly, 4 below", "Uncategorized": "10, 10 of it directly, 0 below"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("spending (-want +got):\n%s", diff)
	}
	h.do("DELETE", "/api/budgets/"+id, "", bearer).status(200)
}

// TestBudgetOnce: a write with an Idempotency-Key is made once.
func TestBudgetOnce(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("john.doe@example.com")
	salud := h.category(h.user("john.doe@example.com").ID, "Salud")
	twice := func(method, target, body string, status int) *response {
		t.Helper()
		first := h.do(method, target, body, bearer, "Idempotency-Key: "+method).status(status)
		second := h.do(method, target, body, bearer, "Idempotency-Key: "+method).status(status)
		if first.Body.String() != second.Body.String() || second.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %s was not remembered, got %s", method, first.Body, second.Body)
		}
		return first
	}
	id := twice("POST", "/api/budgets", budget(salud, "50"), 201).get("id")
	twice("PATCH", "/api/budgets/"+id, `{"amount":60}`, 200)
	twice("DELETE", "/api/budgets/"+id, "", 200)
}
