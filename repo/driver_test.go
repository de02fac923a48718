package repo_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/repo"
)

// watch is called around each statement that a watched driver runs, BEGIN,
// COMMIT and ROLLBACK included. Any function may be nil.
type watch struct {
	before func(query string, args []driver.NamedValue)
	after  func(query string, err error)
	// instead may return an error in place of running the statement.
	instead func(query string) error
	// lost may return an error in place of the answer to one that was run.
	lost func(query string) error
}

var watchedDrivers atomic.Int64

// openWatched opens the database through a driver that calls w. The schema is
// left as it is.
func openWatched(ctx context.Context, databaseURL string, now func() time.Time, w watch) (*repo.Repo, error) {
	db, err := sql.Open(repo.DriverOf(databaseURL), "")
	if err != nil {
		return nil, err
	}
	inner := db.Driver()
	if err := db.Close(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("watched%d", watchedDrivers.Add(1))
	sql.Register(name, watchedDriver{inner, w})
	return repo.OpenThrough(ctx, name, databaseURL, now)
}

// watched opens the database, whose schema is up to date, through a driver
// that calls w.
func watched(t testing.TB, databaseURL string, now func() time.Time, w watch) *repo.Repo {
	t.Helper()
	r, err := openWatched(t.Context(), databaseURL, now, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

type watchedDriver struct {
	driver.Driver
	watch watch
}

func (d watchedDriver) Open(name string) (driver.Conn, error) {
	conn, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	all, ok := conn.(driverConn)
	if !ok {
		return nil, fmt.Errorf("%T cannot be watched", conn)
	}
	return watchedConn{all, d.watch}, nil
}

// driverConn is what the connections of both drivers can do, all of which
// database/sql uses where it finds it.
type driverConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

type watchedConn struct {
	driverConn
	watch watch
}

func (c watchedConn) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.driverConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

func (c watchedConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := watching(c.watch, "BEGIN", nil, func() (driver.Tx, error) { return c.driverConn.BeginTx(ctx, options) })
	if err != nil {
		return nil, err
	}
	return watchedTx{tx, c.watch}, nil
}

func (c watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return watching(c.watch, query, args, func() (driver.Result, error) { return c.driverConn.ExecContext(ctx, query, args) })
}

func (c watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return watching(c.watch, query, args, func() (driver.Rows, error) { return c.driverConn.QueryContext(ctx, query, args) })
}

// PrepareContext is not told of: what is prepared has not been run.
func (c watchedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.driverConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	all, ok := stmt.(driverStmt)
	if !ok {
		return nil, fmt.Errorf("%T cannot be watched", stmt)
	}
	return watchedStmt{driverStmt: all, query: query, watch: c.watch}, nil
}

// driverStmt is what the prepared statements of both drivers can do.
type driverStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type watchedStmt struct {
	driverStmt
	query string
	watch watch
}

func (s watchedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return watching(s.watch, s.query, args, func() (driver.Result, error) { return s.driverStmt.ExecContext(ctx, args) })
}

func (s watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return watching(s.watch, s.query, args, func() (driver.Rows, error) { return s.driverStmt.QueryContext(ctx, args) })
}

type watchedTx struct {
	driver.Tx
	watch watch
}

func (t watchedTx) Commit() error {
	_, err := watching(t.watch, "COMMIT", nil, func() (any, error) { return nil, t.Tx.Commit() })
	return err
}

func (t watchedTx) Rollback() error {
	_, err := watching(t.watch, "ROLLBACK", nil, func() (any, error) { return nil, t.Tx.Rollback() })
	return err
}

func watching[T any](w watch, query string, args []driver.NamedValue, run func() (T, error)) (T, error) {
	if w.before != nil {
		w.before(query, args)
	}
	if w.instead != nil {
		if err := w.instead(query); err != nil {
			return *new(T), err
		}
	}
	result, err := run()
	if w.after != nil {
		w.after(query, err)
	}
	if w.lost != nil && err == nil {
		err = w.lost(query)
	}
	return result, err
}
