package repo_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// faultyLedger is a ledger on a database that can be made to fail.
type faultyLedger struct {
	*meter.Ledger
	fault     atomic.Pointer[watch] // what fails at present; nil: nothing
	unwatched *repo.Repo            // reads the database without faults
	user      repo.User
	stop      func()
}

// ample is the patience for calls that must succeed.
const ample = 30 * time.Second

// errAway is an error for which database/sql itself does not retry.
var errAway = errors.New("away")

// openFaultyLedger creates a user with 2,000 tokens and runs a ledger, whose
// calls wait up to patience for a database that is away.
func openFaultyLedger(t *testing.T, databaseURL string, patience time.Duration) *faultyLedger {
	t.Helper()
	f := &faultyLedger{}
	var clock *testkit.Clock
	f.unwatched, clock = migrated(t, databaseURL)
	f.user = createUser(t, f.unwatched, "ada@example.com")
	if err := openLedger(t, f.unwatched, f.user, freePlan); err != nil {
		t.Fatal(err)
	}
	r := mustOpenWatched(t, databaseURL, clock.Now, watch{
		failBefore: func(query string) error {
			if w := f.fault.Load(); w != nil && w.failBefore != nil {
				return w.failBefore(query)
			}
			return nil
		},
		failAfter: func(query string) error {
			if w := f.fault.Load(); w != nil && w.failAfter != nil {
				return w.failAfter(query)
			}
			return nil
		},
	})
	f.Ledger = meter.NewLedger(r, clock.Now, slog.New(slog.DiscardHandler))
	f.Patience = patience
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { f.Run(ctx) })
	f.stop = func() { stop(); running.Wait() }
	t.Cleanup(f.stop)
	return f
}

func (f *faultyLedger) debit(requestID string) meter.Debit {
	return meter.Debit{UserID: f.user.ID, Cost: 5, Endpoint: "GET /things", RequestID: requestID}
}

// wantDeltas checks the user's rows after the first grant, and that they add up
// to the balance.
func (f *faultyLedger) wantDeltas(t *testing.T, want ...int64) {
	t.Helper()
	var got []int64
	for _, row := range transactions(t, f.unwatched)[1:] {
		got = append(got, row.Delta)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deltas after the grant (-want +got):\n%s", diff)
	}
	checkSums(t, f.unwatched)
}

// failFirst returns a function that fails the first n runs of the statement
// with err, and the number of its runs.
func failFirst(n int64, text string, err error) (answer func(string) error, count *atomic.Int64) {
	count = &atomic.Int64{}
	return func(query string) error {
		if query == text && count.Add(1) <= n {
			return err
		}
		return nil
	}, count
}

