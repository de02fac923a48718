package repo

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sync/atomic"

	"github.com/lib/pq"
)

// pqConn is what lib/pq's connections implement and database/sql uses.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.NamedValueChecker
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// pqStmt is what lib/pq's prepared statements implement.
type pqStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// postgresConn is a connection of lib/pq that waits for the server no longer than
// the context of each statement allows.
type postgresConn struct {
	pqConn
	raw    *stallConn
	unsure atomic.Bool // the server has said that a commit is on no standby
}

func newPostgresConn(conn driver.Conn, raw *stallConn) (*postgresConn, error) {
	all, ok := conn.(pqConn)
	if !ok || raw == nil {
		return nil, fmt.Errorf("%T is no connection of lib/pq", conn)
	}
	c := &postgresConn{pqConn: all, raw: raw}
	c.raw.until(context.Background())
	pq.SetNoticeHandler(conn, c.notice)
	return c, nil
}

// waitForStandby is the routine of the server whose notice says that it no longer
// waits for a synchronous standby: the transaction is committed, but may be lost
// with this server. The notice has no code of its own, and its text is in the
// language of the server.
const waitForStandby = "SyncRepWaitForLSN"

func (c *postgresConn) notice(n *pq.Error) {
	if n.Routine == waitForStandby {
		c.unsure.Store(true)
	}
}

// BeginTx begins a transaction. lib/pq would cancel whatever it runs when the
// context ends, even its COMMIT: a server that waits for a synchronous standby
// then answers that the transaction is committed, although it is on no standby.
func (c *postgresConn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	c.raw.until(ctx)
	tx, err := c.pqConn.BeginTx(context.WithoutCancel(ctx), options)
	if err != nil {
		return nil, err
	}
	return postgresTx{tx, c}, nil
}

func (c *postgresConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.raw.until(ctx)
	stmt, err := c.pqConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	all, ok := stmt.(pqStmt)
	if !ok {
		return nil, fmt.Errorf("%T is no statement of lib/pq", stmt)
	}
	return postgresStmt{all, c.raw}, nil
}

func (c *postgresConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.raw.until(ctx)
	return c.pqConn.ExecContext(ctx, query, args)
}

func (c *postgresConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.raw.until(ctx)
	return c.pqConn.QueryContext(ctx, query, args)
}

func (c *postgresConn) Ping(ctx context.Context) error {
	c.raw.until(ctx)
	return c.pqConn.Ping(ctx)
}

// Close takes leave of the server. The deadline of the last statement may be over.
func (c *postgresConn) Close() error {
	c.raw.until(context.Background())
	return c.pqConn.Close()
}

type postgresStmt struct {
	pqStmt
	raw *stallConn
}

// Close ends the statement, whose own deadline may be over.
func (s postgresStmt) Close() error {
	s.raw.until(context.Background())
	return s.pqStmt.Close()
}

func (s postgresStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.raw.until(ctx)
	return s.pqStmt.ExecContext(ctx, args)
}

func (s postgresStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.raw.until(ctx)
	return s.pqStmt.QueryContext(ctx, args)
}

type postgresTx struct {
	driver.Tx
	conn *postgresConn
}

// errUnsure is the error of a COMMIT that is durable on one server only.
var errUnsure = fmt.Errorf("%w: it is on no synchronous standby", ErrInDoubt)

// Commit commits, however long the server takes, up to stallTimeout. The outcome is
// unknown if the server has stopped waiting for a standby.
func (t postgresTx) Commit() error {
	t.conn.raw.until(context.Background())
	t.conn.unsure.Store(false)
	if err := t.Tx.Commit(); err != nil {
		return err
	}
	if t.conn.unsure.Load() {
		return errUnsure
	}
	return nil
}
