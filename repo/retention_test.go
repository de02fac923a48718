package repo_test

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

var retention = repo.Retention{
	Audit: 30 * 24 * time.Hour, Session: 7 * 24 * time.Hour, LoginFailures: 24 * time.Hour,
	Mail: 14 * 24 * time.Hour, Token: 2 * 24 * time.Hour,
}

// addAuditEvents records n events with the detail.
func addAuditEvents(t *testing.T, r *repo.Repo, n int, detail string) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		for range n {
			if err := tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Detail: detail}); err != nil {
				return err
			}
		}
		return nil
	})
}

func sweep(t *testing.T, r *repo.Repo, want int64) {
	t.Helper()
	if n, err := r.Sweep(t.Context(), retention); n != want || err != nil {
		t.Errorf("Sweep = %d, %v; want %d", n, err, want)
	}
}

func TestSweep(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		// at sets the clock so that new rows will have the given age at start.
		at := func(age time.Duration) { c.Set(start.Add(-age)) }

		at(retention.Audit + time.Microsecond)
		addAuditEvents(t, r, 2, "old")
		at(retention.Audit)
		addAuditEvents(t, r, 1, "on the edge")
		at(0)
		addAuditEvents(t, r, 1, "new")

		at(365 * 24 * time.Hour)
		createSession(t, r, user, 24*time.Hour)
		at(retention.Session + time.Hour)
		createSession(t, r, user, time.Hour-time.Microsecond)
		edge := createSession(t, r, user, time.Hour)
		at(400 * 24 * time.Hour)
		live := createSession(t, r, user, 401*24*time.Hour)

		at(retention.LoginFailures + time.Microsecond)
		for _, bucket := range []string{"old", "old, unlocked", "old, locked"} {
			wantCounted(t, r, bucket, 1)
		}
		lock := func(bucket string, until time.Time) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error { return tx.LockBucket(t.Context(), bucket, until) })
		}
		lock("old, unlocked", start.Add(-retention.LoginFailures-time.Microsecond))
		lock("old, locked", start.Add(time.Hour))
		at(retention.LoginFailures)
		wantCounted(t, r, "on the edge", 1)

		c.Set(start)
		sweep(t, r, 2+2+2)
		sweep(t, r, 0)

		left := rows{Users: 1, Accounts: 1, Categories: 24, Sessions: 2, LoginFailures: 2, AuditEvents: 2}
		if got := countRows(t, r); got != left {
			t.Errorf("left %+v, want %+v", got, left)
		}
		checkTexts(t, r, `SELECT detail FROM audit_events ORDER BY detail`, "new", "on the edge")
		checkTexts(t, r, `SELECT bucket FROM login_failures ORDER BY bucket`, "old, locked", "on the edge")
		sessions := []string{edge.String(), live.String()}
		slices.Sort(sessions)
		checkTexts(t, r, `SELECT id FROM sessions ORDER BY id`, sessions...)
	})
}

func checkTexts(t *testing.T, r *repo.Repo, query string, want ...string) {
	t.Helper()
	var got []string
	if err := r.List(t.Context(), &got, query); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

// TestSweepInBatches: all old rows are deleted, but never more than a batch in
// one transaction.
func TestSweepInBatches(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		_, c := migrated(t, databaseURL)
		var transactions [][]string // the statements of each
		r := mustOpenWatched(t, databaseURL, c.Now, watch{before: func(query string, _ []driver.NamedValue) {
			if query == "BEGIN" {
				transactions = append(transactions, nil)
			}
			if n := len(transactions); n > 0 && !slices.Contains(transactions[n-1], "COMMIT") {
				transactions[n-1] = append(transactions[n-1], query)
			}
		}})
		c.Set(start.Add(-retention.Audit - time.Second))
		addAuditEvents(t, r, 2*repo.SweepBatch, "old")
		c.Set(start)
		addAuditEvents(t, r, 1, "new")

		transactions = nil
		sweep(t, r, 2*repo.SweepBatch)
		// Two full batches of events and an empty one; one query for each of
		// the other tables.
		if len(transactions) != 3+11 {
			t.Errorf("swept in %d transactions, want 14", len(transactions))
		}
		for _, statements := range transactions {
			if len(statements) != 3 || !strings.HasPrefix(statements[1], "DELETE") || statements[2] != "COMMIT" {
				t.Errorf("a transaction of %q, want one DELETE", statements)
			}
		}
		checkTexts(t, r, `SELECT detail FROM audit_events`, "new")
	})
}

// TestSweepAtOnce: servers that sweep at the same time leave nothing and count
// no row twice.
func TestSweepAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		c.Set(start.Add(-retention.Audit - time.Second))
		addAuditEvents(t, r, 100, "old")
		write(t, r, func(tx *repo.Tx) error {
			for range 100 {
				s := repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorApp}
				if err := tx.CreateSession(t.Context(), s, time.Hour); err != nil {
					return err
				}
			}
			return nil
		})
		c.Set(start)
		deleted := make([]int64, 4)
		errs := atOnce(len(deleted), func(i int) (err error) {
			deleted[i], err = r.Sweep(t.Context(), retention)
			return err
		})
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		if sum := deleted[0] + deleted[1] + deleted[2] + deleted[3]; sum != 200 {
			t.Errorf("deleted %v, want 200 together", deleted)
		}
		if got := countRows(t, r); got.AuditEvents != 0 || got.Sessions != 0 {
			t.Errorf("left %+v, want no events and no sessions", got)
		}
	})
}

// TestSweepEmptiesNoTable: however many rows seem old, as by a clock that is ahead,
// one sweep deletes a share of a table, the oldest rows first, and says that rows are
// left.
func TestSweepEmptiesNoTable(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		addAuditEvents(t, r, 10, "oldest")
		c.Set(start.Add(time.Hour))
		addAuditEvents(t, r, repo.SweepFloor, "old")
		c.Set(start.AddDate(1, 0, 0))
		deleted, err := r.Sweep(t.Context(), retention)
		if deleted != repo.SweepFloor || !errors.Is(err, repo.ErrSweepLimited) || !strings.Contains(err.Error(), "10 of audit_events are left") {
			t.Errorf("Sweep = %d, %v", deleted, err)
		}
		checkTexts(t, r, `SELECT DISTINCT detail FROM audit_events`, "old")
	})
}
