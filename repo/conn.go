package repo

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// conn runs statements on a connection pool, or in a transaction on one of its
// connections. The package comment explains how they are prepared.
type conn struct {
	engine     engine
	statements *statements
	tx         *transaction // nil outside a transaction
}

// transaction is an open transaction.
type transaction struct {
	*sqlx.Tx
	unprepared []string // the texts that it ran unprepared, for prepareForNext
	shared     bool     // it is the transaction of a group
}

// querier runs one statement, prepared or as text.
type querier interface {
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
}

// statement returns the query ready to run, and the context to run it with. Outside a
// transaction it prepares the query first, if that has not been done.
func (c conn) statement(ctx context.Context, query string) (context.Context, querier, error) {
	if c.tx == nil {
		stmt, err := c.statements.prepare(ctx, query)
		return ctx, stmt, err
	}
	if c.tx.shared {
		if err := ctx.Err(); err != nil {
			return ctx, nil, err
		}
		ctx = uninterrupted(ctx)
	}
	if stmt := c.statements.find(query); stmt != nil {
		return ctx, c.tx.StmtxContext(ctx, stmt), nil
	}
	c.tx.unprepared = append(c.tx.unprepared, query)
	return ctx, plainQuery{tx: c.tx.Tx, text: query}, nil
}

// plainQuery is a query that a transaction runs as text.
type plainQuery struct {
	tx   *sqlx.Tx
	text string
}

func (q plainQuery) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return q.tx.QueryContext(ctx, q.text, args...)
}

func (q plainQuery) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return q.tx.ExecContext(ctx, q.text, args...)
}

// get scans one row into target. Its error is ErrNotFound if there is no row.
func (c conn) get(ctx context.Context, target any, query string, args ...any) error {
	rows, err := c.query(ctx, query, args)
	if err == nil {
		err = scanOne(query, rows, target)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return c.markUnavailable(err)
}

// list scans all rows into target, a pointer to a slice.
func (c conn) list(ctx context.Context, target any, query string, args ...any) error {
	rows, err := c.query(ctx, query, args)
	if err == nil {
		err = scanAll(query, rows, target)
	}
	return c.markUnavailable(err)
}

func (c conn) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	ctx, stmt, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, storable(args)...)
}

// scan calls use for every row, with the function that reads the row into the
// targets: for lists of which each row becomes something else.
func (c conn) scan(ctx context.Context, use func(read func(targets ...any) error) error, query string, args ...any) error {
	rows, err := c.query(ctx, query, args)
	if err != nil {
		return c.markUnavailable(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows.Scan); err != nil {
			return err
		}
	}
	return c.markUnavailable(rows.Err())
}

// exec runs a statement and returns the number of rows that it changed.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, stmt, err := c.statement(ctx, query)
	if err != nil {
		return 0, c.markUnavailable(err)
	}
	result, err := stmt.ExecContext(ctx, storable(args)...)
	if err != nil {
		return 0, c.markUnavailable(err)
	}
	return result.RowsAffected()
}

// markUnavailable joins ErrUnavailable to errors that mean that the database is
// away, and ErrStorage to those that mean that it takes no writes.
func (c conn) markUnavailable(err error) error {
	switch {
	case err == nil:
		return nil
	case c.engine.isStorage(err):
		return errors.Join(ErrStorage, err)
	case c.engine.isUnavailable(err):
		return errors.Join(ErrUnavailable, err)
	}
	return err
}

// Truncate returns t as the database will return it: in UTC, to the
// microsecond.
func Truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
