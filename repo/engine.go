package repo

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"
)

// engine contains the differences between SQLite and PostgreSQL. It is small,
// because both run the same SQL.
type engine interface {
	// migrator returns the runner of migrations.
	migrator(writer *sqlx.DB) (migrator, error)
	// lock keeps other processes from migrating until unlock is called, if the
	// migration runner cannot do so itself.
	lock(ctx context.Context) (unlock func(), err error)
	// isConflict reports whether a transaction failed because of a concurrent
	// one.
	isConflict(err error) bool
	// isUnavailable reports whether err means that the database is away.
	isUnavailable(err error) bool
	// byCodePoint returns a suffix for a column in ORDER BY that makes it sort
	// by code points.
	byCodePoint() string
	// forUpdate returns a suffix for a SELECT that locks the rows that it finds
	// in the table or alias.
	forUpdate(table string) string
	// snapshot returns the options of a transaction whose queries all see the
	// same state.
	snapshot() *sql.TxOptions
	// shrinkLog gives back the disk space of a log that a burst of writes has grown,
	// if the engine does not do so itself. Other work goes first.
	shrinkLog(ctx context.Context, writer *sqlx.DB) error
	describe(ctx context.Context, c conn) (string, error)
	clock(ctx context.Context, c conn) (time.Time, error)
}
