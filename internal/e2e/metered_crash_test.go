package e2e

import (
	"testing"

	"example.com/alta/internal/testdb"
)

// TestCrashesLoseAndDoubleNoDebit kills a server again and again in the middle
// of calls that cost, and holds the ledger to what was answered.
func TestCrashesLoseAndDoubleNoDebit(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const rounds, clients, tokens = 50, 32, 9_000_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
		db, y := testdb.Connect(t, databaseURL), newTally()
		for round := range rounds {
			if round > 0 {
				s = start(t, databaseURL)
			}
			cut := y.cut
			stop := pound(t.Context(), y, clients, []*server{s}, d.key, "/api/accounts")
			y.await(t, 200, y.count(200)+50+37*(round%10))
			s.kill()
			stop()
			if y.cut == cut {
				t.Errorf("round %d: no call was cut off: the crash came too late to show anything", round)
			}
			took := checkCharged(t, db, y, 1)
			checkBalance(t, databaseURL, db, tokens-took)
			if unanswered := took - int64(len(y.charged)); unanswered < 0 || unanswered > int64(y.cut) {
				t.Errorf("round %d: %d calls were charged, %d answered and %d cut off", round, took, len(y.charged), y.cut)
			}
			if t.Failed() {
				return
			}
		}
		y.only(t, 200)
	})
}

// TestStopUnderMeteredLoad asks the server to stop while calls come in.
func TestStopUnderMeteredLoad(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const tokens = 9_000_000
		s := start(t, databaseURL)
		d := s.developer(t, databaseURL, "john.doe@example.com").rich(t, databaseURL, tokens)
		y := newTally()
		stop := pound(t.Context(), y, 32, []*server{s}, d.key, "/api/v1/sandbox")
		y.await(t, 200, 200)
		s.terminate(t)
		stop()
		y.only(t, 200, 503)
		db := testdb.Connect(t, databaseURL)
		took := checkCharged(t, db, y, 10)
		if want := 10 * int64(len(y.charged)); took != want {
			t.Errorf("%d tokens were taken, want %d for what was answered", took, want)
		}
		checkBalance(t, databaseURL, db, tokens-took)
	})
}
