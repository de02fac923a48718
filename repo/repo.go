package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Errors that callers tell apart. Every other error is unexpected.
var (
	ErrNotFound    = errors.New("not found")
	ErrEmailTaken  = errors.New("e-mail address is taken")
	ErrUnavailable = errors.New("database is unavailable")
)

// Repo is an open database. Its own methods read.
type Repo struct {
	reads
	writer          *sqlx.DB // the same pool as the reader's on PostgreSQL
	reader          *sqlx.DB
	writeStatements *statements // prepared on writer
	now             func() time.Time
}

// Open connects to the database that url names: sqlite:PATH, or a
// postgres:// URL as lib/pq takes it. Every time that is written comes from
// now. The schema is left as it is: see Migrate.
func Open(ctx context.Context, url string, now func() time.Time) (*Repo, error) {
	return openThrough(ctx, driverOf(url), url, now)
}

// driverOf returns the name of the database/sql driver for the URL.
func driverOf(url string) string {
	if IsPostgres(url) {
		return PostgresDriver
	}
	return sqliteDriver
}

// openThrough is Open through the driver of the given name, which may wrap the
// one that driverOf names.
func openThrough(ctx context.Context, driver, url string, now func() time.Time) (*Repo, error) {
	open := openPostgres
	if strings.HasPrefix(url, SQLitePrefix) {
		open = openSQLite
	} else if !IsPostgres(url) {
		return nil, fmt.Errorf("unknown scheme; it takes %sPATH or postgres://…", SQLitePrefix)
	}
	r, err := open(driver, url)
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

// Ping asks the database whether it answers, and waits for that no longer
// than ctx lasts. Its error is ErrUnavailable.
func (r *Repo) Ping(ctx context.Context) error {
	answer := make(chan error, 1)
	go func() { // a server that hangs keeps the driver waiting beyond ctx
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

// Close waits for what is under way and closes the database.
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

// Describe names the engine, its version and the settings that durability
// hangs on, for people.
func (r *Repo) Describe(ctx context.Context) (string, error) { return r.engine.describe(ctx, r.conn) }

// Clock returns the database's own time, or the server's where the database
// has none of its own.
func (r *Repo) Clock(ctx context.Context) (time.Time, error) { return r.engine.clock(ctx, r.conn) }

// reads are the queries that change nothing. They can be asked of the
// database or inside a transaction.
type reads struct{ conn }
