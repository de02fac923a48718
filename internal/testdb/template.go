package testdb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/repo"
)

// template returns the content of a SQLite database with the current schema.
// Copying it is fast, while migrating takes long under the race detector.
var template = sync.OnceValues(func() (content []byte, err error) {
	dir, err := os.MkdirTemp("", "alta-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "alta.db")
	r, err := repo.Open(context.Background(), repo.SQLitePrefix+path, time.Now)
	if err != nil {
		return nil, err
	}
	if _, err := r.Migrate(context.Background()); err != nil {
		return nil, err
	}
	if err := r.Close(); err != nil { // which moves everything into the one file
		return nil, err
	}
	return os.ReadFile(path)
})

// Migrated creates a SQLite database with the current schema if it does not
// exist yet, so that its next migration has nothing to do. It leaves all other
// databases as they are.
func Migrated(t testing.TB, databaseURL string) {
	t.Helper()
	path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix)
	if _, err := os.Stat(path); !isSQLite || err == nil {
		return
	}
	content, err := template()
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
