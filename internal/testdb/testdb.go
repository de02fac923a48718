// Package testdb provides tests with real databases of both engines.
package testdb

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // registers the driver

	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// variable names the environment variable with the URL of a PostgreSQL server
// on which tests may create databases. scripts/with-services starts one.
const variable = "ALTA_TEST_POSTGRES_URL"

// Each runs the test once per engine, in a subtest with the engine's name, with
// the URL of a database without rows that is dropped when the subtest ends.
func Each(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// EachEmpty does as Each, with databases that have no schema in any package.
func EachEmpty(t *testing.T, test func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, createPostgres(t, "template1")) })
}

// SQLite returns the URL of a database file that does not exist yet.
func SQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "alta.db")
}

// Postgres returns the URL of a database without rows: an empty one or, in a
// package whose tests Main runs, one with the current schema. If there is no server,
// the test is skipped, or fails if CI is true.
func Postgres(t testing.TB) string {
	t.Helper()
	return createPostgres(t, postgresTemplate(t))
}

func createPostgres(t testing.TB, template string) string {
	t.Helper()
	server := os.Getenv(variable)
	if server == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which starts a PostgreSQL")
	}
	name := "alta_test_" + strings.ToLower(rand.Text())
	execute(t, server, "CREATE DATABASE "+name+" TEMPLATE "+template)
	t.Cleanup(func() { execute(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	databaseURL, err := databaseOn(server, name)
	if err != nil {
		t.Fatal(err)
	}
	return databaseURL
}

// databaseOn returns the URL of the server's database with the name.
func databaseOn(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("%s: %w", variable, err)
	}
	u.Path = "/" + name
	return u.String(), nil
}

// Connect opens a second connection to a test's database, for queries that the
// tested code has no function for.
func Connect(t testing.TB, databaseURL string) *sqlx.DB {
	t.Helper()
	driver, source := repo.PostgresDriver, databaseURL
	if path, isSQLite := strings.CutPrefix(databaseURL, "sqlite:"); isSQLite {
		driver, source = "sqlite", path
	}
	db, err := sqlx.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func execute(t testing.TB, server, statement string) {
	t.Helper()
	if err := tryExecute(server, statement); err != nil {
		t.Fatal(err)
	}
}

func tryExecute(server, statement string) error {
	db, err := sqlx.Open(repo.PostgresDriver, server)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
