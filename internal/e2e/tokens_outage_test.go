package e2e

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestDatabaseAwayUnderMeteredLoad takes the database away while calls are
// charged, for longer than they wait for it, and gives it back.
func TestDatabaseAwayUnderMeteredLoad(t *testing.T) {
	for _, outage := range outages {
		t.Run(outage.name, func(t *testing.T) {
			t.Parallel()
			const tokens = 9_000_000
			databaseURL := testdb.Postgres(t)
			serverURL, away, back := outage.setUp(t, databaseURL)
			s := start(t, serverURL)
			d := s.developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
			y := newTally()
			stop := pound(t.Context(), y, 16, []*server{s}, d.key, "/api/accounts")
			y.await(t, 200, 100)
			away()
			y.await(t, 503, 20)
			eventually(t, "calls that were being charged are given up", func() error {
				if _, ok := s.logged("ledger: calls are refused: the database does not answer"); !ok {
					return fmt.Errorf("the log is %d bytes long", len(s.log.String()))
				}
				return nil
			})
			checkBusy(t, s.call(t, 503, "GET", "/api/accounts", "", byKey(d.key)))
			back()
			y.await(t, 200, y.count(200)+100) // without a restart
			stop()
			y.only(t, 200, 503)
			checkAfterOutage(t, databaseURL, y, tokens)
			if y.cut != 0 {
				t.Errorf("%d calls were not answered", y.cut)
			}
		})
	}
}

// checkAfterOutage waits until what was answered 503 is given back, and fails
// the test unless just what was answered 200 is charged.
func checkAfterOutage(t *testing.T, databaseURL string, y *tally, tokens int64) {
	t.Helper()
	db := testdb.Connect(t, databaseURL)
	eventually(t, "what was answered 503 is given back", func() error {
		_, sums := ledgerRows(t, db)
		for id := range y.refused {
			if sums[id] != 0 {
				return fmt.Errorf("the call %s cost %d", id, -sums[id])
			}
		}
		return nil
	})
	took := checkCharged(t, db, y, 1)
	if want := int64(len(y.charged)); took != want {
		t.Errorf("%d tokens were taken, want %d for what was answered 200", took, want)
	}
	checkBalance(t, databaseURL, db, tokens-took)
}

// TestLostCommitsAreNotRepeated cuts connections exactly at COMMIT: of some of
// them the database has heard and the server does not know.
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
	d := s.developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
	y := newTally()
	stop := pound(t.Context(), y, clients, []*server{s}, d.key, "/api/accounts")
	armed.Store(true)
	eventually(t, "enough commits are lost", func() error {
		if n := lost.Load(); n < losses {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
	y.await(t, 200, y.count(200)+100)
	stop()
	y.only(t, 200) // a lost COMMIT is nothing that callers hear of
	checkAfterOutage(t, databaseURL, y, tokens)
	if strings.Contains(s.log.String(), `"level":"ERROR"`) {
		t.Error("the log has errors")
	}
}
