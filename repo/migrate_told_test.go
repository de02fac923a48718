package repo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestMigrateWhoseSignUp: users of the release before get from the audit log what that
// knows of their sign-up and of their password.
func TestMigrateWhoseSignUp(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		proved, unproved, silent := createUser(t, r, "proved@example.com"), createUser(t, r, "unproved@example.com"), createUser(t, r, "silent@example.com")
		event := func(user repo.User, kind, address string) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error {
				return tx.Audit(t.Context(), repo.AuditEvent{Kind: kind, Actor: repo.ActorAnonymous, UserID: &user.ID, Address: address})
			})
		}
		event(proved, repo.AuditSignUp, "203.0.113.7")
		event(unproved, repo.AuditSignUp, "203.0.113.8")
		event(proved, repo.AuditReset, "203.0.113.9")
		c.Advance(time.Hour)
		event(proved, repo.AuditReset, "203.0.113.9")
		write(t, r, func(tx *repo.Tx) error { return tx.SetVerified(t.Context(), proved.ID) })
		for _, step := range steps {
			if step.Version >= 26 {
				if err := r.Down(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			user    repo.User
			address string
			reset   bool
		}{{proved, "", true}, {unproved, "203.0.113.8", false}, {silent, "", false}} {
			user, err := r.UserByID(t.Context(), test.user.ID)
			if err != nil {
				t.Fatal(err)
			}
			if user.SignUpAddress != test.address || (user.PasswordResetAt != nil) != test.reset || user.FirstLoginAt == nil ||
				!user.NotifyLogin || !user.NotifyKeys || !user.NotifyLock {
				t.Errorf("%s: %+v", user.Email, user)
			}
			if test.reset && !user.PasswordResetAt.Equal(c.Now()) {
				t.Errorf("the password is of %s, want the last reset", user.PasswordResetAt)
			}
		}
	})
}

// TestSignUpIsForgotten: from where somebody signed up is kept until the address is
// verified, and not at all if it is from the start.
func TestSignUpIsForgotten(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		n := newUser("ada@example.com")
		n.SignUpAddress, n.SignUpAgent = "203.0.113.7", "curl/8.12.1"
		user := writeResult(t, r, func(tx *repo.Tx) (repo.User, error) { return tx.CreateUser(t.Context(), n) })
		if user.SignUpAddress != n.SignUpAddress || user.SignUpAgent != n.SignUpAgent {
			t.Errorf("the user is %+v", user)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.SetVerified(t.Context(), user.ID) })
		if user, err := r.UserByID(t.Context(), user.ID); err != nil || user.SignUpAddress+user.SignUpAgent != "" {
			t.Errorf("once it is verified: %+v, %v", user, err)
		}
		n.Email, n.EmailVerifiedAt = "other@example.com", new(start)
		user = writeResult(t, r, func(tx *repo.Tx) (repo.User, error) { return tx.CreateUser(t.Context(), n) })
		if user.SignUpAddress+user.SignUpAgent != "" {
			t.Errorf("verified from the start: %+v", user)
		}
	})
}

// TestPasswordsByMail: it is known when the password was chosen by a link in a mail, and
// not any more once there is none. A renewed hash is of the same password.
func TestPasswordsByMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		expect := func(want *time.Time) {
			t.Helper()
			got, err := r.UserByID(t.Context(), user.ID)
			if err != nil || (got.PasswordResetAt == nil) != (want == nil) || want != nil && !got.PasswordResetAt.Equal(*want) {
				t.Errorf("the password is of %v, %v; want %v", got.PasswordResetAt, err, want)
			}
		}
		expect(nil)
		write(t, r, func(tx *repo.Tx) error {
			return tx.ReplacePasswordHash(t.Context(), user.ID, "hash of ada@example.com", "renewed")
		})
		expect(nil)
		c.Advance(time.Hour)
		write(t, r, func(tx *repo.Tx) error { return tx.SetPassword(t.Context(), user.ID, "new") })
		expect(new(c.Now()))
		write(t, r, func(tx *repo.Tx) error { return tx.RemovePassword(t.Context(), user.ID) })
		expect(nil)
	})
}

// TestMailsAboutEvents: a mail about an event neither replaces another of its kind nor
// waits for one that is being sent. Of a deleted user, no row is left once it is sent.
func TestMailsAboutEvents(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		add := func(about string) {
			t.Helper()
			m := repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "notice", About: about, Payload: "sealed"}
			if !writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.AddMail(t.Context(), m, 0) }) {
				t.Errorf("the mail about %s was not added", about)
			}
		}
		add("one")
		due, err := r.DueMails(t.Context(), c.Now(), 10)
		if err != nil || len(due) != 1 || !leaseMail(t, r, due[0]) {
			t.Fatalf("%v, %v", due, err)
		}
		add("two")
		add("three")
		if due, err := r.DueMails(t.Context(), c.Now(), 10); err != nil || len(due) != 2 {
			t.Errorf("%d mails are due, want 2 (%v)", len(due), err)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.EraseUser(t.Context(), user.ID, nil) })
		add("deleted")
		due, err = r.DueMails(t.Context(), c.Now(), 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("%v, %v", due, err)
		}
		retryMail(t, r, due[0], c.Now(), "550 ada@example.com is not known")
		var left string
		if err := testdb.Connect(t, databaseURL).Get(&left, `SELECT last_error FROM outbox`); err != nil || left != "" {
			t.Errorf("an error is kept: %q, %v", left, err)
		}
		finishMail(t, r, due[0], repo.MailDead, "550 ada@example.com is not known")
		var rows int
		if err := testdb.Connect(t, databaseURL).Get(&rows, `SELECT COUNT(*) FROM outbox`); err != nil || rows != 0 {
			t.Errorf("%d rows are left, %v", rows, err)
		}
	})
}
