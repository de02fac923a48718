package repo_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// faulty is a ledger on a database that can be made to fail.
type faulty struct {
	*meter.Ledger
	fault atomic.Pointer[watch] // what fails now; nil: nothing
	plain *repo.Repo            // to look, past the faults
	user  repo.User
	end   func()
}

// ample is the patience of calls that are to get through.
const ample = 30 * time.Second

// errAway is none that database/sql tries again for.
var errAway = errors.New("away")

// openFaulty makes a user with 2,000 tokens and a ledger at work, whose calls
// wait so long for a database that is away.
func openFaulty(t *testing.T, databaseURL string, patience time.Duration) *faulty {
	t.Helper()
	f := &faulty{}
	var clock *testkit.Clock
	f.plain, clock = migrated(t, databaseURL)
	f.user = createUser(t, f.plain, "ada@example.com")
	if err := openLedger(t, f.plain, f.user, freePlan); err != nil {
		t.Fatal(err)
	}
	r := watched(t, databaseURL, clock.Now, watch{
		instead: func(query string) error {
			if w := f.fault.Load(); w != nil && w.instead != nil {
				return w.instead(query)
			}
			return nil
		},
		lost: func(query string) error {
			if w := f.fault.Load(); w != nil && w.lost != nil {
				return w.lost(query)
			}
			return nil
		},
	})
	f.Ledger = meter.NewLedger(r, clock.Now, slog.New(slog.DiscardHandler))
	f.Patience = patience
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	f.end = func() { stop(); running.Wait() }
	t.Cleanup(f.end)
	return f
}

func (f *faulty) debit(requestID string) meter.Debit {
	return meter.Debit{UserID: f.user.ID, Cost: 5, Endpoint: "GET /things", RequestID: requestID}
}

// wantDeltas checks the user's rows after the first grant, and that they add
// up.
func (f *faulty) wantDeltas(t *testing.T, want ...int64) {
	t.Helper()
	var got []int64
	for _, row := range transactions(t, f.plain)[1:] {
		got = append(got, row.Delta)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deltas after the grant (-want +got):\n%s", diff)
	}
	checkSums(t, f.plain)
}

// first makes a function that answers err to the first n statements with the
// text, and counts them all.
func first(n int64, text string, err error) (answer func(string) error, count *atomic.Int64) {
	count = &atomic.Int64{}
	return func(query string) error {
		if query == text && count.Add(1) <= n {
			return err
		}
		return nil
	}, count
}

// TestChargeThroughFaults: a call that the database fails in passing succeeds,
// and is charged once, whether or not the failed try was written.
func TestChargeThroughFaults(t *testing.T) {
	type fault struct {
		name  string
		watch func(answer func(string) error) *watch
		text  string
		err   error
	}
	instead := func(answer func(string) error) *watch { return &watch{instead: answer} }
	lost := func(answer func(string) error) *watch { return &watch{lost: answer} }
	for _, test := range []fault{
		{name: "COMMIT whose answer is lost", watch: lost, text: "COMMIT", err: driver.ErrBadConn},
		{name: "COMMIT that is made, and answered by an error", watch: lost, text: "COMMIT", err: errAway},
		{name: "COMMIT that does not arrive", watch: instead, text: "COMMIT", err: driver.ErrBadConn},
		{name: "database that is away", watch: instead, text: "BEGIN", err: errAway},
	} {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				f := openFaulty(t, databaseURL, ample)
				answer, count := first(2, test.text, test.err)
				f.fault.Store(test.watch(answer))
				if balance, err := f.Charge(f.debit("one")); err != nil || balance != 1995 {
					t.Errorf("Charge = %d, %v; want 1995", balance, err)
				}
				if count.Load() < 3 {
					t.Errorf("%s was run %d times: the fault was not met twice", test.text, count.Load())
				}
				f.wantDeltas(t, -5)
			})
		})
	}
}

// TestRefundThroughFaults: a refund is written once, whatever becomes of the
// tries, and the process does not end before it is.
func TestRefundThroughFaults(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, err := range []error{driver.ErrBadConn, errAway} {
			f := openFaulty(t, newDatabase(t, databaseURL), ample)
			if _, err := f.Charge(f.debit("one")); err != nil {
				t.Fatal(err)
			}
			answer, _ := first(1, "COMMIT", err)
			f.fault.Store(&watch{lost: answer})
			f.Refund(f.debit("one"))
			f.end()
			f.wantDeltas(t, -5, 5)
		}
	})
}

// newDatabase returns the URL of another database of the same engine.
func newDatabase(t *testing.T, databaseURL string) string {
	t.Helper()
	if repo.IsPostgres(databaseURL) {
		return testdb.Postgres(t)
	}
	return testdb.SQLite(t)
}

// TestDatabaseAwayForLong: calls are refused in the end. One whose COMMIT was
// made although nobody could know is given back when the database is there.
func TestDatabaseAwayForLong(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		f := openFaulty(t, databaseURL, 2*time.Second)
		var away atomic.Bool
		f.fault.Store(&watch{
			instead: func(string) error {
				if away.Load() {
					return errAway
				}
				return nil
			},
			lost: func(query string) error {
				if query != "COMMIT" || away.Swap(true) {
					return nil
				}
				return driver.ErrBadConn
			},
		})
		if _, err := f.Charge(f.debit("one")); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Charge: %v, want ErrUnavailable", err)
		}
		f.wantDeltas(t, -5)
		f.fault.Store(nil)
		if balance, err := f.Charge(f.debit("two")); err != nil || balance > 1995 {
			t.Errorf("Charge when the database is back = %d, %v", balance, err)
		}
		f.end()
		rows := map[string]int64{}
		for _, row := range transactions(t, f.plain)[1:] {
			rows[row.RequestID] += row.Delta
		}
		if diff := cmp.Diff(map[string]int64{"one": 0, "two": -5}, rows); diff != "" {
			t.Errorf("what the calls took (-want +got):\n%s", diff)
		}
		checkSums(t, f.plain)
	})
}

// TestEndWhileAway: refunds that cannot be written do not keep a processor busy
// until the end.
func TestEndWhileAway(t *testing.T) {
	f := openFaulty(t, testdb.SQLite(t), time.Second)
	if _, err := f.Charge(f.debit("one")); err != nil {
		t.Fatal(err)
	}
	var tries atomic.Int64
	f.fault.Store(&watch{instead: func(string) error { tries.Add(1); return errAway }})
	f.Refund(f.debit("one"))
	f.end()
	if n := tries.Load(); n > 200 {
		t.Errorf("%d tries in the second before the end", n)
	}
}
