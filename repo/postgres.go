package repo

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// maxPostgresConns is well below PostgreSQL's default limit of 100, so that
// several replicas and an operator's psql fit.
const maxPostgresConns = 24

func openPostgres(driver, url string) (*Repo, error) {
	if _, err := pq.NewConnector(url); err != nil {
		return nil, errors.New("not a PostgreSQL URL") // the cause would quote the password
	}
	db, err := sqlx.Open(driver, url)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(maxPostgresConns)
	db.SetMaxIdleConns(maxPostgresConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return &Repo{writer: db, reader: db, reads: reads{conn{engine: postgresEngine{url}}}}, nil
}

type postgresEngine struct{ url string }

// A process that waits for another's migrations checks every lockPeriod
// seconds, at most lockTries times.
const (
	lockPeriod = 1
	lockTries  = 600
)

func (e postgresEngine) migrator(*sqlx.DB) (m migrator, err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriod, lockTries))
	if err != nil {
		return migrator{}, err
	}
	// Migrations get their own connections, because they may take long.
	connector, err := pq.NewConnector(e.url)
	if err != nil {
		return migrator{}, err
	}
	connector.Dialer(waitingDialer{})
	db := sql.OpenDB(connector)
	return newMigrator(goose.DialectPostgres, db, db.Close, goose.WithSessionLocker(locker))
}

func (postgresEngine) lock(context.Context) (func(), error) { return func() {}, nil }

func (postgresEngine) isConflict(err error) bool {
	switch postgresCode(err) {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	}
	return false
}

func (e postgresEngine) isUnavailable(err error) bool {
	code := postgresCode(err)
	switch {
	case code == "25006", code == "0A000", // a standby, as a failover leaves it behind: nothing can be written in recovery
		strings.HasPrefix(code, "08"), // connection exception
		strings.HasPrefix(code, "28"), // log-in refused
		strings.HasPrefix(code, "3D"), // no such database
		strings.HasPrefix(code, "53"), // insufficient resources
		strings.HasPrefix(code, "55"), // object in the wrong state, such as a server that accepts no connections
		strings.HasPrefix(code, "57"), // operator intervention: shutdown, start-up, time-out
		e.isConflict(err):
		return true
	case code != "":
		return false
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.DeadlineExceeded)
}

// postgresCode returns the SQLSTATE in err, or "".
func postgresCode(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return string(e.Code)
	}
	return ""
}

func (postgresEngine) byCodePoint() string { return ` COLLATE "C"` }

func (postgresEngine) forUpdate(table string) string { return ` FOR UPDATE OF ` + table }

// snapshot asks for repeatable reads: with READ COMMITTED, each query would see
// a state of its own.
func (postgresEngine) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// shrinkLog does nothing: PostgreSQL recycles its log.
func (postgresEngine) shrinkLog(context.Context, *sqlx.DB) error { return nil }

func (postgresEngine) describe(ctx context.Context, c conn) (string, error) {
	var version, commit, fsync string
	err := errors.Join(
		c.get(ctx, &version, `SHOW server_version`),
		c.get(ctx, &commit, `SHOW synchronous_commit`),
		c.get(ctx, &fsync, `SHOW fsync`),
	)
	return fmt.Sprintf("PostgreSQL %s, synchronous_commit=%s, fsync=%s", version, commit, fsync), err
}

func (postgresEngine) clock(ctx context.Context, c conn) (now time.Time, err error) {
	err = c.get(ctx, &now, `SELECT clock_timestamp()`)
	return now, err
}
