package repo

import (
	"context"
	"database/sql/driver"
)

// sqliteTx is a transaction on a sqliteConn.
type sqliteTx struct {
	driver.Tx
	conn *sqliteConn
}

// Commit commits, however long that takes. If the file is not at its path afterwards,
// the outcome is unknown: the changes are in a file that the next process may not find.
func (t sqliteTx) Commit() error {
	defer t.conn.store.watch(commitTime)()
	_, err := within(context.Background(), t.conn.sqliteWorker, func() (any, error) {
		if err := t.Tx.Commit(); err != nil {
			return nil, err
		}
		return nil, t.conn.file.check()
	}, nil)
	return err
}

// Rollback rolls back. If the disk does not answer, closing the connection does.
func (t sqliteTx) Rollback() error {
	ended, cancel := context.WithCancel(context.Background())
	cancel() // it gets hangGrace
	_, err := within(ended, t.conn.sqliteWorker, func() (any, error) { return nil, t.Tx.Rollback() }, nil)
	return err
}
