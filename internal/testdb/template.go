package testdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/repo"
)

// sqliteTemplate returns the content of a SQLite database with the current schema.
// Copying it is fast, while migrating takes long under the race detector.
var sqliteTemplate = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "alta-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "alta.db")
	if err := migrate(repo.SQLitePrefix + path); err != nil { // which moves everything into the one file
		return nil, err
	}
	return os.ReadFile(path)
})

func migrate(databaseURL string) error {
	r, err := repo.Open(context.Background(), databaseURL, time.Now)
	if err != nil {
		return err
	}
	_, err = r.Migrate(context.Background())
	return errors.Join(err, r.Close())
}

// Migrated creates a SQLite database with the current schema if it does not
// exist yet, so that its next migration has nothing to do. It leaves all other
// databases as they are.
func Migrated(t testing.TB, databaseURL string) {
	t.Helper()
	path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix)
	if _, err := os.Stat(path); !isSQLite || err == nil {
		return
	}
	content, err := sqliteTemplate()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// templates is the PostgreSQL database from which Postgres copies others, in a
// package whose tests Main runs.
var templates struct {
	sync.Mutex
	wanted bool
	name   string // empty: it does not exist yet
}

// Main runs the tests of a package whose PostgreSQL databases are to have the
// current schema from the start, and returns the exit code. They are copies of one
// that is dropped in the end.
func Main(m *testing.M) (code int) {
	templates.wanted = true
	code = m.Run()
	if templates.name == "" {
		return code
	}
	if err := tryExecute(os.Getenv(variable), "DROP DATABASE "+templates.name+" WITH (FORCE)"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// postgresTemplate returns the name of the database to copy.
func postgresTemplate(t testing.TB) string {
	t.Helper()
	templates.Lock()
	defer templates.Unlock()
	server := os.Getenv(variable)
	if !templates.wanted || server == "" {
		return "template1"
	}
	if templates.name != "" {
		return templates.name
	}
	name := "alta_template_" + strings.ToLower(rand.Text())
	databaseURL, err := databaseOn(server, name)
	if err == nil {
		err = tryExecute(server, "CREATE DATABASE "+name)
	}
	if err != nil {
		t.Fatal(err)
	}
	templates.name = name
	if err := migrate(databaseURL); err != nil {
		t.Fatal(err)
	}
	return name
}
