package repo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestLeaseMail: a mail can be leased if it is due and not leased.
func TestLeaseMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		id, bystander := mustAddMail(t, r, user, "reset", 0), mustAddMail(t, r, user, "welcome", 0)
		want := func(name string, taken bool, id uuid.UUID) {
			t.Helper()
			if got := leaseMail(t, r, id); got != taken {
				t.Errorf("%s: taken = %t, want %t", name, got, taken)
			}
		}
		c.Set(start.Add(-time.Microsecond))
		want("not due yet", false, id)
		c.Set(start)
		want("due", true, id)
		want("taken", false, id)
		c.Set(start.Add(time.Minute - time.Microsecond))
		want("in the last moment of the lease", false, id)
		c.Set(start.Add(time.Minute))
		want("when the lease has ended", true, id)
		checkMail(t, r, "the leased one", id, mailRow{
			State: repo.MailPending, Payload: "sealed reset", DueAt: start, LeasedUntil: new(start.Add(2 * time.Minute)),
		})
		want("an unknown one", false, uuid.New())
		checkMail(t, r, "the other", bystander, mailRow{State: repo.MailPending, Payload: "sealed welcome", DueAt: start})
		for _, state := range []repo.MailState{repo.MailSent, repo.MailDead} {
			finished := mustAddMail(t, r, user, string(state), 0)
			finishMail(t, r, finished, state, "")
			want("one that is "+string(state), false, finished)
		}
		cancelMail(t, r, user, "welcome")
		want("one that is cancelled", false, bystander)
	})
}

func TestLeaseMailAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		id := mustAddMail(t, r, createUser(t, r, "ada@example.com"), "reset", 0)
		const n = 64
		taken := make([]bool, n)
		for _, err := range atOnce(n, func(i int) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) (err error) {
				taken[i], err = tx.LeaseMail(t.Context(), id, time.Minute)
				return err
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		checkOne(t, taken)
	})
}

// checkOne checks that exactly one of the callers got it.
func checkOne(t *testing.T, taken []bool) {
	t.Helper()
	got := 0
	for _, ok := range taken {
		if ok {
			got++
		}
	}
	if got != 1 {
		t.Errorf("%d of %d got it, want 1", got, len(taken))
	}
}

// TestFinishMail: a mail's content is erased when it is sent or given up, and a
// finished mail stays finished.
func TestFinishMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		bystander := mustAddMail(t, r, user, "bystander", 0)
		for _, test := range []struct {
			state, other repo.MailState
			lastError    string
		}{{state: repo.MailSent, other: repo.MailDead}, {state: repo.MailDead, other: repo.MailSent, lastError: "550 no such user"}} {
			c.Set(start)
			id := mustAddMail(t, r, user, string(test.state), time.Minute)
			c.Advance(time.Second)
			finishMail(t, r, id, test.state, test.lastError)
			want := mailRow{State: test.state, Attempts: 1, DueAt: start, LastError: test.lastError, FinishedAt: new(c.Now())}
			checkMail(t, r, "finished", id, want)
			c.Advance(time.Second)
			finishMail(t, r, id, test.other, "late")
			retryMail(t, r, id, start, "late")
			cancelMail(t, r, user, string(test.state))
			checkMail(t, r, "finished, and tried again", id, want)
		}
		checkMail(t, r, "the other", bystander, mailRow{State: repo.MailPending, Payload: "sealed bystander", DueAt: start})
		// A mail that was cancelled after its lease, while a process still sent
		// it, stays cancelled.
		cancelMail(t, r, user, "bystander")
		finishMail(t, r, bystander, repo.MailSent, "")
		checkMail(t, r, "cancelled", bystander, mailRow{State: repo.MailCancelled, DueAt: start, FinishedAt: new(c.Now())})
	})
}

func TestRetryMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		id := mustAddMail(t, r, user, "reset", time.Minute)
		due := start.Add(time.Hour)
		want := mailRow{State: repo.MailPending, Payload: "sealed reset", DueAt: due}
		for _, lastError := range []string{"421 busy", "connection refused"} {
			retryMail(t, r, id, due, lastError)
			want.Attempts, want.LastError = want.Attempts+1, lastError
			checkMail(t, r, "given back", id, want)
		}
		c.Set(due.Add(-time.Microsecond))
		if leaseMail(t, r, id) {
			t.Error("it can be had before it is due again")
		}
		c.Set(due)
		if !leaseMail(t, r, id) {
			t.Error("it cannot be had when it is due again")
		}
	})
}

func mailSince(t testing.TB, r *repo.Repo, user repo.User, kind string, since time.Time) bool {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.MailSince(t.Context(), user.ID, kind, since) })
}

// TestMailSince: a mail counts if it was sent within the time or is being sent.
func TestMailSince(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		check := func(name string, want bool, since time.Time) {
			t.Helper()
			if got := mailSince(t, r, user, "reset", since); got != want {
				t.Errorf("%s: %t, want %t", name, got, want)
			}
		}
		finishMail(t, r, mustAddMail(t, r, other, "reset", 0), repo.MailSent, "")
		finishMail(t, r, mustAddMail(t, r, user, "welcome", 0), repo.MailSent, "")
		mustAddMail(t, r, other, "reset", time.Hour)
		check("another user's, another kind's", false, start.Add(-time.Hour))
		mustAddMail(t, r, user, "reset", 0)
		check("waiting", false, start.Add(-time.Hour))
		id := mustAddMail(t, r, user, "reset", time.Minute)
		check("being sent", true, start.Add(time.Hour))
		c.Set(start.Add(time.Minute - time.Microsecond))
		check("being sent still", true, start.Add(time.Hour))
		c.Set(start.Add(time.Minute))
		check("the lease has ended", false, start.Add(-time.Hour))
		finishMail(t, r, id, repo.MailSent, "")
		check("sent within the time", true, c.Now().Add(-time.Microsecond))
		check("sent as the time begins", false, c.Now())
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM outbox WHERE id = $1`, id.String())
			return err
		})
		finishMail(t, r, mustAddMail(t, r, user, "reset", 0), repo.MailDead, "no such user")
		check("given up", false, start.Add(-time.Hour))
	})
}

// TestMailLives: a link is on its way or has arrived, unless its mail was given
// up or replaced.
func TestMailLives(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		check := func(name string, want bool, user repo.User, token string) {
			t.Helper()
			got := writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.MailLives(t.Context(), user.ID, token) })
			if got != want {
				t.Errorf("%s: %t, want %t", name, got, want)
			}
		}
		add := func(token string) uuid.UUID {
			m := repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "reset", TokenID: &token}
			write(t, r, func(tx *repo.Tx) error {
				_, err := tx.AddMail(t.Context(), m, 0)
				return err
			})
			return m.ID
		}
		mustAddMail(t, r, user, "welcome", 0) // a mail without a token
		check("no mail", false, user, "first")
		check("no token", false, user, "")
		add("first")
		check("waiting", true, user, "first")
		check("somebody else's", false, other, "first")
		check("another's token", false, user, "second")
		second := add("second")
		check("cancelled", false, user, "first")
		leaseMail(t, r, second)
		check("being sent", true, user, "second")
		finishMail(t, r, second, repo.MailSent, "")
		check("sent", true, user, "second")
		finishMail(t, r, add("third"), repo.MailDead, "no such user")
		check("given up", false, user, "third")
		check("the one before", true, user, "second")
	})
}
