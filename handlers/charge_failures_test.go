package handlers_test

import (
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestFailuresAreRefunded: if the server fails, a row refunds the call, and the
// response says that it cost nothing.
func TestFailuresAreRefunded(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		mend := s.hideTable("accounts")
		for i, key := range []string{"X-Nothing: 1", withKey("one")} {
			h.do("GET", "/api/accounts", "", ada.key, key).status(500).charged("0", "")
			h.awaitRefunds(ada, i+1)
		}
		mend()
		h.do("GET", "/api/accounts", "", ada.key).status(200).charged("1", "1999")
		h.wantTokenDeltas(ada, -1, 1, -1, 1, -1)
		usage := h.do("GET", "/api/v1/account/usage", "", ada.key).status(200).Body.String()
		if want := `{"window_days":30,"daily":[{"day":"2026-03-04","tokens":1,"calls":1}],"top_endpoints":[{"endpoint":"GET /api/accounts","tokens":1,"calls":1}]}` +
			"\n"; usage != want {
			t.Errorf("the usage is %s, want %s", usage, want)
		}
	})
}

// TestPanicsAreRefunded: a call that panics is refunded, with an Idempotency-Key and
// without.
func TestPanicsAreRefunded(t *testing.T) {
	panics := 0
	h := start(t, testdb.SQLite(t), withPanics(&panics))
	ada := h.customer("ada@example.com")
	for i, header := range []string{"X-Nothing: 1", withKey("one"), withKey("one")} {
		panics = 3 // in the handler
		h.do("GET", sandbox, "", ada.key, header).status(500).charged("0", "")
		h.awaitRefunds(ada, i+1)
	}
	panics = 0
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(200).charged("10", "1990")
	h.wantTokenDeltas(ada, -10, 10, -10, 10, -10, 10, -10)
}

// TestNoLedgerNoCharge: while the ledger is stopped, paid calls are refused for now,
// and free calls work.
func TestNoLedgerNoCharge(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	h.stopLedger()
	for _, header := range []string{"X-Nothing: 1", withKey("one")} {
		for _, target := range []string{sandbox, "/api/accounts"} {
			answer := h.do("GET", target, "", ada.key, header).status(503)
			answer.charged("", "")
			if answer.Header().Get("Retry-After") == "" {
				t.Errorf("%s: no Retry-After", target)
			}
		}
	}
	h.do("GET", sandbox, "", ada.session).status(200)
	h.do("GET", "/api/v1/account/balance", "", ada.key).status(200)
	h.wantTokenDeltas(ada)
}

// TestLedgerThatCannotWrite: the call is refused, and a charge that may have been
// written is refunded.
func TestLedgerThatCannotWrite(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	ada := h.customer("ada@example.com")
	closed := must(repo.Open(t.Context(), testdb.SQLite(t), h.clock.Now))
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	broken := start(t, databaseURL, func(c *handlers.Config) {
		c.Ledger = meter.NewLedger(closed, c.Now, c.Log)
		c.Ledger.Patience = 10 * time.Millisecond
		runLedger(t, c.Ledger)
	})
	answer := broken.do("GET", sandbox, "", ada.key).status(503)
	answer.charged("", "")
	if answer.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.wantTokenDeltas(ada)
	if got := h.balance(ada); got != 2000 {
		t.Errorf("the balance is %d, want 2000", got)
	}
}
