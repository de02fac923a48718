package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/gen"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const exportPath = "/api/users/me/export"

func (h *harness) export(bearer string) (document gen.Export, text string) {
	h.t.Helper()
	answer := h.do("GET", exportPath, "", bearer).status(200)
	if got := answer.Header().Get("Content-Disposition"); got != `attachment; filename="alta-export.json"` {
		h.t.Errorf("Content-Disposition is %s", got)
	}
	decoder := json.NewDecoder(strings.NewReader(answer.Body.String()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&document); err != nil {
		h.t.Fatalf("%v: %s", err, answer.Body)
	}
	return document, answer.Body.String()
}

// TestExportHasEverything: the export has all rows of the user, none of other users,
// and no secret, not even as a digest.
func TestExportHasEverything(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		email := "maximiliana.e@example.com"
		ada, other := h.addUserWithData(s, email, ""), h.addUserWithData(s, "other@example.com", "Zz.")
		h.mails()
		var revoked string
		if err := s.db.Get(&revoked, `SELECT id FROM api_keys WHERE user_id = $1 AND name = 'keyed'`, ada.id.String()); err != nil {
			t.Fatal(err)
		}
		h.do("DELETE", "/api/v1/account/api-keys/"+revoked, "", ada.session).status(204)
		document, text := h.export(ada.session)

		for _, want := range append([]string{email}, leftTexts...) {
			if !strings.Contains(text, want) {
				t.Errorf("the export lacks %s", want)
			}
		}
		rows := map[string]int{
			"accounts": len(document.Accounts), "categories": len(document.Categories), "transactions": len(document.Transactions),
			"budgets": len(document.Budgets), "sessions": len(document.Sessions), "api_keys": len(document.APIKeys),
			"token_transactions": len(document.TokenTransactions), "token_usage": len(document.Usage), "outbox": len(document.Mails),
		}
		for table, got := range rows {
			var want int
			if err := s.db.Get(&want, `SELECT COUNT(*) FROM `+table+` WHERE user_id = $1`, ada.id.String()); err != nil {
				t.Fatal(err)
			}
			if got != want || want == 0 {
				t.Errorf("the export has %d rows of %s, the database %d", got, table, want)
			}
		}
		var events int
		err := s.db.Get(&events, `SELECT COUNT(*) FROM audit_events WHERE user_id = $1 OR subject = $2`, ada.id.String(), h.keys.Pseudonym(email))
		if err != nil || len(document.AuditEvents) != events {
			t.Errorf("the export has %d events, the database %d (%v)", len(document.AuditEvents), events, err)
		}
		checkExportedTransactions(t, document, ada)
		if tokens := document.Tokens; tokens.Balance != h.balance(ada.customer) {
			t.Errorf("the balance is %d", tokens.Balance)
		}
		for _, key := range document.APIKeys {
			if (key.RevokedAt == nil) == (key.Name == "keyed") {
				t.Errorf("the key %s is revoked: %v", key.Name, key.RevokedAt != nil)
			}
		}
		for _, event := range document.AuditEvents {
			if event.Kind == repo.AuditGrant && (event.Actor != gen.ExportedAuditEventActorAdministrator || event.Address != "") {
				t.Errorf("an administrator is shown: %+v", event)
			}
		}
		hidden := []string{"Zz.", other.id.String(), other.account.String(), h.user("grants@example.com").ID.String(), "$2a$", "$2b$", h.keys.Pseudonym(email)}
		for _, column := range []string{"password_hash FROM users", "digest FROM api_keys", "digest FROM one_time_tokens", "payload FROM outbox", "response FROM idempotent_calls"} {
			var secrets []string
			if err := s.db.Select(&secrets, `SELECT `+column); err != nil {
				t.Fatal(err)
			}
			if len(secrets) == 0 {
				t.Errorf("there is no %s to look for", column)
			}
			for _, secret := range secrets {
				if secret != "" {
					hidden = append(hidden, secret)
				}
			}
		}
		if hits := textsIn([]string{text}, hidden...); len(hits) > 0 {
			t.Errorf("the export has what it must not: %q", hits)
		}
	})
}

func checkExportedTransactions(t *testing.T, document gen.Export, f userWithData) {
	t.Helper()
	type row struct{ ID, Amount, Description, Account, Category, Deleted string }
	var got []row
	for _, tr := range document.Transactions {
		deleted := ""
		if tr.DeletedAt != nil {
			deleted = *tr.DeletedAt
		}
		got = append(got, row{
			tr.ID.String(), tr.Amount.String(), *tr.Description, tr.AccountID.String(), tr.CategoryID.String(), deleted,
		})
	}
	want := []row{
		{f.live.String(), "12.34", "canary-description", f.account.String(), f.category.String(), ""},
		{f.deleted.String(), "12.34", "canary-gone-description", f.account.String(), f.category.String(), "2026-03-04T14:13:20.000Z"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("transactions (-want +got):\n%s", diff)
	}
	if b := document.Budgets[0]; b.ID != f.budget || b.Amount.String() != "50.5" || b.Month != 3 || b.Year != 2026 {
		t.Errorf("the budget is %+v", b)
	}
}

// TestLongExport: an export that does not fit into memory goes through a file. The
// file is removed, and memory stays small.
func TestLongExport(t *testing.T) {
	const rows = 10_000
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		bearer := h.register("ada@example.com")
		short := &counter{header: http.Header{}}
		h.ServeHTTP(short, request("GET", exportPath, "", bearer))
		s.db.MustExec(`
INSERT INTO transactions (id, user_id, type, amount, currency, description, search_text, date, created_at, updated_at)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ` + fmt.Sprint(rows) + `)
SELECT '00000000-0000-4000-8000-' || substr('000000000000' || i, length('000000000000' || i) - 11), u.id, 'EXPENSE', i, 'ARS', 'row ' || i, '',
       u.created_at, u.created_at, u.created_at FROM n, users u`)
		before := heap()
		w := &counter{header: http.Header{}}
		h.ServeHTTP(w, request("GET", exportPath, "", bearer))
		if w.status != 200 || w.header.Get("Content-Length") != fmt.Sprint(w.bytes) ||
			w.lines-short.lines != rows+1 { // and the first export is recorded
			t.Errorf("got %d, %d of %s bytes with %d more lines", w.status, w.bytes, w.header.Get("Content-Length"), w.lines-short.lines)
		}
		if grown := w.heap - before; grown > int64(w.bytes)/2 {
			t.Errorf("%d bytes are kept for an answer of %d", grown, w.bytes)
		}
		left, err := os.ReadDir(dir)
		for _, file := range left {
			if strings.HasPrefix(file.Name(), "alta-answer-") {
				t.Errorf("left a file: %v (%v)", file, err)
			}
		}
	})
}

// heap returns the size of the live heap.
func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// counter is a client that keeps nothing of a response but its length.
type counter struct {
	header               http.Header
	status, bytes, lines int
	heap                 int64 // when the answer began, all of it being known then
}

func (c *counter) Header() http.Header    { return c.header }
func (c *counter) WriteHeader(status int) { c.status = status }
func (c *counter) Write(p []byte) (int, error) {
	if c.heap == 0 {
		c.heap = heap()
	}
	c.bytes += len(p)
	c.lines += strings.Count(string(p), "\n")
	return len(p), nil
}
