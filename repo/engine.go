package repo

import (
	"context"
	"database/sql"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/repo/migrations"
)

// engine contains the differences between SQLite and PostgreSQL. It is small,
// because both run the same SQL.
type engine interface {
	// migrator returns the runner of migrations. Those that convert secrets use the
	// keys of keyring, which may be nil.
	migrator(writer *sqlx.DB, keyring migrations.Keyring) (migrator, error)
	// lock keeps other processes from migrating until unlock is called, if the
	// migration runner cannot do so itself.
	lock(ctx context.Context) (unlock func(), err error)
	// isConflict reports whether a transaction failed because of a concurrent
	// one.
	isConflict(err error) bool
	// isLocked reports whether a transaction failed because it waited too long
	// for a row that a concurrent one has locked.
	isLocked(err error) bool
	// isUnavailable reports whether err means that the database is away.
	isUnavailable(err error) bool
	// isStorage reports whether err means that the storage takes no writes: the
	// disk is full, or read-only, or fails.
	isStorage(err error) bool
	// isRefusal reports whether an error of COMMIT means that nothing was written.
	// After any other the outcome is unknown.
	isRefusal(err error) bool
	// ready returns an error at once if a write would wait in vain.
	ready() error
	// claim is Repo.Claim.
	claim() (release func())
	// byCodePoint returns a suffix for a column in ORDER BY that makes it sort
	// by code points.
	byCodePoint() string
	// textsIn returns a subselect of the texts that the parameter, a list in JSON, has.
	textsIn(parameter string) string
	// forUpdate returns a suffix for a SELECT that locks the rows that it finds
	// in the table or alias.
	forUpdate(table string) string
	// waitBriefly returns a further condition for a SELECT with forUpdate: locking
	// fails if it takes longer than that. See isLocked.
	waitBriefly(longest time.Duration) string
	// snapshot returns the options of a transaction whose queries all see the
	// same state.
	snapshot() *sql.TxOptions
	// shrinkLog gives back the disk space of a log that a burst of writes has grown,
	// if the engine does not do so itself. Other work goes first.
	shrinkLog(ctx context.Context, writer *sqlx.DB) error
	describe(ctx context.Context, c conn) (string, error)
	room(ctx context.Context, c conn) (Room, error)
	clock(ctx context.Context, c conn) (time.Time, error)
}
