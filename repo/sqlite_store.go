package repo

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
)

// openTime is how long opening a connection may take without another limit.
const openTime = 10 * time.Second

// sqliteStore is what the connections to one database file share.
type sqliteStore struct {
	driver  driver.Driver
	file    sqliteFile
	hanging atomic.Int64 // calls that the disk does not answer
}

// newSQLiteStore returns the store of the file at path. driverName is that of a
// registered driver.
func newSQLiteStore(driverName, path string) (*sqliteStore, error) {
	db, err := sql.Open(driverName, "")
	if err != nil {
		return nil, err
	}
	return &sqliteStore{driver: db.Driver(), file: sqliteFile{path: path}}, db.Close()
}

// pool returns a pool of at most size connections with the data source name.
func (s *sqliteStore) pool(dsn string, size int) *sqlx.DB {
	pool := sqlx.NewDb(sql.OpenDB(&sqliteConnector{store: s, dsn: dsn}), sqliteDriver)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool
}

// ready returns errHanging while the disk does not answer a call.
func (s *sqliteStore) ready() error {
	if s.hanging.Load() > 0 {
		return errHanging
	}
	return nil
}

// watch makes the disk count as hanging if the call that begins now takes longer than
// limit, until ended is called.
func (s *sqliteStore) watch(limit time.Duration) (ended func()) {
	timer := time.AfterFunc(limit, func() { s.hanging.Add(1) })
	return func() {
		if !timer.Stop() {
			s.hanging.Add(-1)
		}
	}
}

// sqliteConnector opens the connections of a pool.
type sqliteConnector struct {
	store *sqliteStore
	dsn   string
}

// Driver is part of driver.Connector.
func (c *sqliteConnector) Driver() driver.Driver { return c.store.driver }

// Connect opens a connection. While a call hangs it opens none: the next would hang,
// too.
func (c *sqliteConnector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := c.store.ready(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	worker := newSQLiteWorker(c.store)
	conn, err := within(ctx, worker, c.open, func(conn *sqliteConn) { _ = conn.close() })
	if err != nil {
		_ = worker.end(0, func() error { return nil })
		return nil, err
	}
	conn.sqliteWorker = worker
	return conn, nil
}

// open opens a connection to the file that the others have open.
func (c *sqliteConnector) open() (*sqliteConn, error) {
	file := &c.store.file
	if err := file.check(); err != nil {
		return nil, err
	}
	opened, err := c.store.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(sqlConn)
	if !ok {
		return nil, fmt.Errorf("%T is no connection of SQLite's driver", opened)
	}
	if err := file.join(); err != nil {
		_ = inner.Close()
		return nil, err
	}
	return &sqliteConn{sqlConn: inner, file: file}, nil
}
