package repo

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// PostgresDriver is the name of a database/sql driver. It is lib/pq with
// connections that wait if a socket's queue is full, and that time out if the
// server falls silent.
const PostgresDriver = "postgres-stalling"

func init() { sql.Register(PostgresDriver, stallDriver{}) }

const (
	// stallTimeout is how long a server may be silent in the middle of an
	// exchange. lib/pq would wait for ever, whatever happens to the context. It
	// is longer than a call may take.
	stallTimeout = 50 * time.Second
	// dialTimeout is how long connecting may take.
	dialTimeout = 10 * time.Second
	dialPause   = 10 * time.Millisecond
)

type stallDriver struct{}

func (stallDriver) Open(dsn string) (driver.Conn, error) { return pq.DialOpen(stallDialer{}, dsn) }

type stallDialer struct{}

func (d stallDialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, dialTimeout)
}

func (stallDialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	for deadline := time.Now().Add(timeout); ; time.Sleep(dialPause) {
		c, err := net.DialTimeout(network, address, timeout)
		if err == nil {
			return stallConn{c}, nil
		}
		// A Unix socket refuses a connection if its queue is full, while TCP
		// would wait.
		if !errors.Is(err, syscall.EAGAIN) || time.Now().After(deadline) {
			return nil, err
		}
	}
}

// stallConn sets a deadline for each read.
type stallConn struct{ net.Conn }

func (c stallConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(stallTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}
