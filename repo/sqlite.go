package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// SQLitePrefix begins the URL of an SQLite database; the file's path follows.
const SQLitePrefix = "sqlite:"

// sqliteDriver is the name of modernc.org/sqlite's database/sql driver.
const sqliteDriver = "sqlite"

// maxReaders bounds the reader pool: each connection keeps a page cache.
const maxReaders = 8

// openSQLite opens one connection for writing, since SQLite has one writer at
// a time, and a pool for reading, which WAL lets go on beside it.
func openSQLite(driver, text string) (*Repo, error) {
	path := strings.TrimPrefix(text, SQLitePrefix)
	if path == "" || strings.ContainsAny(path, "?#") {
		return nil, fmt.Errorf("%q is not a path", path)
	}
	writer, err := sqlx.Open(driver, sqliteDSN(path, url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sqlx.Open(driver, sqliteDSN(path, url.Values{"_query_only": {"1"}}))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	readers := min(2*runtime.NumCPU(), maxReaders)
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	// The writer comes first, so that the file exists and is in WAL mode before
	// a connection that may not write looks at it.
	engine := sqliteEngine{path}
	if err := pingFirst(engine, writer); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), reader.Close(), writer.Close())
	}
	return &Repo{writer: writer, reader: reader, reads: reads{conn{engine: engine}}}, nil
}

// openPatience is how long opening waits for processes that open the same
// file: the first brings it into WAL mode, which takes a lock that on a busy
// machine outlasts the busy timeout of the others.
const openPatience = 10 * time.Second

func pingFirst(engine sqliteEngine, writer *sqlx.DB) (err error) {
	for deadline := time.Now().Add(openPatience); ; time.Sleep(firstPause) {
		if err = writer.Ping(); !engine.isConflict(err) || time.Now().After(deadline) {
			return err
		}
	}
}

// sqliteDSN adds the settings that every connection has: durable commits, and
// times as microseconds since 1970, which compare as numbers.
func sqliteDSN(path string, more url.Values) string {
	more["_pragma"] = []string{
		// While SQLite waits for another process's lock it heeds no context, so it
		// waits a little and InTx tries again.
		"busy_timeout(1000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"temp_store(MEMORY)", // what a statement may have to undo would go to a file
	}
	more.Set("_time_integer_format", "unix_micro")
	more.Set("_inttotime", "1")
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: more.Encode()}).String()
}

type sqliteEngine struct{ path string }

func (sqliteEngine) migrator(writer *sqlx.DB) (migrator, error) {
	return newMigrator(goose.DialectSQLite3, writer.DB, func() error { return nil })
}

// lock takes a lock on a file beside the database: SQLite itself cannot keep
// two processes from running the same migration.
func (e sqliteEngine) lock(ctx context.Context) (func(), error) {
	return lockFile(ctx, e.path+".migrate")
}

func (sqliteEngine) isConflict(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

func (sqliteEngine) isUnavailable(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}

// sqliteCode returns the primary result code in err, or -1.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return -1
}

func (sqliteEngine) byCodePoint() string { return "" }

// forUpdate has nothing to add: there is one writer, and this is it.
func (sqliteEngine) forUpdate(string) string { return "" }

// snapshot needs nothing: a transaction sees the state that its first query
// found.
func (sqliteEngine) snapshot() *sql.TxOptions { return nil }

func (e sqliteEngine) describe(ctx context.Context, c conn) (string, error) {
	var version, journal, synchronous string
	err := errors.Join(
		c.get(ctx, &version, `SELECT sqlite_version()`),
		c.get(ctx, &journal, `PRAGMA journal_mode`),
		c.get(ctx, &synchronous, `PRAGMA synchronous`),
	)
	levels := map[string]string{"0": "OFF", "1": "NORMAL", "2": "FULL", "3": "EXTRA"}
	return fmt.Sprintf("SQLite %s, journal_mode=%s, synchronous=%s, %s",
		version, strings.ToUpper(journal), levels[synchronous], e.path), err
}

func (sqliteEngine) clock(context.Context, conn) (time.Time, error) { return time.Now(), nil }
