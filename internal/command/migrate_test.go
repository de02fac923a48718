package command_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// migrations returns the names of all migrations, in order.
func migrations(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../repo/migrations/0*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for i, file := range files {
		files[i] = filepath.Base(file)
	}
	return files
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := emptyStorage(t, databaseURL)
		var pending, applied strings.Builder
		for _, name := range migrations(t) {
			pending.WriteString("pending               " + name + "\n")
			applied.WriteString("applied  " + name + "\n")
		}
		if got := run(t, env, "migrate", "status").ok().stdout; got != pending.String() {
			t.Errorf("status of an empty database: got\n%swant\n%s", got, pending.String())
		}
		if got := run(t, env, "migrate", "up").ok().stdout; got != applied.String() {
			t.Errorf("up: got\n%swant\n%s", got, applied.String())
		}
		if got, want := run(t, env, "migrate", "up").ok().stdout, "nothing to do: the schema is up to date\n"; got != want {
			t.Errorf("up again: got %q, want %q", got, want)
		}
		lines := strings.Split(strings.TrimSuffix(run(t, env, "migrate", "status").ok().stdout, "\n"), "\n")
		for i, name := range migrations(t) {
			at, rest, _ := strings.Cut(lines[i], " ")
			if _, err := time.Parse(time.RFC3339, at); err != nil || strings.TrimSpace(rest) != name {
				t.Errorf("got %q, want the time at which %s was applied", lines[i], name)
			}
		}
	})
}

// TestMigrateConcurrently: several processes migrate at once, as replicas of a new
// version do. Each migration is applied once, and no process fails.
func TestMigrateConcurrently(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := emptyStorage(t, databaseURL)
		results := make([]result, 8)
		var done sync.WaitGroup
		for i := range results {
			done.Go(func() { results[i] = run(t, env, "migrate", "up") })
		}
		done.Wait()
		applied := 0
		for _, r := range results {
			applied += strings.Count(r.ok().stdout, "applied")
		}
		if want := len(migrations(t)); applied != want {
			t.Errorf("applied %d migrations, want %d", applied, want)
		}
	})
}

func TestMigrateNeedsNoSecret(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := environment{"ALTA_DATA_DIR": t.TempDir(), "ALTA_DATABASE_URL": databaseURL}
		run(t, env, "migrate", "up").ok()
	})
}
