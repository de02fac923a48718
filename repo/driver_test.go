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

// watch holds functions that a watched driver calls around each statement,
// including BEGIN, COMMIT and ROLLBACK. Any of them may be nil.
type watch struct {
	before func(query string, args []driver.NamedValue)
	after  func(query string, err error)
	// failBefore may return an error instead of running the statement.
	failBefore func(query string) error
	// failAfter may return an error although the statement has succeeded.
	failAfter func(query string) error
}

var watchedDrivers atomic.Int64

// openWatched opens the database through a driver that calls w. It does not
// change the schema.
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

// mustOpenWatched opens a database with an up-to-date schema through a driver
// that calls w.
func mustOpenWatched(t testing.TB, databaseURL string, now func() time.Time, w watch) *repo.Repo {
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

// driverConn contains the interfaces that the connections of both drivers
// implement. database/sql uses all of them.
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
	tx, err := callWatched(c.watch, "BEGIN", nil, func() (driver.Tx, error) { return c.driverConn.BeginTx(ctx, options) })
	if err != nil {
		return nil, err
	}
	return watchedTx{tx, c.watch}, nil
}

func (c watchedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return callWatched(c.watch, query, args, func() (driver.Result, error) { return c.driverConn.ExecContext(ctx, query, args) })
}

func (c watchedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return callWatched(c.watch, query, args, func() (driver.Rows, error) { return c.driverConn.QueryContext(ctx, query, args) })
}

// PrepareContext does not call the watch, because preparing does not run a
// statement.
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

// driverStmt contains the interfaces that the prepared statements of both
// drivers implement.
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
	return callWatched(s.watch, s.query, args, func() (driver.Result, error) { return s.driverStmt.ExecContext(ctx, args) })
}

func (s watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return callWatched(s.watch, s.query, args, func() (driver.Rows, error) { return s.driverStmt.QueryContext(ctx, args) })
}

type watchedTx struct {
	driver.Tx
	watch watch
}

func (t watchedTx) Commit() error {
	_, err := callWatched(t.watch, "COMMIT", nil, func() (any, error) { return nil, t.Tx.Commit() })
	return err
}

func (t watchedTx) Rollback() error {
	_, err := callWatched(t.watch, "ROLLBACK", nil, func() (any, error) { return nil, t.Tx.Rollback() })
	return err
}

func callWatched[T any](w watch, query string, args []driver.NamedValue, run func() (T, error)) (T, error) {
	if w.before != nil {
		w.before(query, args)
	}
	if w.failBefore != nil {
		if err := w.failBefore(query); err != nil {
			return *new(T), err
		}
	}
	result, err := run()
	if w.after != nil {
		w.after(query, err)
	}
	if w.failAfter != nil && err == nil {
		err = w.failAfter(query)
	}
	return result, err
}
