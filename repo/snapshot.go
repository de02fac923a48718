package repo

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// Snapshot is the state of the database at one moment, so that the results of
// several queries are consistent.
type Snapshot struct{ reads }

// InSnapshot runs fn on a snapshot. It does not block writers. Like InTx, it
// may run fn again from the start.
func (r *Repo) InSnapshot(ctx context.Context, fn func(*Snapshot) error) error {
	return r.retry(ctx, func() error { return r.trySnapshot(ctx, fn) })
}

func (r *Repo) trySnapshot(ctx context.Context, fn func(*Snapshot) error) error {
	db, err := r.reader.BeginTxx(ctx, r.engine.snapshot())
	c := conn{engine: r.engine, statements: r.statements, tx: &transaction{Tx: db}}
	if err != nil {
		return fmt.Errorf("begin: %w", c.markUnavailable(err))
	}
	if err := runSnapshot(db, &Snapshot{reads{c}}, fn); err != nil {
		return err
	}
	prepareForNext(ctx, r.statements, c.tx.unprepared)
	return nil
}

// runSnapshot runs fn and always ends the snapshot: there is nothing to commit,
// and preparing statements afterwards needs a connection from the same pool.
func runSnapshot(db *sqlx.Tx, s *Snapshot, fn func(*Snapshot) error) error {
	defer db.Rollback()
	return fn(s)
}

// each calls use for every row of the query, one at a time, because all of the
// rows together may not fit into memory.
func each[T any](ctx context.Context, s *Snapshot, use func(T) error, query string, args ...any) error {
	rows, err := s.tx.QueryxContext(ctx, query, storable(args)...)
	if err != nil {
		return s.markUnavailable(err)
	}
	defer rows.Close()
	for rows.Next() {
		var row T
		if err := rows.StructScan(&row); err != nil {
			return err
		}
		if err := use(row); err != nil {
			return err
		}
	}
	return s.markUnavailable(rows.Err())
}
