package repo_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// expectStorage fails the test unless the error is ErrStorage with the text or, if
// says is empty, there is none.
func expectStorage(t *testing.T, what string, err error, says string) {
	t.Helper()
	switch {
	case says == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case says != "" && (!errors.Is(err, repo.ErrStorage) || !strings.Contains(err.Error(), says)):
		t.Errorf("%s: %v, want ErrStorage that says %q", what, err, says)
	}
}

// audit writes an event.
func audit(t *testing.T, r *repo.Repo) error {
	return r.InTx(t.Context(), func(tx *repo.Tx) error {
		return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
	})
}

// expectWritesAndReads fails the test unless writes, probes and, soon, reads fail with
// the text. If says is empty, they have to succeed.
func expectWritesAndReads(t *testing.T, r *repo.Repo, says string) {
	t.Helper()
	expectStorage(t, "a write", audit(t, r), says)
	expectStorage(t, "a probe", r.ProbeWrite(t.Context()), says)
	expectStorage(t, "a snapshot", r.InSnapshot(t.Context(), func(s *repo.Snapshot) error {
		_, err := s.Plan(t.Context(), repo.PlanFree)
		return err
	}), says)
	read := func() error { _, err := r.Plan(t.Context(), repo.PlanFree); return err }
	for deadline := time.Now().Add(time.Minute); (read() != nil) != (says != "") && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond) // reads look now and then
	}
	expectStorage(t, "a read", read(), says)
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestFileIsMoved: while one of the files of an open database is elsewhere, nothing is
// written or read. It works again as soon as the file is back, and nothing is lost.
func TestFileIsMoved(t *testing.T) {
	for suffix, says := range map[string]string{"": "not at its path", "-wal": "-wal or -shm", "-shm": "-wal or -shm"} {
		databaseURL := testdb.SQLite(t)
		path := strings.TrimPrefix(databaseURL, "sqlite:")
		r, _ := migrated(t, databaseURL)
		expectWritesAndReads(t, r, "")
		before := countRows(t, r).AuditEvents
		rename(t, path+suffix, path+".elsewhere")
		expectWritesAndReads(t, r, says)
		rename(t, path+".elsewhere", path+suffix)
		expectWritesAndReads(t, r, "")
		if got := countRows(t, open(t, databaseURL, time.Now)).AuditEvents; got != before+1 {
			t.Errorf("%q: there are %d events, want %d", suffix, got, before+1)
		}
	}
}

// TestFileIsReplaced: another database at the path is not what the server has open, and
// is never taken for it, nor is the one to which a symbolic link leads.
func TestFileIsReplaced(t *testing.T) {
	databaseURL, other := testdb.SQLite(t), testdb.SQLite(t)
	path, otherPath := strings.TrimPrefix(databaseURL, "sqlite:"), strings.TrimPrefix(other, "sqlite:")
	testdb.Migrated(t, other)
	r, _ := migrated(t, databaseURL)
	expectWritesAndReads(t, r, "")
	rename(t, path, path+".elsewhere")
	rename(t, otherPath, path)
	for range 3 {
		expectWritesAndReads(t, r, "restart the server")
	}
	rename(t, path, otherPath)
	if err := os.Symlink(otherPath, path); err != nil {
		t.Fatal(err)
	}
	expectWritesAndReads(t, r, "restart the server")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	rename(t, path+".elsewhere", path)
	expectWritesAndReads(t, r, "")
	if got := countRows(t, open(t, other, time.Now)); got != (rows{}) {
		t.Errorf("the other database has %+v", got)
	}
}

// TestDeletedLogIsWrittenBack: if the log of an open database is deleted, what was
// committed is in the database once the server has ended, as the error promises.
func TestDeletedLogIsWrittenBack(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	r, _ := migrated(t, databaseURL)
	if err := audit(t, r); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(strings.TrimPrefix(databaseURL, "sqlite:") + "-wal"); err != nil {
		t.Fatal(err)
	}
	expectWritesAndReads(t, r, "stop the server by SIGTERM")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if got := countRows(t, open(t, databaseURL, time.Now)).AuditEvents; got != 1 {
		t.Errorf("there are %d events, want 1", got)
	}
}

// TestFileIsMovedDuringATransaction: the outcome of a COMMIT into a file that is not at
// the path afterwards is unknown.
func TestFileIsMovedDuringATransaction(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	r, _ := migrated(t, databaseURL)
	err := r.InTx(t.Context(), func(tx *repo.Tx) error {
		defer rename(t, path, path+".elsewhere")
		return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
	})
	if expectStorage(t, "a write", err, "not at its path"); !errors.Is(err, repo.ErrInDoubt) {
		t.Errorf("%v, want ErrInDoubt", err)
	}
}

// TestOtherProcessesKeepTheLog: a process that opens and closes the database leaves the
// log of an idle server where it is.
func TestOtherProcessesKeepTheLog(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	r, _ := migrated(t, databaseURL)
	for range 3 {
		other := open(t, databaseURL, time.Now)
		if err := errors.Join(audit(t, other), other.Close()); err != nil {
			t.Fatal(err)
		}
		expectWritesAndReads(t, r, "")
	}
}

// TestClaim: other processes learn whether the server has the file at the path open.
func TestClaim(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	path := strings.TrimPrefix(databaseURL, "sqlite:")
	r, _ := migrated(t, databaseURL)
	expect := func(what, says string) {
		t.Helper()
		err := repo.CheckClaim(databaseURL)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", what, err, says)
		}
	}
	expect("nobody serves", "")
	release := r.Claim()
	open(t, databaseURL, time.Now).Claim()()
	expect("it is there", "")
	rename(t, path, path+".elsewhere")
	expect("it is not", "put it back")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("another is", "restart the server")
	rename(t, path+".elsewhere", path)
	expect("it is back", "")
	release()
	if _, err := os.Stat(path + ".serving"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the claim is left behind: %v", err)
	}
}
