package e2e

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestDatabaseAwayUnderMeteredLoad takes the database away while calls are charged,
// for longer than they wait, and brings it back.
func TestDatabaseAwayUnderMeteredLoad(t *testing.T) {
	for _, outage := range outages {
		t.Run(outage.name, func(t *testing.T) {
			t.Parallel()
			const tokens = 9_000_000
			databaseURL := testdb.Postgres(t)
			serverURL, away, back := outage.setUp(t, databaseURL)
			s := start(t, serverURL)
			d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
			calls := newLoad(16, getByKey("/api/accounts", d.key))
			stop := calls.start(t.Context(), s)
			calls.awaitSuccesses(t, 100)
			away()
			calls.awaitStatus(t, 503, 20)
			for try := 1; !s.refusesCharges(); try++ { // the database has to go while a call is being charged
				if try == 10 {
					t.Fatal("no calls that were being charged are given up")
				}
				back()
				calls.awaitSuccesses(t, calls.successes()+100)
				away()
				calls.awaitStatus(t, 503, calls.count(503)+20)
			}
			checkBusy(t, s.call(t, 503, "GET", "/api/accounts", "", byKey(d.key)))
			back()
			calls.awaitSuccesses(t, calls.successes()+100) // without a restart
			stop()
			calls.expectOnly(t, 200, 503)
			checkAfterOutage(t, databaseURL, calls, tokens)
			if calls.unanswered != 0 {
				t.Errorf("%d calls were not answered", calls.unanswered)
			}
		})
	}
}

// refusesCharges waits for twice the time that a call waits for a database that is
// away, and reports whether the server has given up calls that were being charged.
func (s *server) refusesCharges() bool {
	for range 100 {
		if _, ok := s.logged("ledger: calls are refused: the database does not answer"); ok {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// checkAfterOutage waits until the calls that were answered 503 are refunded, and
// fails the test unless exactly the calls that were answered 200 are charged.
func checkAfterOutage(t *testing.T, databaseURL string, calls *load, tokens int64) {
	t.Helper()
	db := testdb.Connect(t, databaseURL)
	eventually(t, "what was answered 503 is given back", func() error {
		_, sums := ledgerRows(t, db)
		for id := range calls.unavailable {
			if sums[id] != 0 {
				return fmt.Errorf("the call %s cost %d", id, -sums[id])
			}
		}
		return nil
	})
	took := checkCharged(t, db, 1, calls)
	if want := int64(calls.successes()); took != want {
		t.Errorf("%d tokens were taken, want %d for what was answered 200", took, want)
	}
	checkBalance(t, databaseURL, db, tokens-took)
}

// TestLostCommitsAreNotRepeated cuts connections at COMMIT. Some of the commits are
// made, and the server does not learn which.
func TestLostCommitsAreNotRepeated(t *testing.T) {
	t.Parallel()
	const tokens, clients, losses = 9_000_000, 16, 20
	databaseURL := testdb.Postgres(t)
	var armed atomic.Bool
	var commits, lost atomic.Int32
	p := newProxy(t, databaseURL)
	p.setLose(func() string {
		if !armed.Load() || commits.Add(1)%5 != 0 || lost.Load() >= losses {
			return ""
		}
		return []string{"answer", "answer", "request"}[lost.Add(1)%3]
	})
	s := start(t, p.url)
	d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
	calls := newLoad(clients, getByKey("/api/accounts", d.key))
	stop := calls.start(t.Context(), s)
	armed.Store(true)
	eventually(t, "enough commits are lost", func() error {
		if n := lost.Load(); n < losses {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	calls.awaitSuccesses(t, calls.successes()+100)
	stop()
	calls.expectOnly(t, 200) // callers do not notice a lost COMMIT
	checkAfterOutage(t, databaseURL, calls, tokens)
	if strings.Contains(s.log.String(), `"level":"ERROR"`) {
		t.Error("the log has errors")
	}
}
