package repo_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const lease = time.Minute

func reserve(t testing.TB, r *repo.Repo, fingerprint, requestID string) (row repo.IdempotentCall, taken bool) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) (err error) {
		row, taken, err = tx.ReserveCall(t.Context(),
			repo.IdempotentCall{Scope: "ada", Key: "key", Fingerprint: fingerprint, RequestID: requestID}, lease)
		return err
	})
	return row, taken
}

// wantReserved reserves the key and checks who has it.
func wantReserved(t testing.TB, r *repo.Repo, fingerprint, requestID string, taken bool, want repo.IdempotentCall) {
	t.Helper()
	row, got := reserve(t, r, fingerprint, requestID)
	if got != taken || row.Fingerprint != want.Fingerprint || row.RequestID != want.RequestID || row.Response != want.Response {
		t.Errorf("ReserveCall by %s for %s = %+v, %t; want %+v, %t", requestID, fingerprint, row, got, want, taken)
	}
}

func TestReserveCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		one := repo.IdempotentCall{Fingerprint: "print", RequestID: "one"}
		wantReserved(t, r, "print", "one", true, one)
		wantReserved(t, r, "print", "two", false, one)
		c.Set(start.Add(lease - time.Microsecond))
		wantReserved(t, r, "print", "two", false, one)
		c.Set(start.Add(lease))
		wantReserved(t, r, "another", "two", false, one) // never, by another request
		wantReserved(t, r, "print", "two", true, one)    // and with the debit of the first
		wantReserved(t, r, "print", "three", false, one) // the lease began anew
		c.Advance(lease - time.Microsecond)
		wantReserved(t, r, "print", "three", false, one)
		c.Advance(time.Microsecond)
		wantReserved(t, r, "print", "three", true, one)
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		one.Response = "answer"
		c.Advance(time.Hour)
		wantReserved(t, r, "print", "four", false, one) // an answer stays
		wantReserved(t, r, "another", "four", false, one)
		if row, _ := reserve(t, r, "print", "four"); row.LeasedUntil != nil {
			t.Errorf("an answered call is leased until %v", row.LeasedUntil)
		}
		if n := countRows(t, r).Calls; n != 1 {
			t.Errorf("there are %d calls, want 1", n)
		}
	})
}

// TestReserveCallAtOnce: of many who come at once, one has the key, when it is
// free and when its lease is over.
func TestReserveCallAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		var first string
		for range 3 {
			var count atomic.Int64
			taken := make([]string, 64)
			for _, err := range atOnce(64, func(i int) error {
				return r.InTx(t.Context(), func(tx *repo.Tx) error {
					row, ok, err := tx.ReserveCall(t.Context(),
						repo.IdempotentCall{Scope: "ada", Key: "key", Fingerprint: "print", RequestID: fmt.Sprint(i)}, lease)
					taken[i] = row.RequestID
					if ok && err == nil {
						count.Add(1)
					}
					return err
				})
			}) {
				if err != nil {
					t.Error(err)
				}
			}
			if first == "" {
				first = taken[0]
			}
			for i, id := range taken {
				if id != first {
					t.Errorf("caller %d found request %q, want %q", i, id, first)
				}
			}
			if count.Load() != 1 {
				t.Errorf("%d have the key, want 1", count.Load())
			}
			c.Advance(lease)
		}
	})
}

func TestReleaseCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		release := func(scope, key string) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error { return tx.ReleaseCall(t.Context(), scope, key) })
		}
		one, two := repo.IdempotentCall{Fingerprint: "print", RequestID: "one"}, repo.IdempotentCall{Fingerprint: "other", RequestID: "two"}
		wantReserved(t, r, "print", "one", true, one)
		release("grace", "key")
		release("ada", "another")
		wantReserved(t, r, "print", "two", false, one)
		release("ada", "key")
		wantReserved(t, r, "other", "two", true, two) // as good as new
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		release("ada", "key")
		two.Response = "answer"
		wantReserved(t, r, "other", "three", false, two)
	})
}

// TestSweepCalls: answers are kept for as long as they are promised, and no
// longer.
func TestSweepCalls(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		keep := retention
		keep.Call = 24 * time.Hour
		for _, scope := range []string{"old", "new"} {
			write(t, r, func(tx *repo.Tx) error {
				_, _, err := tx.ReserveCall(t.Context(), repo.IdempotentCall{Scope: scope, Key: "key"}, lease)
				return err
			})
			write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), scope, "key", "answer") })
			c.Advance(time.Microsecond)
		}
		c.Set(start.Add(keep.Call))
		if n, err := r.Sweep(t.Context(), keep); n != 0 || err != nil {
			t.Errorf("Sweep after a day = %d, %v; want 0", n, err)
		}
		c.Advance(time.Microsecond)
		if n, err := r.Sweep(t.Context(), keep); n != 1 || err != nil {
			t.Errorf("Sweep = %d, %v; want 1", n, err)
		}
		checkTexts(t, r, `SELECT scope FROM idempotent_calls`, "new")
	})
}
