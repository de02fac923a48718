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

// wantTaken reserves the key, which must succeed and return want.
func wantTaken(t testing.TB, r *repo.Repo, fingerprint, requestID string, want repo.IdempotentCall) {
	t.Helper()
	row, taken := reserve(t, r, fingerprint, requestID)
	if !taken || row.Fingerprint != want.Fingerprint || row.RequestID != want.RequestID || row.Response != want.Response {
		t.Errorf("ReserveCall by %s for %s = %+v, %t; want %+v, true", requestID, fingerprint, row, taken, want)
	}
}

// wantHeld tries to reserve the key, which must be reserved by want.
func wantHeld(t testing.TB, r *repo.Repo, fingerprint, requestID string, want repo.IdempotentCall) {
	t.Helper()
	row, taken := reserve(t, r, fingerprint, requestID)
	if taken || row.Fingerprint != want.Fingerprint || row.RequestID != want.RequestID || row.Response != want.Response {
		t.Errorf("ReserveCall by %s for %s = %+v, %t; want %+v, false", requestID, fingerprint, row, taken, want)
	}
}

func TestReserveCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		one := repo.IdempotentCall{Fingerprint: "print", RequestID: "one"}
		wantTaken(t, r, "print", "one", one)
		wantHeld(t, r, "print", "two", one)
		c.Set(start.Add(lease - time.Microsecond))
		wantHeld(t, r, "print", "two", one)
		c.Set(start.Add(lease))
		wantHeld(t, r, "another", "two", one) // another request can never take over
		wantTaken(t, r, "print", "two", one)  // takes over, with the request id of the first call
		wantHeld(t, r, "print", "three", one) // the lease has begun anew
		c.Advance(lease - time.Microsecond)
		wantHeld(t, r, "print", "three", one)
		c.Advance(time.Microsecond)
		wantTaken(t, r, "print", "three", one)
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		one.Response = "answer"
		c.Advance(time.Hour)
		wantHeld(t, r, "print", "four", one) // an answer is kept
		wantHeld(t, r, "another", "four", one)
		if row, _ := reserve(t, r, "print", "four"); row.LeasedUntil != nil {
			t.Errorf("an answered call is leased until %v", row.LeasedUntil)
		}
		if n := countRows(t, r).Calls; n != 1 {
			t.Errorf("there are %d calls, want 1", n)
		}
	})
}

// TestReserveCallAtOnce: of many concurrent calls one gets the key, both when
// it is free and when its lease has ended.
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
		wantTaken(t, r, "print", "one", one)
		release("grace", "key")
		release("ada", "another")
		wantHeld(t, r, "print", "two", one)
		release("ada", "key")
		wantTaken(t, r, "other", "two", two) // the key is free again
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		release("ada", "key")
		two.Response = "answer"
		wantHeld(t, r, "other", "three", two)
	})
}

// TestSweepCalls: answers are kept as long as promised, and no longer.
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
