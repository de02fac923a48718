package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// Errors that callers distinguish. All other errors are unexpected.
var (
	ErrNotFound    = errors.New("not found")
	ErrEmailTaken  = errors.New("e-mail address is taken")
	ErrUnavailable = errors.New("database is unavailable")

	// ErrStorage is ErrUnavailable because the storage takes no writes: the disk is
	// full, read-only or does not answer, the file is gone, the server is a standby.
	// Waiting a few seconds does not help.
	ErrStorage = fmt.Errorf("%w: the storage takes no writes", ErrUnavailable)
	// ErrInDoubt is ErrUnavailable after a COMMIT: the transaction is done, or not, or
	// will be.
	ErrInDoubt = fmt.Errorf("%w: the outcome of COMMIT is unknown", ErrUnavailable)
)

// Repo is an open database. Its own methods only read.
type Repo struct {
	reads
	writer          *sqlx.DB // on PostgreSQL the same pool as reader
	reader          *sqlx.DB
	writeStatements *statements  // prepared on writer
	turnstile       *turnstile   // of transactions that write
	groups          *groupCommit // nil: transactions run side by side
	now             func() time.Time
	waiting         atomic.Int64 // transactions that wait for a connection
	health          *health
}

// Option changes how Open opens a database.
type Option func(*options)

type options struct {
	conns int // to PostgreSQL
}

// WithConns sets how many connections to PostgreSQL may be open, DefaultConns without
// it. SQLite ignores it.
func WithConns(n int) Option { return func(o *options) { o.conns = n } }

// Open connects to the database at url: sqlite:PATH, or a postgres:// URL for
// lib/pq. now is the clock for every time that is stored. Open does not change
// the schema; see Migrate.
func Open(ctx context.Context, url string, now func() time.Time, with ...Option) (*Repo, error) {
	return openThrough(ctx, driverOf(url), url, now, with...)
}

// driverOf returns the name of the database/sql driver for the URL.
func driverOf(url string) string {
	if IsPostgres(url) {
		return PostgresDriver
	}
	return sqliteDriver
}

// openThrough is Open with the given driver, which may wrap the one that
// driverOf names.
func openThrough(ctx context.Context, driver, url string, now func() time.Time, with ...Option) (*Repo, error) {
	o := options{conns: DefaultConns}
	for _, set := range with {
		set(&o)
	}
	open := openPostgres
	if strings.HasPrefix(url, SQLitePrefix) {
		open = openSQLite
	} else if !IsPostgres(url) {
		return nil, fmt.Errorf("unknown scheme; it takes %sPATH or postgres://…", SQLitePrefix)
	}
	r, err := open(driver, url, o)
	if err != nil {
		return nil, err
	}
	r.now = now
	r.writeStatements = &statements{db: r.writer}
	r.statements = r.writeStatements
	if r.reader != r.writer {
		r.statements = &statements{db: r.reader}
	}
	if err := r.Ping(ctx); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// IsPostgres reports whether url names a PostgreSQL database.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Ping checks that the database answers before ctx ends. Its error is
// ErrUnavailable.
func (r *Repo) Ping(ctx context.Context) error {
	answer := make(chan error, 1)
	go func() { // because the driver may wait for a hanging server beyond the end of ctx
		var one int
		answer <- r.get(ctx, &one, `SELECT 1`)
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return errors.Join(ErrUnavailable, ctx.Err())
	}
}

// Close waits for running queries and closes the database.
func (r *Repo) Close() error {
	err := errors.Join(r.writeStatements.close(), r.writer.Close())
	if r.reader != r.writer {
		err = errors.Join(err, r.statements.close(), r.reader.Close())
	}
	return err
}

// Pools returns the connection pools by name, for metrics.
func (r *Repo) Pools() map[string]*sqlx.DB {
	if r.reader == r.writer {
		return map[string]*sqlx.DB{"main": r.writer}
	}
	return map[string]*sqlx.DB{"reader": r.reader, "writer": r.writer}
}

// WriteQueue returns how many transactions of users run or wait for their turn, for
// metrics.
func (r *Repo) WriteQueue() int {
	transactions, _ := r.turnstile.queued()
	return transactions
}

// ShrinkLog gives back the disk space that a burst of writes has taken besides the data,
// unless a reader needs it still. It is to be called now and then.
func (r *Repo) ShrinkLog(ctx context.Context) error { return r.engine.shrinkLog(ctx, r.writer) }

// Describe describes the engine, its version and the settings that determine
// durability, in words for operators.
func (r *Repo) Describe(ctx context.Context) (string, error) { return r.engine.describe(ctx, r.conn) }

// Claim records which file this process has open, for CheckClaim, until release is
// called. It is of no use, and does nothing, with a database server.
func (r *Repo) Claim() (release func()) { return r.engine.claim() }

// Clock returns the database server's time. SQLite has no server, so it returns
// this process's time.
func (r *Repo) Clock(ctx context.Context) (time.Time, error) { return r.engine.clock(ctx, r.conn) }

// reads has the queries that change nothing. They run on the database or in a
// transaction.
type reads struct{ conn }
