package repo

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// PostgresDriver is the name of a database/sql driver. It is lib/pq with
// connections that wait if a socket's queue is full, that give up a server that
// is silent when the time of the statement is over, and that never cancel a
// COMMIT.
const PostgresDriver = "postgres-stalling"

func init() { sql.Register(PostgresDriver, stallDriver{}) }

const (
	// stallTimeout is how long a server may be silent in the middle of an
	// exchange. It is longer than a call may take.
	stallTimeout = 50 * time.Second
	// cancelTime is how long a server may take to answer that it has cancelled a
	// statement whose context has ended. lib/pq would wait for ever.
	cancelTime = time.Second
	// dialTimeout is how long connecting may take, to the end of the log-in.
	dialTimeout = 10 * time.Second
	dialPause   = 10 * time.Millisecond
)

type stallDriver struct{}

// Open connects without a limit by a context.
func (d stallDriver) Open(dsn string) (driver.Conn, error) {
	connector, err := d.OpenConnector(dsn)
	if err != nil {
		return nil, err
	}
	return connector.Connect(context.Background())
}

// OpenConnector is part of driver.DriverContext: connecting then ends with the
// context of the statement that needs the connection.
func (stallDriver) OpenConnector(dsn string) (driver.Connector, error) {
	config, err := pq.NewConfig(dsn)
	return stallConnector{config}, err
}

type stallConnector struct{ config pq.Config }

func (stallConnector) Driver() driver.Driver { return stallDriver{} }

func (c stallConnector) Connect(ctx context.Context) (driver.Conn, error) {
	connector, err := pq.NewConnectorConfig(c.config.Clone())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	dialer := &stallDialer{}
	connector.Dialer(dialer)
	conn, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	dialer.connected.Store(true)
	return newPostgresConn(conn, dialer.dialed.Load())
}

// stallDialer remembers the connection that it has dialed last. Once it has served to
// connect, lib/pq dials only to cancel a statement, and waits for that.
type stallDialer struct {
	dialed    atomic.Pointer[stallConn]
	connected atomic.Bool
}

func (d *stallDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

func (d *stallDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// DialContext connects. The context limits the log-in, too.
func (d *stallDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.connected.Load() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, cancelTime)
		defer cancel()
	}
	c, err := dialWaiting(ctx, network, address)
	if err != nil {
		return nil, err
	}
	conn := &stallConn{Conn: c}
	if deadline, ok := ctx.Deadline(); ok {
		conn.limit.Store(deadline.UnixNano())
	}
	d.dialed.Store(conn)
	return conn, nil
}

// dialWaiting connects until the context ends. A Unix socket refuses a connection if
// its queue is full, while TCP would wait.
func dialWaiting(ctx context.Context, network, address string) (net.Conn, error) {
	var full error
	for {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, syscall.EAGAIN) {
			return nil, cmp.Or(full, err)
		}
		full = err
		select {
		case <-ctx.Done():
			return nil, full
		case <-time.After(dialPause):
		}
	}
}

// waitingDialer connects as dialWaiting does. Its connections set no deadlines.
type waitingDialer struct{}

func (d waitingDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

func (d waitingDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return dialWaiting(ctx, network, address)
}

func (waitingDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return dialWaiting(ctx, network, address)
}

// stallConn sets a deadline for each read and write: that of the statement, or
// stallTimeout.
type stallConn struct {
	net.Conn
	limit atomic.Int64 // Unix nanoseconds; 0: the statement has none
}

// until gives the server until the context's deadline, and cancelTime more.
func (c *stallConn) until(ctx context.Context) {
	limit := int64(0)
	if deadline, ok := ctx.Deadline(); ok {
		limit = deadline.Add(cancelTime).UnixNano()
	}
	c.limit.Store(limit)
}

// deadline returns the deadline of a read or write that begins now.
func (c *stallConn) deadline() time.Time {
	silent := time.Now().Add(stallTimeout)
	if limit := c.limit.Load(); limit != 0 && limit < silent.UnixNano() {
		return time.Unix(0, limit)
	}
	return silent
}

func (c *stallConn) Read(p []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *stallConn) Write(p []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(c.deadline()); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
