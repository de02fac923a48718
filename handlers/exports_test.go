package handlers_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"example.com/alta/handlers"
	"example.com/alta/internal/export"
	"example.com/alta/internal/money"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// exports are the operations that return files, with the files' names.
var exports = map[string]string{
	"/api/reports/export":            "movimientos.xlsx",
	"/api/reports/export/csv":        "movimientos.csv",
	"/api/reports/export/pdf/table":  "movimientos_tabla.pdf",
	"/api/reports/export/pdf/visual": "reporte_visual.pdf",
}

// records returns the rows of a CSV without its header.
func (r *response) records() [][]string {
	r.t.Helper()
	text := strings.TrimPrefix(r.status(200).Body.String(), "\ufeff")
	return must(csv.NewReader(strings.NewReader(text)).ReadAll())[1:]
}

func TestExports(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada, grace := h.register("ada@example.com"), h.register("grace@example.com")
	h.clock.Set(time.Date(2026, 3, 5, 2, 59, 0, 0, time.UTC)) // still the fourth, in Buenos Aires
	account := h.addExpenses("ada@example.com", "=1+1", 2)
	h.addExpenses("grace@example.com", "not Ada's", 1)
	want := [][]string{
		{"2026-03-04", "EXPENSE", "-", "Efectivo / Billetera", "'=1+1", "0.01", "ARS"},
		{"2026-03-04", "EXPENSE", "-", "Efectivo / Billetera", "'=1+1", "0.02", "ARS"},
	}
	for _, query := range []string{"", "?accountId=", "?accountId=null", "?accountId=" + account.String(), "?accountId=" + strings.ToUpper(account.String())} {
		if diff := cmp.Diff(want, h.do("GET", "/api/reports/export/csv"+query, "", ada).records()); diff != "" {
			t.Errorf("CSV%s (-want +got):\n%s", query, diff)
		}
	}
	sheet := must(excelize.OpenReader(h.do("GET", "/api/reports/export", "", ada).status(200).Body))
	defer sheet.Close()
	want[0][4], want[1][4] = "=1+1", "=1+1"
	if diff := cmp.Diff(want, must(sheet.GetRows("Movimientos"))[1:]); diff != "" {
		t.Errorf("workbook (-want +got):\n%s", diff)
	}
	for path, name := range exports {
		answer := h.do("GET", path, "", ada).status(200)
		if got := answer.Header().Get("Content-Disposition"); got != `attachment; filename="`+name+`"` {
			t.Errorf("%s: the file is %s", path, got)
		}
		if got := answer.Header().Get("Content-Length"); got != fmt.Sprint(answer.Body.Len()) {
			t.Errorf("%s: %s bytes are promised, %d sent", path, got, answer.Body.Len())
		}
		if answer.Header().Get("X-Total-Count") != "2" || answer.Header().Get("X-Truncated") != "" {
			t.Errorf("%s: the headers are %v", path, answer.Header())
		}
		if isPDF := strings.HasPrefix(answer.Body.String(), "%PDF-"); isPDF != strings.HasSuffix(name, ".pdf") {
			t.Errorf("%s begins %.8q", path, answer.Body)
		}
		if got := h.do("GET", path+"?accountId="+account.String(), "", grace).status(404).get("message"); got != "Account not found" {
			t.Errorf("%s of somebody else's account: %q", path, got)
		}
	}
}

// TestExportsAreCut: a file has room for 2,000 transactions, and the answer says so
// when there are more. TestExportsAreReplayed has that of the other formats.
func TestExportsAreCut(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.register("ada@example.com")
	account := h.addExpenses("ada@example.com", "Compra 🍣", 2000)
	expect := func(total, truncated string) (records [][]string) {
		t.Helper()
		for _, target := range []string{"/api/reports/export/csv?accountId=" + account.String(), "/api/reports/export/csv"} {
			answer := h.do("GET", target, "", ada)
			if got := answer.Header(); got.Get("X-Total-Count") != total || got.Get("X-Truncated") != truncated {
				t.Errorf("%s: total %q, truncated %q, want %q and %q", target, got.Get("X-Total-Count"), got.Get("X-Truncated"), total, truncated)
			}
			records = answer.records()
			if truncated != "" {
				note := []string{"", "", "", "", "Se muestran los 2.000 movimientos más recientes de 2.001.", "", ""}
				if diff := cmp.Diff(note, records[len(records)-1]); diff != "" {
					t.Errorf("the last record (-want +got):\n%s", diff)
				}
				records = records[:len(records)-1]
			}
			if len(records) != 2000 {
				t.Errorf("%d records, want 2000", len(records))
			}
		}
		return records
	}
	expect("2000", "")
	h.clock.Advance(time.Hour)
	h.addExpenses("ada@example.com", "the newest", 1)
	records := expect("2001", "true")
	if records[0][4] != "the newest" || records[1][5] != "0.01" || records[1999][5] != "19.99" {
		t.Errorf("got %q, %q … %q, want the newest first", records[0], records[1], records[1999])
	}
}

