package repo

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// sqlConn is what the connections of both drivers implement and database/sql uses.
type sqlConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// sqlStmt is what their prepared statements implement.
type sqlStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// sqliteConn is a connection of SQLite's driver whose calls end with their context,
// and which refuses to work on a file that is not at its path any more.
type sqliteConn struct {
	sqlConn
	*sqliteWorker
	file *sqliteFile
}

// CheckNamedValue is part of driver.NamedValueChecker.
func (c *sqliteConn) CheckNamedValue(value *driver.NamedValue) error {
	if checker, ok := c.sqlConn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(value)
	}
	return driver.ErrSkip
}

// IsValid is part of driver.Validator.
func (c *sqliteConn) IsValid() bool { return !c.isLeft() && c.sqlConn.IsValid() }

// ResetSession is part of driver.SessionResetter.
func (c *sqliteConn) ResetSession(ctx context.Context) error {
	if c.isLeft() {
		return driver.ErrBadConn
	}
	return c.sqlConn.ResetSession(ctx)
}

// Close closes the connection. If one of its calls hangs, that is done as soon as the
// call ends.
func (c *sqliteConn) Close() error { return c.end(closeTime, c.close) }

func (c *sqliteConn) close() error {
	c.file.leave()
	return c.sqlConn.Close()
}

// Ping is part of driver.Pinger.
func (c *sqliteConn) Ping(ctx context.Context) error {
	_, err := within(ctx, c.sqliteWorker, func() (any, error) { return nil, c.sqlConn.Ping(ctx) }, nil)
	return err
}

// BeginTx begins a transaction, unless the file is not at its path.
func (c *sqliteConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	tx, err := within(ctx, c.sqliteWorker, func() (driver.Tx, error) {
		if err := c.file.check(); err != nil {
			return nil, err
		}
		return c.sqlConn.BeginTx(ctx, options)
	}, nil) // closing the connection rolls it back
	if err != nil {
		return nil, err
	}
	return sqliteTx{tx, c}, nil
}

// PrepareContext is part of driver.ConnPrepareContext.
func (c *sqliteConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := within(ctx, c.sqliteWorker, func() (sqlStmt, error) {
		stmt, err := c.sqlConn.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		all, ok := stmt.(sqlStmt)
		if !ok {
			return nil, fmt.Errorf("%T is no statement of SQLite's driver", stmt)
		}
		return all, nil
	}, func(stmt sqlStmt) { _ = stmt.Close() })
	if err != nil {
		return nil, err
	}
	return sqliteStmt{stmt, c}, nil
}

// ExecContext is part of driver.ExecerContext.
func (c *sqliteConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.exec(ctx, func() (driver.Result, error) { return c.sqlConn.ExecContext(ctx, query, args) })
}

// QueryContext is part of driver.QueryerContext.
func (c *sqliteConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.query(ctx, func() (driver.Rows, error) { return c.sqlConn.QueryContext(ctx, query, args) })
}

func (c *sqliteConn) exec(ctx context.Context, run func() (driver.Result, error)) (driver.Result, error) {
	return within(ctx, c.sqliteWorker, func() (driver.Result, error) {
		if err := c.file.checkSometimes(); err != nil {
			return nil, err
		}
		return run()
	}, nil)
}

func (c *sqliteConn) query(ctx context.Context, run func() (driver.Rows, error)) (driver.Rows, error) {
	rows, err := within(ctx, c.sqliteWorker, func() (*sqliteRows, error) {
		if err := c.file.checkSometimes(); err != nil {
			return nil, err
		}
		inner, err := run()
		if err != nil {
			return nil, err
		}
		rows := &sqliteRows{inner: inner, columns: inner.Columns(), conn: c, ctx: ctx}
		rows.fetch(firstFetch)
		return rows, nil
	}, func(rows *sqliteRows) { _ = rows.end() })
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// sqliteStmt is a prepared statement.
type sqliteStmt struct {
	sqlStmt
	conn *sqliteConn
}

// Close ends the statement.
func (s sqliteStmt) Close() error {
	if s.conn.isLeft() {
		s.conn.later(func() { _ = s.sqlStmt.Close() })
		return nil
	}
	return s.sqlStmt.Close()
}

// ExecContext is part of driver.StmtExecContext.
func (s sqliteStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.conn.exec(ctx, func() (driver.Result, error) { return s.sqlStmt.ExecContext(ctx, args) })
}

// QueryContext is part of driver.StmtQueryContext.
func (s sqliteStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.conn.query(ctx, func() (driver.Rows, error) { return s.sqlStmt.QueryContext(ctx, args) })
}
