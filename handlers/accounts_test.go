package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestCurrencyOfHistory: an account with transactions keeps its currency, even if
// they are deleted.
func TestCurrencyOfHistory(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	bearer := h.register("john@example.com")
	id := h.newAccount(bearer, "WALLET")
	to := func(currency string, want int) string {
		t.Helper()
		answer := h.do("PATCH", "/api/accounts/"+id, `{"name":"En `+currency+`","currency":"`+currency+`"}`, bearer).status(want)
		return strings.TrimSpace(answer.Body.String())
	}
	to("USD", 200)
	to("ARS", 200)
	h.addTransaction("john@example.com", newTransaction{account: id, kind: repo.TypeIncome, minor: 1000})
	const refusal = `{"statusCode":400,"message":"No puedes cambiar la moneda de una cuenta con movimientos.","error":"Bad Request"}`
	if got := to("USD", 400); got != refusal {
		t.Errorf("got %s", got)
	}
	to("ARS", 200) // is no change
	testdb.Connect(t, databaseURL).MustExec(`UPDATE transactions SET deleted_at = $1`, time.Now())
	if got := to("EUR", 400); got != refusal {
		t.Errorf("with a deleted transaction: got %s", got)
	}
	accounts := must(h.repo.Accounts(t.Context(), h.user("john@example.com").ID))
	for _, a := range accounts {
		if a.ID.String() == id && (a.Currency != "ARS" || a.Name != "En ARS" || a.Balance != 1000) {
			t.Errorf("the account is %+v", a)
		}
	}
}

// TestDeleteAccountWithHistory: the transactions of a deleted account stay, and
// count in the totals.
func TestDeleteAccountWithHistory(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		first, second, kept := h.newAccount(bearer, "SAVINGS"), h.newAccount(bearer, "SAVINGS"), h.newAccount(bearer, "SAVINGS")
		for _, id := range []string{first, second, kept} {
			h.addTransaction("john@example.com", newTransaction{account: id, kind: repo.TypeIncome, minor: 1000})
			h.addTransaction("john@example.com", newTransaction{account: id, kind: repo.TypeExpense, minor: 1})
		}
		answer := h.do("DELETE", "/api/accounts/"+first, "", bearer).status(200).Body.String()
		for _, want := range []string{first, `"balance":9.99,`, `"progress":33,"allowNegative":false}`} {
			if !strings.Contains(answer, want) {
				t.Errorf("the answer has no %s: %s", want, answer)
			}
		}
		h.do("DELETE", "/api/accounts/"+second, "", bearer).status(200)
		db := testdb.Connect(t, databaseURL)
		var rows []struct {
			Account string `db:"account_id"`
			Type    string
			Amount  int64
			Entries int64
		}
		if err := db.Select(&rows, `SELECT account_id, type, amount, entries FROM period_totals WHERE period <> '' ORDER BY account_id, type`); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(rows)
		if want := fmt.Sprintf("[{ EXPENSE 2 2} { INCOME 2000 2} {%s EXPENSE 1 1} {%s INCOME 1000 1}]", kept, kept); got != want {
			t.Errorf("totals %s, want %s", got, want)
		}
		counts := map[string]int{}
		for name, where := range map[string]string{"all": "TRUE", "none": "account_id IS NULL", "kept": "account_id = '" + kept + "'"} {
			var n int
			if err := db.Get(&n, `SELECT COUNT(*) FROM transactions WHERE `+where); err != nil {
				t.Fatal(err)
			}
			counts[name] = n
		}
		if diff := cmp.Diff(map[string]int{"all": 6, "none": 4, "kept": 2}, counts); diff != "" {
			t.Errorf("transactions (-want +got):\n%s", diff)
		}
	})
}

func TestDeleteOneAccountAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		bearer := h.register("john@example.com")
		id := h.newAccount(bearer, "WALLET")
		h.addTransaction("john@example.com", newTransaction{account: id, kind: repo.TypeIncome, minor: 1000})
		got := statuses(h.atOnce(func(int) *http.Request { return request("DELETE", "/api/accounts/"+id, "", bearer) }))
		if diff := cmp.Diff(map[int]int{200: 1, 404: clients - 1}, got); diff != "" {
			t.Errorf("answers (-want +got):\n%s", diff)
		}
	})
}

// TestTypeOfHistory: a category's type cannot exclude transactions that it already
// has. Legs of transfers may have any category.
func TestTypeOfHistory(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("john@example.com")
	account, id := h.newAccount(bearer, "WALLET"), h.newCategory(bearer, "Mascotas", "")
	to := func(kind string, want int) string {
		t.Helper()
		return strings.TrimSpace(h.do("PATCH", "/api/categories/"+id, `{"type":"`+kind+`"}`, bearer).status(want).Body.String())
	}
	h.addTransaction("john@example.com", newTransaction{account: account, category: id, kind: repo.TypeTransfer, minor: 5, isTransfer: true})
	h.addTransaction("john@example.com", newTransaction{account: account, category: id, kind: repo.TypeIncome, minor: 5, isTransfer: true})
	to("INCOME", 200)
	to("EXPENSE", 200)
	h.addTransaction("john@example.com", newTransaction{account: account, category: id, kind: repo.TypeExpense, minor: 100})
	const refusal = `{"statusCode":400,"message":"No puedes cambiar el tipo de una categoría con movimientos de otro tipo.","error":"Bad Request"}`
	if got := to("INCOME", 400); got != refusal {
		t.Errorf("got %s", got)
	}
	to("BOTH", 200)
	h.addTransaction("john@example.com", newTransaction{account: account, category: id, kind: repo.TypeIncome, minor: 100})
	for _, kind := range []string{"EXPENSE", "INCOME"} {
		if got := to(kind, 400); got != refusal {
			t.Errorf("%s: got %s", kind, got)
		}
	}
}
