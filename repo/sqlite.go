package repo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"example.com/alta/repo/migrations"
)

// SQLitePrefix is the prefix of the URL of an SQLite database; the path of the
// file follows.
const SQLitePrefix = "sqlite:"

// sqliteDriver is the name of modernc.org/sqlite's database/sql driver.
const sqliteDriver = "sqlite"

// maxReaders bounds the reader pool, because each connection has its own page
// cache.
const maxReaders = 8

// openSQLite opens one connection for writing, since SQLite allows one writer
// at a time, and a pool for reading, which WAL allows in parallel.
func openSQLite(driver, text string, _ options) (*Repo, error) {
	path := strings.TrimPrefix(text, SQLitePrefix)
	if path == "" || strings.ContainsAny(path, "?#") {
		return nil, fmt.Errorf("%q is not a path", path)
	}
	store, err := newSQLiteStore(driver, path)
	if err != nil {
		return nil, err
	}
	writer := store.pool(sqliteDSN(path, url.Values{"_txlock": {"immediate"}}), 1)
	reader := store.pool(sqliteDSN(path, url.Values{"_query_only": {"1"}}), min(2*runtime.NumCPU(), maxReaders))
	// Open the writer first, so that the file exists in WAL mode before a
	// read-only connection looks at it.
	engine := sqliteEngine{path, store}
	if err := pingFirst(engine, writer); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), reader.Close(), writer.Close())
	}
	r := &Repo{
		writer: writer, reader: reader, turnstile: newTurnstile(1, maxGroup/userGroupShare), groups: &groupCommit{},
		reads: reads{conn{engine: engine}}, health: newHealth(),
	}
	store.file.onChange(r.health.ask)
	return r, nil
}

// openPatience is how long opening waits for other processes that open the same
// file. The first one switches it to WAL mode; on a busy machine that can hold
// a lock for longer than the others' busy timeout.
const openPatience = 10 * time.Second

func pingFirst(engine sqliteEngine, writer *sqlx.DB) (err error) {
	for deadline := time.Now().Add(openPatience); ; time.Sleep(firstPause) {
		if err = writer.Ping(); !engine.isConflict(err) || time.Now().After(deadline) {
			return err
		}
	}
}

// busyTimeout is how long a statement waits for another process, in milliseconds.
const busyTimeout = "1000"

// sqliteDSN adds the settings of every connection: durable commits, and times
// as microseconds since 1970, which compare as numbers.
func sqliteDSN(path string, more url.Values) string {
	more["_pragma"] = []string{
		// SQLite ignores the context while it waits for another process's lock.
		// So it waits briefly, and InTx tries again.
		"busy_timeout(" + busyTimeout + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"journal_size_limit(67108864)", // a log that has grown is cut when it begins anew
		"temp_store(MEMORY)",           // otherwise the journal of a statement would go to a file
	}
	more.Set("_time_integer_format", "unix_micro")
	more.Set("_inttotime", "1")
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: more.Encode()}).String()
}

type sqliteEngine struct {
	path  string
	store *sqliteStore
}

func (sqliteEngine) migrator(writer *sqlx.DB, keyring migrations.Keyring) (migrator, error) {
	return newMigrator(goose.DialectSQLite3, writer.DB, keyring, func() error { return nil })
}

// lock takes a lock on a file next to the database. SQLite itself cannot keep
// two processes from running the same migration.
func (e sqliteEngine) lock(ctx context.Context) (func(), error) {
	return lockFile(ctx, e.path+".migrate")
}

func (sqliteEngine) isConflict(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

func (sqliteEngine) isLocked(error) bool { return false }

func (sqliteEngine) isUnavailable(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_READONLY:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrUnavailable)
}

func (sqliteEngine) isStorage(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	}
	return errors.Is(err, ErrStorage)
}

// isRefusal is false for SQLITE_IOERR: the log may have the COMMIT although the disk
// has not confirmed it.
func (sqliteEngine) isRefusal(err error) bool {
	code := sqliteCode(err)
	return code != -1 && code != sqlite3.SQLITE_IOERR && code != sqlite3.SQLITE_INTERRUPT
}

func (e sqliteEngine) ready() error { return e.store.ready() }

func (e sqliteEngine) claim() (release func()) {
	if main := e.store.file.opened(); main != nil {
		return claimFile(e.path, main)
	}
	return func() {}
}

// sqliteCode returns the primary result code in err, or -1.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return -1
}

func (sqliteEngine) byCodePoint() string { return "" }

func (sqliteEngine) textsIn(parameter string) string {
	return `(SELECT value FROM json_each(` + parameter + `))`
}

// forUpdate returns nothing: there is one writer, and it is this transaction.
func (sqliteEngine) forUpdate(string) string { return "" }

func (sqliteEngine) waitBriefly(time.Duration) string { return "" }

// snapshot returns no options: a transaction sees the state at its first query.
func (sqliteEngine) snapshot() *sql.TxOptions { return nil }

// logKept is the size of the write-ahead log that stays as it is, in bytes: SQLite
// writes it into the database at 1,000 pages.
const logKept = 8 << 20

// shrinkLog writes the log into the database and cuts it. While a reader needs the log
// it does nothing, so that no writer waits for the reader.
func (e sqliteEngine) shrinkLog(ctx context.Context, writer *sqlx.DB) error {
	info, err := os.Stat(e.path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() <= logKept {
		return nil
	}
	if err != nil {
		return err
	}
	connection, err := writer.Connx(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	if _, err := connection.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return err
	}
	_, err = connection.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	_, again := connection.ExecContext(context.WithoutCancel(ctx), "PRAGMA busy_timeout = "+busyTimeout)
	if e.isConflict(err) { // another process writes
		err = nil
	}
	return errors.Join(err, again)
}

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
