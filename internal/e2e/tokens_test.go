package e2e

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestTokensBuyExactlySoManyCalls has 64 clients use up a balance at four servers
// on one database.
func TestTokensBuyExactlySoManyCalls(t *testing.T) {
	t.Parallel()
	const path, price, tokens, left = "/api/v1/sandbox", 10, 6007, 7
	databaseURL := testdb.Postgres(t)
	var servers []*server
	for range 4 {
		servers = append(servers, start(t, databaseURL))
	}
	d := servers[0].developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
	calls := newLoad(64, getByKey(path, d.key))
	wait := calls.start(t.Context(), servers...)
	calls.awaitStatus(t, 402, 64) // each client stops with one
	wait()
	calls.expectOnly(t, 200, 402)
	if got, want := calls.count(200), tokens/price; got != want || calls.unanswered != 0 {
		t.Errorf("%d calls were answered 200 and %d not at all, want %d and none", got, calls.unanswered, want)
	}
	db := testdb.Connect(t, databaseURL)
	if took := checkCharged(t, db, price, calls); took != tokens-left {
		t.Errorf("the calls took %d tokens, want %d", took, tokens-left)
	}
	checkBalance(t, databaseURL, db, left)
	for _, s := range servers {
		a := s.call(t, 402, "GET", path, "", byKey(d.key))
		if want := fmt.Sprintf(`"current_balance":%d,"required_cost":%d,`, left, price); !strings.Contains(a.body, want) {
			t.Errorf("402: got %s, want %s in it", a.body, want)
		}
	}
}

// TestOperatorsGrantUnderLoad has tokens given and taken beside a server that
// charges for calls: two processes write to one ledger.
func TestOperatorsGrantUnderLoad(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens, rounds = 1_000_000, 2
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
		calls := newLoad(32, getByKey("/api/accounts", d.key))
		stop := calls.start(t.Context(), s)
		calls.awaitSuccesses(t, 50)
		for range rounds {
			for _, delta := range []string{"1000", "-300"} {
				alta(t, databaseURL, "", "tokens", "grant", d.email, delta, "--reason", "under load")
				calls.awaitSuccesses(t, calls.successes()+50)
			}
		}
		stop()
		calls.expectOnly(t, 200)
		db := testdb.Connect(t, databaseURL)
		checkBalance(t, databaseURL, db, tokens+rounds*(1000-300)-checkCharged(t, db, 1, calls))
		if calls.unanswered != 0 {
			t.Errorf("%d calls were not answered", calls.unanswered)
		}
	})
}

// TestStopUnderMeteredLoad asks the server to stop while calls come in.
func TestStopUnderMeteredLoad(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens = 9_000_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").withTokens(t, databaseURL, tokens)
		calls := newLoad(32, getByKey("/api/v1/sandbox", d.key))
		stop := calls.start(t.Context(), s)
		calls.awaitSuccesses(t, 200)
		s.terminate(t)
		stop()
		calls.expectOnly(t, 200, 503)
		db := testdb.Connect(t, databaseURL)
		took := checkCharged(t, db, 10, calls)
		if want := 10 * int64(calls.successes()); took != want {
			t.Errorf("%d tokens were taken, want %d for what was answered", took, want)
		}
		checkBalance(t, databaseURL, db, tokens-took)
	})
}
