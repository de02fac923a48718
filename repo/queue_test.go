package repo_test

import (
	"fmt"
	"testing"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// runQueued runs first in a transaction, begins second in another
// while that is open, and commits the first when the second waits for it. Both
// must succeed.
func runQueued(t *testing.T, r *repo.Repo, databaseURL string, first, second func(*repo.Tx) error) {
	t.Helper()
	db, done := testdb.Connect(t, databaseURL), make(chan error, 1)
	write(t, r, func(tx *repo.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		go func() { done <- r.InTx(t.Context(), second) }()
		if !repo.IsPostgres(databaseURL) {
			return nil // SQLite does not begin the second before the first has ended
		}
		return awaitWaiter(t, db, done)
	})
	if err := <-done; err != nil {
		t.Errorf("the second transaction: %v", err)
	}
}

// awaitWaiter returns when a connection to the database waits for a lock.
func awaitWaiter(t *testing.T, db *sqlx.DB, done <-chan error) error {
	for waiting := 0; waiting == 0; {
		select {
		case err := <-done:
			return fmt.Errorf("the second transaction did not wait for the first; it ended with %v", err)
		default:
		}
		if err := db.GetContext(t.Context(), &waiting, `
SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`); err != nil {
			return err
		}
	}
	return nil
}
