package repo_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// callRow returns the row of ada's key, which must be reserved.
func callRow(t testing.TB, r *repo.Repo) repo.IdempotentCall {
	t.Helper()
	row, taken := reserve(t, r, "print", "nobody")
	if taken {
		t.Fatal("the key was free")
	}
	return row
}

// TestAbandonCall: the next call with the key takes over at once, with the
// first call's request id. A call that was answered stays answered.
func TestAbandonCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		reserve(t, r, "print", "one")
		write(t, r, func(tx *repo.Tx) error { return tx.AbandonCall(t.Context(), "ada", "another key") })
		wantHeld(t, r, "print", "two", repo.IdempotentCall{Fingerprint: "print", RequestID: "one"})
		write(t, r, func(tx *repo.Tx) error { return tx.AbandonCall(t.Context(), "ada", "key") })
		wantHeld(t, r, "another", "two", repo.IdempotentCall{Fingerprint: "print", RequestID: "one"})
		wantTaken(t, r, "print", "two", repo.IdempotentCall{Fingerprint: "print", RequestID: "one"})
		wantHeld(t, r, "print", "three", repo.IdempotentCall{Fingerprint: "print", RequestID: "one"})
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		write(t, r, func(tx *repo.Tx) error { return tx.AbandonCall(t.Context(), "ada", "key") })
		wantHeld(t, r, "print", "four", repo.IdempotentCall{Fingerprint: "print", RequestID: "one", Response: "answer"})
	})
}

// TestRenameCall: the next call with the key gets the new request id, and the
// lease does not change.
func TestRenameCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		reserve(t, r, "print", "one")
		before := callRow(t, r)
		c.Advance(lease / 2)
		write(t, r, func(tx *repo.Tx) error { return tx.RenameCall(t.Context(), "ada", "key", "one again") })
		if row := callRow(t, r); row.RequestID != "one again" || !row.LeasedUntil.Equal(*before.LeasedUntil) {
			t.Errorf("renamed: %+v, before it was %+v", row, before)
		}
		c.Advance(lease / 2)
		wantTaken(t, r, "print", "two", repo.IdempotentCall{Fingerprint: "print", RequestID: "one again"})
	})
}

// TestCallKnown: scope, key and fingerprint must all match.
func TestCallKnown(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		reserve(t, r, "print", "one")
		for call, want := range map[repo.IdempotentCall]bool{
			{Scope: "ada", Key: "key", Fingerprint: "print"}:         true,
			{Scope: "eve", Key: "key", Fingerprint: "print"}:         false,
			{Scope: "ada", Key: "another key", Fingerprint: "print"}: false,
			{Scope: "ada", Key: "key", Fingerprint: "another"}:       false,
		} {
			if known, err := r.CallKnown(t.Context(), call); err != nil || known != want {
				t.Errorf("CallKnown(%+v) = %t, %v; want %t", call, known, err, want)
			}
		}
		write(t, r, func(tx *repo.Tx) error { return tx.ReleaseCall(t.Context(), "ada", "key") })
		if known, err := r.CallKnown(t.Context(), repo.IdempotentCall{Scope: "ada", Key: "key", Fingerprint: "print"}); err != nil || known {
			t.Errorf("after the key was given back: %t, %v", known, err)
		}
	})
}

// TestPrepareCall: a call that takes over finds the prepared answer, and the
// first call keeps its lease.
func TestPrepareCall(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		reserve(t, r, "print", "one")
		before := callRow(t, r)
		write(t, r, func(tx *repo.Tx) error { return tx.PrepareCall(t.Context(), "ada", "key", "in reserve") })
		if row := callRow(t, r); row.Response != "in reserve" || row.LeasedUntil == nil || !row.LeasedUntil.Equal(*before.LeasedUntil) {
			t.Errorf("prepared: %+v, before it was %+v", row, before)
		}
		c.Advance(lease - time.Microsecond)
		prepared := repo.IdempotentCall{Fingerprint: "print", RequestID: "one", Response: "in reserve"}
		wantHeld(t, r, "print", "two", prepared)
		c.Advance(time.Microsecond)
		wantTaken(t, r, "print", "two", prepared)
		write(t, r, func(tx *repo.Tx) error { return tx.AnswerCall(t.Context(), "ada", "key", "answer") })
		if row := callRow(t, r); row.Response != "answer" || row.LeasedUntil != nil {
			t.Errorf("answered: %+v", row)
		}
	})
}
