package repo

import (
	"context"
	"database/sql/driver"
	"io"
)

// Numbers of rows that are read at once: passing them on one by one would take longer
// than reading them.
const (
	firstFetch = 16
	nextFetch  = 128
)

// sqliteRows are the rows of a query. They are read in batches, on the worker of the
// connection, and are at their end in SQLite as soon as the last one has been read.
type sqliteRows struct {
	inner   driver.Rows
	columns []string
	conn    *sqliteConn
	ctx     context.Context // of the query

	values []driver.Value // of the rows that have been read
	next   int            // index of the first value of the row that comes next
	err    error          // after those rows; nil: there may be more
	ended  bool           // inner is closed
}

// Columns is part of driver.Rows.
func (r *sqliteRows) Columns() []string { return r.columns }

// fetch reads up to n rows. It runs on the worker.
func (r *sqliteRows) fetch(n int) {
	r.values, r.next = r.values[:0], 0
	width := len(r.columns)
	for range n {
		at := len(r.values)
		r.values = append(r.values, make([]driver.Value, width)...)
		if r.err = r.inner.Next(r.values[at:]); r.err != nil {
			r.values = r.values[:at]
			if err := r.end(); err != nil && r.err == io.EOF {
				r.err = err
			}
			return
		}
	}
}

// end closes the rows in SQLite. It runs on the worker.
func (r *sqliteRows) end() error {
	if r.ended {
		return nil
	}
	r.ended = true
	return r.inner.Close()
}

// Next is part of driver.Rows.
func (r *sqliteRows) Next(dest []driver.Value) error {
	if r.next == len(r.values) && r.err == nil {
		_, err := within(r.ctx, r.conn.sqliteWorker, func() (any, error) { r.fetch(nextFetch); return nil, nil }, nil)
		if err != nil {
			return err
		}
	}
	if r.next == len(r.values) {
		return r.err
	}
	copy(dest, r.values[r.next:r.next+len(dest)])
	r.next += len(dest)
	return nil
}

// Close is part of driver.Rows.
func (r *sqliteRows) Close() error {
	if r.conn.isLeft() {
		r.conn.later(func() { _ = r.end() })
		return nil
	}
	return r.end()
}
