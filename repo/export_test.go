package repo

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/lib/pq"
)

// Get, List and Exec let tests read the database, and write rows that the
// package has no method for.
func (c conn) Get(ctx context.Context, target any, query string, args ...any) error {
	return c.get(ctx, target, query, args...)
}

func (c conn) List(ctx context.Context, target any, query string, args ...any) error {
	return c.list(ctx, target, query, args...)
}

func (c conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return c.exec(ctx, query, args...)
}

// Queued returns how many transactions of users run or wait, and of how many users.
func (r *Repo) Queued() (transactions, users int) { return r.turnstile.queued() }

// Down reverts the newest migration.
func (r *Repo) Down(ctx context.Context) error {
	m, err := r.engine.migrator(r.writer, nil)
	if err != nil {
		return err
	}
	_, err = m.Down(ctx)
	return errors.Join(err, m.close())
}

// Tests open databases through a wrapped driver.
var (
	DriverOf    = driverOf
	OpenThrough = openThrough
)

// Limits that tests check.
const (
	MaxTries   = maxTries
	MaxWaiting = maxWaiting
	SweepBatch = sweepBatch
	SweepFloor = sweepFloor
	UserGroup  = maxGroup / userGroupShare
)

// InChunks calls run as statements that write n rows do.
func InChunks(n int, run func(from, to int) error) error { return inChunks(n, run) }

// MaxChunk is the largest number of rows in one statement.
const MaxChunk = maxChunk

// Dialers connect to a PostgreSQL server: for calls and for migrations.
var Dialers = map[string]pq.Dialer{"calls": &stallDialer{}, "migrations": waitingDialer{}}

// Waiting returns the number of transactions that wait for SQLite's writer.
func (r *Repo) Waiting() int {
	r.groups.mu.Lock()
	defer r.groups.mu.Unlock()
	return len(r.groups.waiting)
}

// TransactionsText returns the text of the statement that lists the transactions of the
// filter, and its arguments.
func (r reads) TransactionsText(ctx context.Context, userID uuid.UUID, f TransactionFilter) (text string, args []any, err error) {
	text, args, err = r.where(ctx, userID, f)
	return sqlTransactionsPage(text, len(args)), append(args, 20, 0), err
}
