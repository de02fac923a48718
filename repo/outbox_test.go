package repo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// addMail adds a mail of the kind with a payload and a lease.
func addMail(t testing.TB, r *repo.Repo, user repo.User, kind string, lease time.Duration) (id uuid.UUID, added bool) {
	t.Helper()
	m := repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: kind, Payload: "sealed " + kind}
	return m.ID, writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.AddMail(t.Context(), m, lease) })
}

// mustAddMail adds a mail, which no leased mail may prevent.
func mustAddMail(t testing.TB, r *repo.Repo, user repo.User, kind string, lease time.Duration) uuid.UUID {
	t.Helper()
	id, added := addMail(t, r, user, kind, lease)
	if !added {
		t.Fatalf("a mail of kind %s was not added", kind)
	}
	return id
}

func leaseMail(t testing.TB, r *repo.Repo, id uuid.UUID) (taken bool) {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.LeaseMail(t.Context(), id, time.Minute) })
}

func cancelMail(t testing.TB, r *repo.Repo, user repo.User, kind string) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error { return tx.CancelMail(t.Context(), user.ID, kind) })
}

func finishMail(t testing.TB, r *repo.Repo, id uuid.UUID, state repo.MailState, lastError string) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error { return tx.FinishMail(t.Context(), id, state, lastError) })
}

func retryMail(t testing.TB, r *repo.Repo, id uuid.UUID, due time.Time, lastError string) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error { return tx.RetryMail(t.Context(), id, due, lastError) })
}

// mailRow holds the columns of outbox that change.
type mailRow struct {
	State       repo.MailState `db:"state"`
	Payload     string         `db:"payload"`
	Attempts    int            `db:"attempts"`
	DueAt       time.Time      `db:"due_at"`
	LeasedUntil *time.Time     `db:"leased_until"`
	LastError   string         `db:"last_error"`
	FinishedAt  *time.Time     `db:"finished_at"`
}

func checkMail(t testing.TB, r *repo.Repo, name string, id uuid.UUID, want mailRow) {
	t.Helper()
	var got mailRow
	if err := r.Get(t.Context(), &got, `
SELECT state, payload, attempts, due_at, leased_until, last_error, finished_at FROM outbox WHERE id = $1`, id.String()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestAddMail: a newer mail replaces an unsent one of the same user and kind,
// and no other.
func TestAddMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		first, hers := mustAddMail(t, r, ada, "reset", 0), mustAddMail(t, r, grace, "reset", 0)
		welcome := mustAddMail(t, r, ada, "welcome", 0)
		c.Advance(time.Minute)
		second := mustAddMail(t, r, ada, "reset", 0)
		pending := func(kind string, at time.Time) mailRow {
			return mailRow{State: repo.MailPending, Payload: "sealed " + kind, DueAt: at}
		}
		checkMail(t, r, "the older one", first, mailRow{State: repo.MailCancelled, DueAt: start, FinishedAt: new(c.Now())})
		checkMail(t, r, "the newer one", second, pending("reset", c.Now()))
		checkMail(t, r, "the other user's", hers, pending("reset", start))
		checkMail(t, r, "that of another kind", welcome, pending("welcome", start))
		// A finished mail does not get in the way, and does not change.
		finishMail(t, r, second, repo.MailSent, "")
		sent := mailRow{State: repo.MailSent, Attempts: 1, DueAt: c.Now(), FinishedAt: new(c.Now())}
		c.Advance(time.Minute)
		third := mustAddMail(t, r, ada, "reset", 0)
		checkMail(t, r, "the sent one", second, sent)
		checkMail(t, r, "the third one", third, pending("reset", c.Now()))
	})
}

// TestAddMailLeased: a mail that is being sent is not replaced before its lease
// has ended.
func TestAddMailLeased(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		until := start.Add(time.Minute)
		first := mustAddMail(t, r, user, "reset", time.Minute)
		leased := mailRow{State: repo.MailPending, Payload: "sealed reset", DueAt: start, LeasedUntil: &until}
		for _, at := range []time.Time{start, until.Add(-time.Microsecond)} {
			c.Set(at)
			if id, added := addMail(t, r, user, "reset", 0); added {
				t.Errorf("at %v, %v was added beside one that is being sent", at, id)
			}
			cancelMail(t, r, user, "reset")
			checkMail(t, r, "the leased one", first, leased)
		}
		if n := countRows(t, r).Mails; n != 1 {
			t.Errorf("there are %d mails, want 1", n)
		}
		c.Set(until)
		mustAddMail(t, r, user, "reset", 0)
		checkMail(t, r, "the one whose lease has ended", first,
			mailRow{State: repo.MailCancelled, DueAt: start, LeasedUntil: &until, FinishedAt: &until})
	})
}

func TestMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		createUser(t, r, "grace@example.com")
		want := repo.Mail{ID: uuid.New(), UserID: user.ID, Kind: "reset", TokenID: new("token"), Payload: "sealed"}
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.AddMail(t.Context(), want, 0)
			return err
		})
		c.Advance(time.Minute)
		retryMail(t, r, want.ID, c.Now(), "busy")
		// A mail is sent to the address that the user has at that moment.
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE users SET email = 'lovelace@example.com' WHERE id = $1`, user.ID.String())
			return err
		})
		want.Attempts, want.CreatedAt, want.To = 1, start, "lovelace@example.com"
		got, err := r.Mail(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Mail (-want +got):\n%s", diff)
		}
		finishMail(t, r, want.ID, repo.MailSent, "")
		for name, id := range map[string]uuid.UUID{"a sent one": want.ID, "an unknown one": uuid.New()} {
			if _, err := r.Mail(t.Context(), id); err != repo.ErrNotFound {
				t.Errorf("Mail of %s: %v, want ErrNotFound", name, err)
			}
		}
	})
}

// dueTests list the mails of TestDueMails that are due at a time after start.
var dueTests = []struct {
	at    time.Duration
	limit int
	want  []string
}{
	{at: 0, limit: 10, want: []string{"long due", "lease ends now", "due now"}},
	{at: 0, limit: 3, want: []string{"long due", "lease ends now", "due now"}},
	{at: 0, limit: 2, want: []string{"long due", "lease ends now"}},
	{at: time.Microsecond, limit: 10, want: []string{"leased", "long due", "lease ends now", "due now", "due in a moment"}},
	{at: time.Hour, limit: 10, want: []string{"leased", "long due", "lease ends now", "due now", "due in a moment", "to be tried again"}},
	{at: -time.Microsecond, limit: 10, want: []string{"long due"}},
	{at: -3 * time.Hour, limit: 10, want: nil},
}

// TestDueMails returns the mails that are due and not leased, the longest due
// first.
func TestDueMails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		ids, names := map[string]uuid.UUID{}, map[uuid.UUID]string{}
		add := func(name string, due, lease time.Duration) {
			c.Set(start.Add(due))
			ids[name] = mustAddMail(t, r, user, name, lease)
			names[ids[name]] = name
		}
		add("due now", 0, 0)
		add("due in a moment", time.Microsecond, 0)
		add("long due", -time.Hour, 0)
		add("leased", -2*time.Hour, 2*time.Hour+time.Microsecond)
		add("lease ends now", -time.Minute, time.Minute)
		add("sent", -time.Hour, 0)
		add("to be tried again", -time.Hour, time.Hour)
		c.Set(start)
		finishMail(t, r, ids["sent"], repo.MailSent, "")
		retryMail(t, r, ids["to be tried again"], start.Add(time.Hour), "busy")
		for _, test := range dueTests {
			due, err := r.DueMails(t.Context(), start.Add(test.at), test.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, id := range due {
				got = append(got, names[id])
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%d at %v (-want +got):\n%s", test.limit, test.at, diff)
			}
		}
	})
}

func TestOutboxStatus(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		check := func(want repo.OutboxStatus) {
			t.Helper()
			got, err := r.OutboxStatus(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("OutboxStatus (-want +got):\n%s", diff)
			}
		}
		check(repo.OutboxStatus{})
		var ids []uuid.UUID
		for i := range 4 {
			ids = append(ids, mustAddMail(t, r, user, fmt.Sprint("kind ", i), 0))
			c.Advance(time.Minute)
		}
		check(repo.OutboxStatus{Pending: 4, Oldest: new(start)})
		finishMail(t, r, ids[0], repo.MailSent, "")
		finishMail(t, r, ids[2], repo.MailDead, "no such user")
		leaseMail(t, r, ids[1])                                           // a mail that is being sent is still pending
		retryMail(t, r, ids[3], c.Now().Add(-24*time.Hour), "for a test") // the age counts from the creation
		check(repo.OutboxStatus{Pending: 2, Dead: 1, Oldest: new(start.Add(time.Minute))})
		finishMail(t, r, ids[1], repo.MailDead, "too old")
		cancelMail(t, r, user, "kind 3")
		check(repo.OutboxStatus{Dead: 2})
	})
}
