package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestCancelAgainstLease: the second transaction waits for the first, so a mail
// is either sent or cancelled.
func TestCancelAgainstLease(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		var taken bool
		lease := func(id uuid.UUID) func(*repo.Tx) error {
			return func(tx *repo.Tx) (err error) {
				taken, err = tx.LeaseMail(t.Context(), id, time.Minute)
				return err
			}
		}
		cancel := func(kind string) func(*repo.Tx) error {
			return func(tx *repo.Tx) error { return tx.CancelMail(t.Context(), user.ID, kind) }
		}
		late, early := mustAddMail(t, r, user, "late", 0), mustAddMail(t, r, user, "early", 0)

		runQueued(t, r, databaseURL, cancel("late"), lease(late))
		if taken {
			t.Error("a mail that was cancelled first was to be had")
		}
		checkMail(t, r, "cancelled first", late, mailRow{State: repo.MailCancelled, DueAt: start, FinishedAt: new(start)})

		runQueued(t, r, databaseURL, lease(early), cancel("early"))
		if !taken {
			t.Error("a mail that was to be cancelled later was not to be had")
		}
		checkMail(t, r, "leased first", early, mailRow{
			State: repo.MailPending, Payload: "sealed early", DueAt: start, LeasedUntil: new(start.Add(time.Minute)),
		})
	})
}

// TestAddAgainstLease: a newer mail replaces an older one, unless a process has
// begun to send that.
func TestAddAgainstLease(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		var taken, added bool
		lease := func(id uuid.UUID) func(*repo.Tx) error {
			return func(tx *repo.Tx) (err error) {
				taken, err = tx.LeaseMail(t.Context(), id, time.Minute)
				return err
			}
		}
		add := func(kind string) func(*repo.Tx) error {
			return func(tx *repo.Tx) (err error) {
				added, err = tx.AddMail(t.Context(), repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: kind, Payload: "newer"}, 0)
				return err
			}
		}
		late, early := mustAddMail(t, r, user, "late", 0), mustAddMail(t, r, user, "early", 0)
		runQueued(t, r, databaseURL, add("late"), lease(late))
		if !added || taken {
			t.Errorf("replaced first: added = %t, taken = %t; want only the newer one", added, taken)
		}
		runQueued(t, r, databaseURL, lease(early), add("early"))
		if added || !taken {
			t.Errorf("leased first: added = %t, taken = %t; want only the older one", added, taken)
		}
		checkTexts(t, r, `SELECT kind || ' ' || state || ' ' || payload FROM outbox ORDER BY kind, state`,
			"early pending sealed early", "late cancelled ", "late pending newer")
	})
}

// TestLeaseGivenUp: if a lease is rolled back, the waiting transaction gets the
// mail.
func TestLeaseGivenUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		id := mustAddMail(t, r, createUser(t, r, "ada@example.com"), "reset", 0)
		dropped := errors.New("dropped")
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			if taken, err := tx.LeaseMail(t.Context(), id, time.Minute); err != nil || !taken {
				t.Errorf("LeaseMail = %t, %v; want it taken", taken, err)
			}
			return dropped
		})
		if err != dropped {
			t.Fatalf("InTx = %v, want what was returned", err)
		}
		if !leaseMail(t, r, id) {
			t.Error("the mail is not to be had")
		}
	})
}

// TestAddMailAtOnce: of several mails of one kind that are added at once, one
// remains to be sent.
func TestAddMailAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		const n = 64
		added := make([]bool, n)
		for _, err := range atOnce(n, func(i int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) (err error) {
				if _, err := tx.LockUser(t.Context(), user.ID); err != nil {
					return err
				}
				added[i], err = tx.AddMail(t.Context(), repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "reset"}, 0)
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		for i, ok := range added {
			if !ok {
				t.Errorf("mail %d was not added, though none was being sent", i)
			}
		}
		pending := queryInt(t, r, `SELECT COUNT(*) FROM outbox WHERE state = 'pending'`)
		cancelled := queryInt(t, r, `SELECT COUNT(*) FROM outbox WHERE state = 'cancelled'`)
		if pending != 1 || cancelled != n-1 {
			t.Errorf("%d wait and %d are cancelled, want 1 and %d", pending, cancelled, n-1)
		}
	})
}
