package repo_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func zeros(n int) string { return strings.Repeat("0", n) }

// TestTheLogShrinks: after a burst of writes the write-ahead log is cut, as soon as no
// reader needs it; writers do not wait for the reader.
func TestTheLogShrinks(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	r, _ := migrated(t, databaseURL)
	size := func() int64 {
		info, err := os.Stat(strings.TrimPrefix(databaseURL, repo.SQLitePrefix) + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	shrink := func() {
		t.Helper()
		if err := r.ShrinkLog(t.Context()); err != nil {
			t.Error(err)
		}
	}
	burst := func(name string) {
		write(t, r, func(tx *repo.Tx) error {
			for i := range 500 {
				scope := name + address(i)
				if _, _, err := tx.ReserveCall(t.Context(), repo.IdempotentCall{Scope: scope, Key: "key"}, 0); err != nil {
					return err
				}
				if err := tx.AnswerCall(t.Context(), scope, "key", zeros(64<<10)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	burst("first ")
	if n := size(); n < 16<<20 {
		t.Fatalf("the log has %d bytes after a burst: too few for a test", n)
	}
	err := r.InSnapshot(t.Context(), func(s *repo.Snapshot) error {
		if _, err := s.Users(t.Context(), "", 1); err != nil { // the snapshot begins
			return err
		}
		burst("second ")
		shrink()
		if n := size(); n < 16<<20 {
			t.Errorf("the log was cut to %d bytes although a reader needs it", n)
		}
		createUser(t, r, "ada@example.com")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	shrink()
	if n := size(); n > 1<<20 {
		t.Errorf("the log has %d bytes still", n)
	}
	createUser(t, r, "grace@example.com")
	shrink() // a small one stays
	if n := size(); n == 0 {
		t.Error("a small log was cut")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	burst("third ")
	if r.ShrinkLog(ctx) == nil {
		t.Error("ShrinkLog ignores the end of its context")
	}
	shrink()
	if n := size(); n > 1<<20 {
		t.Errorf("the log has %d bytes at the end", n)
	}
}
