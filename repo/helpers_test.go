package repo_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// start is the time at which every test begins, in UTC and without a fraction.
var start = time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)

// open opens the database as it is and closes it when the test ends.
func open(t testing.TB, databaseURL string, now func() time.Time) *repo.Repo {
	t.Helper()
	r, err := repo.Open(t.Context(), databaseURL, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// migrated opens the database with an up-to-date schema and a clock that stands
// at start.
func migrated(t testing.TB, databaseURL string) (*repo.Repo, *testkit.Clock) {
	t.Helper()
	c := testkit.NewClock(start)
	testdb.Migrated(t, databaseURL)
	r := open(t, databaseURL, c.Now)
	if _, err := r.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r, c
}

// write runs fn in a transaction that must succeed.
func write(t testing.TB, r *repo.Repo, fn func(*repo.Tx) error) {
	t.Helper()
	if err := r.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// writeResult runs fn in a transaction that must succeed and returns fn's
// result.
func writeResult[T any](t testing.TB, r *repo.Repo, fn func(*repo.Tx) (T, error)) (result T) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) (err error) {
		result, err = fn(tx)
		return err
	})
	return result
}

func newUser(email string) repo.NewUser {
	return repo.NewUser{
		Email: email, PasswordHash: "hash of " + email, Door: repo.DoorApp,
		FirstName: "Ada", LastName: "Lovelace", Currency: "ARS",
	}
}

func createUser(t testing.TB, r *repo.Repo, email string) (user repo.User) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) (err error) {
		user, err = tx.CreateUser(t.Context(), newUser(email))
		return err
	})
	return user
}

func createSession(t testing.TB, r *repo.Repo, user repo.User, life time.Duration) uuid.UUID {
	t.Helper()
	s := repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorAPI, UserAgent: "curl/8", Address: "192.0.2.1"}
	write(t, r, func(tx *repo.Tx) error { return tx.CreateSession(t.Context(), s, life) })
	return s.ID
}

// signUp does what a registration at the app door does: it creates a user with
// a workspace, an audit event and a session, all in one transaction.
func signUp(ctx context.Context, r *repo.Repo, email string) error {
	return r.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.CreateUser(ctx, newUser(email))
		if err != nil {
			return err
		}
		event := repo.AuditEvent{Kind: repo.AuditSignUp, Actor: repo.ActorAnonymous, UserID: &user.ID}
		if err := tx.Audit(ctx, event); err != nil {
			return err
		}
		return tx.CreateSession(ctx, repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorApp}, time.Hour)
	})
}

// rows holds the number of rows in each table, and of uses of invites.
type rows struct {
	Users, Accounts, Categories, Sessions, LoginFailures, AuditEvents int
	APIKeys, Ledgers, Transactions, Tokens, Mails, InviteUses         int
	Usage, Calls                                                      int
}

func countRows(t testing.TB, r *repo.Repo) (n rows) {
	t.Helper()
	for table, count := range map[string]*int{
		"users": &n.Users, "accounts": &n.Accounts, "categories": &n.Categories,
		"sessions": &n.Sessions, "login_failures": &n.LoginFailures, "audit_events": &n.AuditEvents,
		"api_keys": &n.APIKeys, "ledgers": &n.Ledgers, "token_transactions": &n.Transactions,
		"one_time_tokens": &n.Tokens, "outbox": &n.Mails,
		"token_usage": &n.Usage, "idempotent_calls": &n.Calls,
	} {
		*count = queryInt(t, r, "SELECT COUNT(*) FROM "+table)
	}
	n.InviteUses = queryInt(t, r, "SELECT COALESCE(SUM(uses), 0) FROM invite_codes")
	return n
}

// queryInt returns the number that the query selects.
func queryInt(t testing.TB, r *repo.Repo, query string, args ...any) (n int) {
	t.Helper()
	if err := r.Get(t.Context(), &n, query, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

// withQuery adds a parameter to a PostgreSQL URL.
func withQuery(t testing.TB, databaseURL, name, value string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
	return u.String()
}

// address returns the n-th of a series of addresses.
func address(n int) string { return fmt.Sprintf("user%04d@example.com", n) }

// atOnce runs n concurrent calls and returns their errors.
func atOnce(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var begin, done sync.WaitGroup
	begin.Add(1)
	for i := range n {
		done.Go(func() {
			begin.Wait()
			errs[i] = call(i)
		})
	}
	begin.Done()
	done.Wait()
	return errs
}