// TestCutExportsKeepWhatWasEnteredLast: of more transactions of one day than a file has
// room for, the first to be entered is left out, and the last one stands first.
func TestCutExportsKeepWhatWasEnteredLast(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		ada := h.register("ada@example.com")
		h.inWorkspace("ada@example.com", func(ctx context.Context, tx *repo.Tx, w repo.Workspace) error {
			account := must(tx.Accounts(ctx, w.UserID))[0].ID
			for i := range int64(2001) {
				err := tx.AddTransaction(ctx, w, &repo.Transaction{
					Type: repo.TypeIncome, Amount: i + 1, Currency: "ARS", AccountID: &account,
					Date: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), Day: "2026-03-01",
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		for i, record := range h.do("GET", "/api/reports/export/csv", "", ada).records()[:2000] { // and a note
			if cents := int64(2001 - i); record[5] != money.Fixed(cents, "ARS") {
				t.Fatalf("row %d is of %s, want %s", i, record[5], money.Fixed(cents, "ARS"))
			}
		}
	})
}

// TestExportsWaitInVain: if there is no room for another export in time, it is
// refused for now and refunded.
func TestExportsWaitInVain(t *testing.T) {
	gate := export.NewGate(1, 10*time.Millisecond)
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.Exports = gate })
	ada := h.customer("ada@example.com")
	leave := must(gate.Enter(t.Context()))
	for path := range exports {
		answer := h.do("GET", path, "", ada.key).status(503)
		if answer.Header().Get("Retry-After") == "" {
			t.Errorf("%s does not say when to come again", path)
		}
	}
	h.awaitRefunds(ada, len(exports))
	if got := h.balance(ada); got != 2000 {
		t.Errorf("%d tokens are left, want 2000", got)
	}
	leave()
	for path := range exports {
		h.do("GET", path, "", ada.key).status(200)
	}
	if got := h.balance(ada); got != 2000-10-10-10-25 {
		t.Errorf("%d tokens are left, want %d", got, 2000-10-10-10-25)
	}
}

// TestExportsAtOnce: of many callers at once each gets their own, complete file.
func TestExportsAtOnce(t *testing.T) {
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) {
		c.Exports, c.Answers = export.NewGate(2, time.Minute), handlers.NewAnswerBudget(1<<40)
	})
	bearers := []string{h.register("ada@example.com"), h.register("grace@example.com")}
	h.addExpenses("ada@example.com", "Ada's", 5)
	h.addExpenses("grace@example.com", "Grace's", 5)
	paths := []string{"/api/reports/export/csv", "/api/reports/export", "/api/reports/export/pdf/table", "/api/reports/export/pdf/visual"}
	alone := map[string][]byte{}
	for i := range 8 {
		answer := h.do("GET", paths[i/2], "", bearers[i%2]).status(200)
		alone[paths[i/2]+bearers[i%2]] = answer.Body.Bytes()
	}
	answers := h.together(64, func(i int) *http.Request { return request("GET", paths[i/2%4], "", bearers[i%2]) })
	for i, answer := range answers {
		if !bytes.Equal(answer.status(200).Body.Bytes(), alone[paths[i/2%4]+bearers[i%2]]) {
			t.Errorf("%s for caller %d is another file than alone", paths[i/2%4], i%2)
		}
	}
}

// TestExportsAreMadeAgainForARetry: a retry by Idempotency-Key gets the file with the
// same headers, and is not charged again. The database keeps the debit, not the file.
func TestExportsAreMadeAgainForARetry(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	h.addExpenses("ada@example.com", "Compra", 2001)
	for path := range exports {
		first := h.do("GET", path, "", ada.key, withKey(path)).status(200)
		before := h.balance(ada)
		h.clock.Advance(time.Minute)
		again := h.do("GET", path, "", ada.key, withKey(path)).status(200)
		if again.Body.Len() == 0 || h.balance(ada) != before || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s was charged again, or has no content", path)
		}
		var longest int
		if err := s.db.Get(&longest, "SELECT MAX(LENGTH(response)) FROM idempotent_calls"); err != nil || longest > 2000 {
			t.Errorf("%s: %d bytes are kept, %v", path, longest, err)
		}
		for _, name := range []string{"X-Token-Cost", "X-Token-Balance", "Content-Type", "Content-Disposition", "X-Total-Count", "X-Truncated"} {
			if first, again := first.Header().Get(name), again.Header().Get(name); first != again || first == "" {
				t.Errorf("%s: %s is %q, then %q", path, name, first, again)
			}
		}
	}
}
