package repo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestInTxCommits(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		var inside repo.User
		write(t, r, func(tx *repo.Tx) error {
			created, err := tx.CreateUser(t.Context(), newUser("ada@example.com"))
			if err != nil {
				return err
			}
			if inside, err = tx.UserByEmail(t.Context(), created.Email); err != nil {
				return err
			}
			_, err = r.UserByEmail(t.Context(), created.Email)
			if err != repo.ErrNotFound {
				t.Errorf("seen from outside before the commit: %v, want ErrNotFound", err)
			}
			return nil
		})
		checkStored(t, r, inside)
	})
}

func TestInTxRollsBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		own := errors.New("changed my mind")
		tests := []struct {
			name string
			end  func() error
			want error
			pass any // what the panic value is
		}{
			{name: "error", end: func() error { return own }, want: own},
			{name: "panic", end: func() error { panic("out of order") }, want: nil, pass: "out of order"},
		}
		for _, test := range tests {
			var err error
			var recovered any
			func() {
				defer func() { recovered = recover() }()
				err = r.InTx(t.Context(), func(tx *repo.Tx) error {
					if _, err := tx.CreateUser(t.Context(), newUser("ada@example.com")); err != nil {
						return err
					}
					return test.end()
				})
			}()
			if err != test.want { // unchanged, not wrapped
				t.Errorf("%s: InTx = %v, want %v", test.name, err, test.want)
			}
			if recovered != test.pass {
				t.Errorf("%s: recovered %v, want %v", test.name, recovered, test.pass)
			}
			if got := countRows(t, r); got != (rows{}) {
				t.Errorf("%s: left %+v behind, want nothing", test.name, got)
			}
		}
		// The connection is free again, without an open transaction.
		createUser(t, r, "ada@example.com")
	})
}

func TestInTxCanceled(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ctx, cancel := context.WithCancel(t.Context())
		err := r.InTx(ctx, func(tx *repo.Tx) error {
			_, err := tx.CreateUser(ctx, newUser("ada@example.com"))
			cancel()
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("canceled before the commit: %v, want context.Canceled", err)
		}
		err = r.InTx(ctx, func(*repo.Tx) error {
			t.Error("fn was called in a canceled context")
			return nil
		})
		if !errors.Is(err, context.Canceled) || errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("canceled before the start: %v, want context.Canceled alone", err)
		}
		if got := countRows(t, r); got != (rows{}) {
			t.Errorf("left %+v behind, want nothing", got)
		}
	})
}

func TestTxNow(t *testing.T) {
	// A clock in another zone that returns another time for each call.
	asked := 0
	now := func() time.Time {
		asked++
		zone := time.FixedZone("", -3*60*60)
		return start.In(zone).Add(time.Duration(asked)*time.Hour + 123456789*time.Nanosecond)
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r := open(t, databaseURL, now)
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		asked = 0
		write(t, r, func(tx *repo.Tx) error {
			want := start.Add(time.Hour + 123456*time.Microsecond)
			for range 2 {
				if got := tx.Now(); got != want {
					t.Errorf("Tx.Now() = %v, want %v", got, want)
				}
			}
			user, err := tx.CreateUser(t.Context(), newUser("ada@example.com"))
			if !user.CreatedAt.Equal(want) {
				t.Errorf("written at %v, want %v", user.CreatedAt, want)
			}
			return err
		})
		if asked != 1 {
			t.Errorf("the transaction asked the clock %d times, want 1", asked)
		}
	})
}

// TestRepoReads: outside a transaction SQLite refuses to write, even if a query
// tries.
func TestRepoReads(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	if _, err := r.Exec(t.Context(), `DELETE FROM users`); err == nil {
		t.Error("a reading connection wrote")
	}
}
