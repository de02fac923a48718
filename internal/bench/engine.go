package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/lib/pq" // registers the driver
)

// variable has the URL of a PostgreSQL server for the databases. The script
// scripts/with-services starts one.
const variable = "ALTA_TEST_POSTGRES_URL"

// engine is an empty database with a directory for its files.
type engine struct {
	name      string
	directory string
	url       string
	facts     []string // facts besides those that doctor reports
	cleanUp   func() error
}

func (e *engine) isPostgres() bool { return e.name == "postgres" }

// close removes the database and the directory.
func (e *engine) close() error { return errors.Join(e.cleanUp(), os.RemoveAll(e.directory)) }

// openEngine creates an empty database of the engine with the name.
func openEngine(ctx context.Context, name string) (*engine, error) {
	open := map[string]func(context.Context) (*engine, error){"sqlite": openSQLite, "postgres": openPostgres}[name]
	if open == nil {
		return nil, fmt.Errorf("%q is not an engine; there are sqlite and postgres", name)
	}
	e, err := open(ctx)
	if err == nil {
		e.name = name
	}
	return e, err
}

func openSQLite(context.Context) (*engine, error) {
	directory, err := os.MkdirTemp("", "alta-bench-*")
	if err != nil {
		return nil, err
	}
	nothing := func() error { return nil } // the database is in the directory
	return &engine{directory: directory, url: "sqlite:" + filepath.Join(directory, "alta.db"), cleanUp: nothing}, nil
}

// openPostgres creates a database whose commits are durable, as in production.
// Servers for tests are configured otherwise.
func openPostgres(ctx context.Context) (e *engine, err error) {
	server := os.Getenv(variable)
	if server == "" {
		return nil, fmt.Errorf("%s is not set: run `make bench`, which starts a PostgreSQL", variable)
	}
	target, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", variable) // the cause would quote the password
	}
	db, err := sql.Open("postgres", server)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // settings must be visible to the next statement
	name := "alta_bench_" + strings.ToLower(rand.Text())
	target.Path = "/" + name
	e = &engine{url: target.String(), cleanUp: func() error { return dropDatabase(db, name) }}
	defer func() {
		if err != nil {
			err = errors.Join(err, e.close())
		}
	}()
	if e.directory, err = os.MkdirTemp("", "alta-bench-*"); err != nil {
		return nil, err
	}
	if err := execute(ctx, db, "CREATE DATABASE "+name, "ALTER DATABASE "+name+" SET synchronous_commit = on"); err != nil {
		return nil, err
	}
	return e, e.turnOnFsync(ctx, db)
}

func dropDatabase(db *sql.DB, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return errors.Join(execute(ctx, db, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"), db.Close())
}

// turnOnFsync makes the server write commits to the disk until the engine is
// closed. If that is not possible, it records the fact.
func (e *engine) turnOnFsync(ctx context.Context, db *sql.DB) error {
	if state, _, err := fsyncState(ctx, db); err != nil || state == "on" {
		return err
	}
	if err := execute(ctx, db, "ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"); err != nil {
		e.facts = append(e.facts, fmt.Sprintf("NOT DURABLE: fsync is off and cannot be turned on: %s", err))
		return nil
	}
	drop := e.cleanUp
	e.cleanUp = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		return errors.Join(execute(ctx, db, "ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()"), drop())
	}
	var state, source string
	for range 20 { // the server reloads its settings with a delay
		var err error
		if state, source, err = fsyncState(ctx, db); err != nil {
			return err
		}
		if state == "on" {
			e.facts = append(e.facts, "the server had fsync=off; it is on while the bench runs")
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	e.facts = append(e.facts, fmt.Sprintf(
		"NOT DURABLE: fsync=%s is set by: %s, which ALTER SYSTEM does not override; figures of writes are too good", state, source))
	return nil
}

func fsyncState(ctx context.Context, db *sql.DB) (state, source string, err error) {
	err = db.QueryRowContext(ctx, "SELECT setting, source FROM pg_settings WHERE name = 'fsync'").Scan(&state, &source)
	return state, source, err
}

func execute(ctx context.Context, db *sql.DB, statements ...string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
