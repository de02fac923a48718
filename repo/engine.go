package repo

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
)

// engine is what differs between SQLite and PostgreSQL. It is kept small:
// the SQL is the same.
type engine interface {
	// migrator returns the runner of migrations.
	migrator(writer *sqlx.DB) (migrator, error)
	// lock keeps other processes from migrating until unlock is called, where
	// the migration runner cannot.
	lock(ctx context.Context) (unlock func(), err error)
	// isConflict reports whether a transaction failed because of another one.
	isConflict(err error) bool
	// isUnavailable reports whether err means that the database is away.
	isUnavailable(err error) bool
	// byCodePoint is appended to a column in ORDER BY to sort by code points.
	byCodePoint() string
	// forUpdate is appended to a SELECT to lock the rows of a table, or of what
	// stands for it, that it finds.
	forUpdate(table string) string
	// snapshot is how a transaction begins whose queries all see one state.
	snapshot() *sql.TxOptions
	describe(ctx context.Context, c conn) (string, error)
	clock(ctx context.Context, c conn) (time.Time, error)
}
