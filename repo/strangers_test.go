package repo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const strangers = 20_000

// inBatches runs do for n numbers, a thousand in each transaction.
func inBatches(t *testing.T, r *repo.Repo, n int, do func(tx *repo.Tx, i int) error) {
	t.Helper()
	for begin := 0; begin < n; begin += 1000 {
		write(t, r, func(tx *repo.Tx) error {
			for i := begin; i < min(begin+1000, n); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func failed(userID *uuid.UUID, i int) repo.AuditEvent {
	return repo.AuditEvent{
		Kind: repo.AuditLoginFail, Actor: repo.ActorAnonymous, UserID: userID, Subject: fmt.Sprint("address ", i), Address: "192.0.2.1",
	}
}

// TestEventsOfStrangersAreSummedUp: of 20,000 failed log-ins the first thousand of the
// hour are events, and one event counts the others. It takes nothing from the events
// about users, of operators, of other kinds and of the next hour.
func TestEventsOfStrangersAreSummedUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		inBatches(t, r, strangers, func(tx *repo.Tx, i int) error { return tx.Audit(t.Context(), failed(nil, i)) })
		if n := queryInt(t, r, `SELECT COUNT(*) FROM audit_events`); n != repo.MaxStrangerEvents+1 {
			t.Errorf("%d events, want %d", n, repo.MaxStrangerEvents+1)
		}
		summary := `SELECT detail FROM audit_events WHERE subject = '' ORDER BY detail DESC`
		checkTexts(t, r, summary, "and 19000 more about nobody's addresses in the hour from 2026-03-04 14:00 UTC")
		lock, by := failed(nil, 0), failed(nil, 0)
		lock.Kind, by.Actor = repo.AuditLoginLock, repo.ActorOperator
		write(t, r, func(tx *repo.Tx) error {
			for _, event := range []repo.AuditEvent{failed(&user.ID, 0), lock, by} {
				if err := tx.Audit(t.Context(), event); err != nil {
					return err
				}
			}
			return nil
		})
		c.Set(start.Truncate(time.Hour).Add(time.Hour))
		write(t, r, func(tx *repo.Tx) error { return tx.Audit(t.Context(), failed(nil, 1)) })
		if n := queryInt(t, r, `SELECT COUNT(*) FROM audit_events`); n != repo.MaxStrangerEvents+5 {
			t.Errorf("%d events, want four more", n)
		}
		c.Set(start.Add(26 * time.Hour))
		sweep(t, r, 4) // the tallies
		inBatches(t, r, repo.MaxUserEvents+50, func(tx *repo.Tx, i int) error { return tx.Audit(t.Context(), failed(&user.ID, i)) })
		if n := queryInt(t, r, `SELECT COUNT(*) FROM audit_events WHERE user_id IS NOT NULL`); n != repo.MaxUserEvents+1 {
			t.Errorf("%d events about the user, want %d", n, repo.MaxUserEvents+1)
		}
		checkTexts(t, r, summary, "and 50 more about users in the hour from 2026-03-05 16:00 UTC",
			"and 19000 more about nobody's addresses in the hour from 2026-03-04 14:00 UTC")
	})
}

// TestEventsAreSummedUpExactly: of 64 events at once in two processes as many are
// recorded as the bound leaves, and one counts the others.
func TestEventsAreSummedUpExactly(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		processes := []*repo.Repo{r, open(t, databaseURL, c.Now)}
		inBatches(t, r, repo.MaxStrangerEvents-10, func(tx *repo.Tx, i int) error { return tx.Audit(t.Context(), failed(nil, i)) })
		for i, err := range atOnce(64, func(i int) error {
			return processes[i%2].InTx(t.Context(), func(tx *repo.Tx) error { return tx.Audit(t.Context(), failed(nil, i)) })
		}) {
			if err != nil {
				t.Errorf("event %d: %v", i, err)
			}
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM audit_events`); n != repo.MaxStrangerEvents+1 {
			t.Errorf("%d events, want %d", n, repo.MaxStrangerEvents+1)
		}
		checkTexts(t, r, `SELECT detail FROM audit_events WHERE subject = ''`,
			"and 54 more about nobody's addresses in the hour from 2026-03-04 14:00 UTC")
	})
}

// TestAFloodForgetsNoTarget: failures of 20,000 addresses leave a bounded number of rows,
// and the ones of an address that is guessed at go on counting.
func TestAFloodForgetsNoTarget(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		fail := func(tx *repo.Tx, bucket string) (failures int, err error) {
			failures, _, err = tx.CountFailure(t.Context(), bucket, start.Add(-24*time.Hour))
			return failures, err
		}
		guess := func(want int) {
			t.Helper()
			n := writeResult(t, r, func(tx *repo.Tx) (int, error) { return fail(tx, "the target") })
			if n != want {
				t.Errorf("guess %d at the target counts as failure %d", want, n)
			}
		}
		trim := func() {
			t.Helper()
			for range 5 {
				write(t, r, func(tx *repo.Tx) error { return tx.TrimFailures(t.Context()) })
			}
		}
		guess(1)
		guess(2)
		c.Advance(time.Minute)
		inBatches(t, r, strangers, func(tx *repo.Tx, i int) error {
			if _, err := fail(tx, fmt.Sprint("nobody ", i)); err != nil || i%50 != 0 {
				return err
			}
			return tx.TrimFailures(t.Context())
		})
		if n := queryInt(t, r, `SELECT COUNT(*) FROM login_failures`); n > 10_000+100 {
			t.Errorf("%d rows", n)
		}
		guess(3)
		write(t, r, func(tx *repo.Tx) error { return tx.LockBucket(t.Context(), "the target", c.Now().Add(time.Hour)) })
		c.Advance(time.Minute)
		fill(t, databaseURL, "login_failures", "bucket, failures, last_at", "'once ' || i, 1, $1", 10_200, c.Now())
		fill(t, databaseURL, "login_failures", "bucket, failures, last_at", "'twice ' || i, 2, $1", 9_999, c.Now())
		for range 20 { // those of before go first
			trim()
		}
		guess(0) // locked
		fill(t, databaseURL, "login_failures", "bucket, failures, last_at", "'again ' || i, 2, $1", 200, c.Now())
		trim()
		if n := queryInt(t, r, `SELECT COUNT(*) FROM login_failures`); n != 20_000 {
			t.Errorf("%d rows in all, want 20,000", n)
		}
	})
}

// TestWithdrawnFailuresLeaveNoRows: attempts that were not judged leave nothing.
func TestWithdrawnFailuresLeaveNoRows(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		count := func(want int) {
			t.Helper()
			n := writeResult(t, r, func(tx *repo.Tx) (n int, err error) {
				n, _, err = tx.CountFailure(t.Context(), "bucket", start.Add(-time.Hour))
				return n, err
			})
			if n != want {
				t.Errorf("it counts as failure %d, want %d", n, want)
			}
		}
		withdraw := func() {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error {
				if err := tx.WithdrawFailure(t.Context(), "bucket"); err != nil {
					return err
				}
				return tx.DropEmptyBucket(t.Context(), "bucket")
			})
		}
		count(1)
		count(2)
		withdraw()
		count(2)
		withdraw()
		withdraw()
		withdraw()
		if n := queryInt(t, r, `SELECT COUNT(*) FROM login_failures`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}
