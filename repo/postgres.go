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

	"example.com/alta/repo/migrations"
)

// DefaultConns is the default number of connections to PostgreSQL. It is well below
// the server's default limit of 100, so that several processes and an operator's psql
// fit. With fewer than MinConns, queries and writes would be in each other's way.
const (
	DefaultConns = 24
	MinConns     = 4
)

// Shares of the connections to PostgreSQL.
const (
	writersShare = 8
	userShare    = 12
)

func openPostgres(driver, url string, o options) (*Repo, error) {
	if _, err := pq.NewConnector(url); err != nil {
		return nil, errors.New("not a PostgreSQL URL") // the cause would quote the password
	}
	db, err := sqlx.Open(driver, withProcessName(url))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(o.conns)
	db.SetMaxIdleConns(o.conns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	turnstile := newTurnstile(max(1, o.conns/writersShare), max(1, o.conns/userShare))
	return &Repo{
		writer: db, reader: db, turnstile: turnstile, reads: reads{conn{engine: postgresEngine{url, o.conns}}}, health: newHealth(),
	}, nil
}

type postgresEngine struct {
	url   string
	conns int
}

// A process that waits for another's migrations checks every lockPeriod
// seconds, at most lockTries times.
const (
	lockPeriod = 1
	lockTries  = 600
)

func (e postgresEngine) migrator(_ *sqlx.DB, keyring migrations.Keyring) (m migrator, err error) {
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
	return newMigrator(goose.DialectPostgres, db, keyring, db.Close, goose.WithSessionLocker(locker))
}

func (postgresEngine) lock(context.Context) (func(), error) { return func() {}, nil }

func (postgresEngine) isConflict(err error) bool {
	switch postgresCode(err) {
	case "40001", "40P01": // serialization_failure, deadlock_detected
		return true
	}
	return false
}

func (postgresEngine) isLocked(err error) bool { return postgresCode(err) == "55P03" } // lock_not_available

func (e postgresEngine) isUnavailable(err error) bool {
	code := postgresCode(err)
	switch {
	case e.isStorage(err),
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

func (postgresEngine) isStorage(err error) bool {
	code := postgresCode(err)
	switch {
	case code == "25006", code == "0A000", // a standby, as a failover leaves it behind: nothing can be written in recovery
		code == "53100",               // disk full
		strings.HasPrefix(code, "58"): // system error, such as one of input or output
		return true
	}
	return false
}

// isRefusal is false if the server says that it stops: it may do so after a COMMIT.
func (postgresEngine) isRefusal(err error) bool {
	code := postgresCode(err)
	return code != "" && !strings.HasPrefix(code, "08") && !strings.HasPrefix(code, "57")
}

func (postgresEngine) ready() error { return nil }

func (postgresEngine) claim() (release func()) { return func() {} }

// postgresCode returns the SQLSTATE in err, or "".
func postgresCode(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return string(e.Code)
	}
	return ""
}

func (postgresEngine) byCodePoint() string { return ` COLLATE "C"` }

func (postgresEngine) textsIn(parameter string) string {
	return `(SELECT jsonb_array_elements_text(CAST(` + parameter + ` AS JSONB)))`
}

// forUpdate locks rows against other writers, but not against those that only refer to
// them: a new row of the ledger or of sessions must not wait for its user's.
func (postgresEngine) forUpdate(table string) string { return ` FOR NO KEY UPDATE OF ` + table }

// waitBriefly sets the limit in the statement itself, which saves a round trip. The
// condition is evaluated before a row is locked, and the setting ends with the
// transaction.
func (postgresEngine) waitBriefly(longest time.Duration) string {
	return fmt.Sprintf(` AND set_config('lock_timeout', '%dms', TRUE) IS NOT NULL`, longest.Milliseconds())
}

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