// TestChargeThroughFaults: if the database fails temporarily, a call still
// succeeds and is charged once, whether or not the failed attempt was written.
func TestChargeThroughFaults(t *testing.T) {
	type fault struct {
		name  string
		watch func(answer func(string) error) *watch
		text  string
		err   error
	}
	failBefore := func(answer func(string) error) *watch { return &watch{failBefore: answer} }
	failAfter := func(answer func(string) error) *watch { return &watch{failAfter: answer} }
	for _, test := range []fault{
		{name: "COMMIT whose answer is lost", watch: failAfter, text: "COMMIT", err: driver.ErrBadConn},
		{name: "COMMIT that is made, and answered by an error", watch: failAfter, text: "COMMIT", err: errAway},
		{name: "COMMIT that does not arrive", watch: failBefore, text: "COMMIT", err: driver.ErrBadConn},
		{name: "database that is away", watch: failBefore, text: "BEGIN", err: errAway},
	} {
		t.Run(test.name, func(t *testing.T) {
			testdb.Each(t, func(t *testing.T, databaseURL string) {
				f := openFaultyLedger(t, databaseURL, ample)
				answer, count := failFirst(2, test.text, test.err)
				f.fault.Store(test.watch(answer))
				if balance, err := f.Charge(context.Background(), f.debit("one")); err != nil || balance != 1995 {
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

// TestRefundThroughFaults: a refund is written once, however its attempts fail,
// and the process does not end before that.
func TestRefundThroughFaults(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, err := range []error{driver.ErrBadConn, errAway} {
			f := openFaultyLedger(t, newDatabase(t, databaseURL), ample)
			if _, err := f.Charge(context.Background(), f.debit("one")); err != nil {
				t.Fatal(err)
			}
			answer, _ := failFirst(1, "COMMIT", err)
			f.fault.Store(&watch{failAfter: answer})
			f.Refund(f.debit("one"))
			f.stop()
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

// TestDatabaseAwayForLong: if the database stays away, calls are refused. If
// the COMMIT of such a call had succeeded unnoticed, the call is refunded once
// the database is back.
func TestDatabaseAwayForLong(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		f := openFaultyLedger(t, databaseURL, 2*time.Second)
		var away atomic.Bool
		f.fault.Store(&watch{
			failBefore: func(string) error {
				if away.Load() {
					return errAway
				}
				return nil
			},
			failAfter: func(query string) error {
				if query != "COMMIT" || away.Swap(true) {
					return nil
				}
				return driver.ErrBadConn
			},
		})
		if _, err := f.Charge(context.Background(), f.debit("one")); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Charge: %v, want ErrUnavailable", err)
		}
		f.wantDeltas(t, -5)
		f.fault.Store(nil)
		if balance, err := f.Charge(context.Background(), f.debit("two")); err != nil || balance > 1995 {
			t.Errorf("Charge when the database is back = %d, %v", balance, err)
		}
		f.stop()
		rows := map[string]int64{}
		for _, row := range transactions(t, f.unwatched)[1:] {
			rows[row.RequestID] += row.Delta
		}
		if diff := cmp.Diff(map[string]int64{"one": 0, "two": -5}, rows); diff != "" {
			t.Errorf("what the calls took (-want +got):\n%s", diff)
		}
		checkSums(t, f.unwatched)
	})
}

// TestEndWhileAway: while refunds cannot be written, ending the process does
// not busy a processor.
func TestEndWhileAway(t *testing.T) {
	f := openFaultyLedger(t, testdb.SQLite(t), time.Second)
	if _, err := f.Charge(context.Background(), f.debit("one")); err != nil {
		t.Fatal(err)
	}
	var tries atomic.Int64
	f.fault.Store(&watch{failBefore: func(string) error { tries.Add(1); return errAway }})
	f.Refund(f.debit("one"))
	f.stop()
	if n := tries.Load(); n > 200 {
		t.Errorf("%d tries in the second before the end", n)
	}
}

// TestStorageIsNotTriedAgain: calls do not wait for a storage that takes no writes: there
// is one attempt, whatever patience they have, and no refund of what was not charged.
// If the outcome of a COMMIT is unknown, there is one.
func TestStorageIsNotTriedAgain(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	f := openFaultyLedger(t, databaseURL, ample)
	for i, where := range []string{"BEGIN", "COMMIT"} {
		var tries atomic.Int64
		fail := func(query string) error {
			if query != where {
				return nil
			}
			tries.Add(1)
			return fmt.Errorf("%w: full", repo.ErrStorage)
		}
		f.fault.Store(&watch{failBefore: fail})
		if where == "COMMIT" { // it succeeds, and the answer says that it has not
			f.fault.Store(&watch{failAfter: fail})
		}
		if _, err := f.Charge(context.Background(), f.debit(where)); !errors.Is(err, repo.ErrStorage) {
			t.Errorf("%s: %v, want ErrStorage", where, err)
		}
		if n := tries.Load(); n != 1 && where == "BEGIN" { // after the COMMIT, the refund is tried, too
			t.Errorf("%d attempts, want 1", n)
		}
		f.fault.Store(nil)
		if _, err := f.Charge(context.Background(), f.debit(fmt.Sprint(i))); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}
	f.stop()
	rows := map[string][]int64{}
	for _, row := range transactions(t, f.unwatched)[1:] {
		rows[row.RequestID] = append(rows[row.RequestID], row.Delta)
	}
	for _, deltas := range rows {
		slices.Sort(deltas)
	}
	if diff := cmp.Diff(map[string][]int64{"0": {-5}, "1": {-5}, "COMMIT": {-5, 5}}, rows); diff != "" {
		t.Errorf("what the calls took (-want +got):\n%s", diff)
	}
	checkSums(t, f.unwatched)
}
