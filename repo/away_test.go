package repo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// terminate ends every connection to the database except its own, as a restart
// of the server or a network failure does.
func terminate(t *testing.T, operator *repo.Repo) {
	t.Helper()
	write(t, operator, func(tx *repo.Tx) error {
		var gone []bool
		return tx.List(t.Context(), &gone, `
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`)
	})
}

func TestConnectionsTerminated(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	r, _ := migrated(t, databaseURL)
	operator := open(t, databaseURL, time.Now)
	user := createUser(t, r, "ada@example.com")

	calls := map[string]func() error{
		"Ping": func() error { return r.Ping(t.Context()) },
		"read": func() error {
			_, err := r.UserByID(t.Context(), user.ID)
			return err
		},
		"write": func() error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error {
				return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin})
			})
		},
	}
	for name, call := range calls {
		fillPool(t, r)
		terminate(t, operator)
		// Each call meets at most one dead connection, and removes it from the
		// pool.
		failed := 0
		for err := call(); err != nil && failed < poolSize; err = call() {
			if failed++; !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("%s: %v, want ErrUnavailable", name, err)
			}
		}
		if err := call(); err != nil {
			t.Errorf("%s does not recover: %v", name, err)
		}
	}
}

// TestStandbyIsNoDatabase: a failover may leave the server connected to a standby. It
// answers reads and refuses transactions that write, by one of these codes. That
// passes, so it is no fault of the server.
func TestStandbyIsNoDatabase(t *testing.T) {
	r, _ := migrated(t, testdb.Postgres(t))
	for code, want := range map[string]bool{"25006": true, "0A000": true, "23514": false} {
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '`+code+`'; END $$`)
			return err
		})
		if err == nil || errors.Is(err, repo.ErrUnavailable) != want {
			t.Errorf("%s: %v, want ErrUnavailable: %t", code, err, want)
		}
	}
}

const poolSize = 8

// fillPool leaves several idle connections in the pool.
func fillPool(t *testing.T, r *repo.Repo) {
	t.Helper()
	pool := r.Pools()["main"]
	for range poolSize {
		conn, err := pool.Connx(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
}

func TestConnectionTerminatedInTransaction(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	r, _ := migrated(t, databaseURL)
	operator := open(t, databaseURL, time.Now)
	tests := []struct {
		name  string
		after func(*repo.Tx) error // what the transaction does after the connection has gone
	}{
		{"before a statement", func(tx *repo.Tx) error {
			return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin})
		}},
		{"before the commit", func(*repo.Tx) error { return nil }},
	}
	for _, test := range tests {
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			if _, err := tx.CreateUser(t.Context(), newUser("ada@example.com")); err != nil {
				return err
			}
			terminate(t, operator)
			return test.after(tx)
		})
		if !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("%s: InTx = %v, want ErrUnavailable", test.name, err)
		}
		if got := countRows(t, operator); got != (rows{}) {
			t.Errorf("%s: left %+v, want nothing", test.name, got)
		}
	}
	createUser(t, r, "ada@example.com")
}

// TestDeadline: a database that does not answer before the caller's deadline
// counts as unavailable.
func TestDeadline(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		if err := r.Ping(ctx); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Ping: %v, want ErrUnavailable", err)
		}
		err := r.InTx(ctx, func(*repo.Tx) error { return nil })
		if !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("InTx: %v, want ErrUnavailable", err)
		}
		if err := r.Ping(t.Context()); err != nil {
			t.Errorf("Ping with time: %v", err)
		}
	})
}
