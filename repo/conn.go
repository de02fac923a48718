package repo

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"
)

// conn is where statements are run: the database, or a transaction.
type conn struct {
	db     sqlx.ExtContext
	engine engine
}

// get scans one row into target. Its error is ErrNotFound when there is none.
func (c conn) get(ctx context.Context, target any, query string, args ...any) error {
	err := sqlx.GetContext(ctx, c.db, target, query, utc(args)...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return c.explain(err)
}

// list scans every row into target, a pointer to a slice.
func (c conn) list(ctx context.Context, target any, query string, args ...any) error {
	return c.explain(sqlx.SelectContext(ctx, c.db, target, query, utc(args)...))
}

// exec runs a statement and returns how many rows it changed.
func (c conn) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := c.db.ExecContext(ctx, query, utc(args)...)
	if err != nil {
		return 0, c.explain(err)
	}
	return result.RowsAffected()
}

// explain marks errors that mean that the database is away.
func (c conn) explain(err error) error {
	if err != nil && c.engine.isUnavailable(err) {
		return errors.Join(ErrUnavailable, err)
	}
	return err
}

// utc brings times to the one form in which they are stored. PostgreSQL's
// TIMESTAMP drops a zone without a word and rounds to microseconds.
func utc(args []any) []any {
	for i, arg := range args {
		switch t := arg.(type) {
		case time.Time:
			args[i] = Truncate(t)
		case *time.Time:
			if t != nil {
				args[i] = Truncate(*t)
			}
		}
	}
	return args
}

// Truncate returns t as the database will give it back: in UTC, to the
// microsecond.
func Truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
