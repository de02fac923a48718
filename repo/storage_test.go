package repo_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// refusing are ways in which a storage refuses writes, with what the error says. begin
// makes it refuse them, until mend is called.
var refusing = []struct {
	name  string
	says  string
	tells bool // any write fails
	setUp func(t *testing.T) (r *repo.Repo, begin func() (mend func()))
}{
	{"full disk", "full", false, func(t *testing.T) (*repo.Repo, func() func()) {
		disk := testkit.NewDisk(t, 4<<20)
		r, _ := migrated(t, "sqlite:"+filepath.Join(disk.Dir, "alta.db"))
		return r, disk.Fill
	}},
	{"full file", "full", false, func(t *testing.T) (*repo.Repo, func() func()) {
		r, _ := migrated(t, testdb.SQLite(t))
		return r, func() func() {
			setWriter(t, r, "PRAGMA max_page_count = 1")
			return func() { setWriter(t, r, "PRAGMA max_page_count = 1000000") }
		}
	}},
	{"read-only file", "readonly", true, func(t *testing.T) (*repo.Repo, func() func()) {
		r, _ := migrated(t, testdb.SQLite(t))
		return r, func() func() {
			setWriter(t, r, "PRAGMA query_only = 1")
			return func() { setWriter(t, r, "PRAGMA query_only = 0") }
		}
	}},
	{"full server", "no space", true, func(t *testing.T) (*repo.Repo, func() func()) {
		databaseURL := testdb.Postgres(t)
		r, _ := migrated(t, databaseURL)
		operator := testdb.Connect(t, databaseURL)
		operator.MustExec(`CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$`)
		tables := []string{"audit_events", "storage_probe"}
		return r, func() func() {
			for _, table := range tables { // one of them at COMMIT
				operator.MustExec(`CREATE CONSTRAINT TRIGGER full_disk AFTER INSERT OR UPDATE ON ` + table + ` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fill()`)
			}
			return func() {
				for _, table := range tables {
					operator.MustExec(`DROP TRIGGER full_disk ON ` + table)
				}
			}
		}
	}},
}

// setWriter runs a statement on the connection that writes.
func setWriter(t *testing.T, r *repo.Repo, statement string) {
	t.Helper()
	if _, err := r.Pools()["writer"].ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// fillUp writes until that fails, and returns the number of events that are there, and
// the error.
func fillUp(t *testing.T, r *repo.Repo) (events int, err error) {
	t.Helper()
	for err == nil && events < 100_000 {
		events++
		err = r.InTx(t.Context(), func(tx *repo.Tx) error {
			return tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous, Detail: strings.Repeat("x", 4000)})
		})
	}
	return countRows(t, r).AuditEvents, err
}

// TestStorageRefusesWrites: writes fail as such and without doubt, after one attempt;
// reads go on; probes know; and all is well when the storage takes writes again.
func TestStorageRefusesWrites(t *testing.T) {
	for _, how := range refusing {
		t.Run(how.name, func(t *testing.T) {
			r, begin := how.setUp(t)
			if err := r.ProbeWrite(t.Context()); err != nil {
				t.Fatal(err)
			}
			mend := begin()
			events, err := fillUp(t, r)
			expectStorage(t, "a write", err, how.says)
			if errors.Is(err, repo.ErrInDoubt) {
				t.Errorf("in doubt: %v", err)
			}
			tries := 0
			_ = r.InTx(t.Context(), func(tx *repo.Tx) error {
				tries++
				return errors.Join(tx.Audit(t.Context(), repo.AuditEvent{Kind: repo.AuditLogin, Detail: strings.Repeat("x", 1<<16)}), errors.New("no more"))
			})
			if tries > 1 {
				t.Errorf("%d attempts", tries)
			}
			if how.tells { // on the others, a small write may still find a place
				expectStorage(t, "a probe", r.ProbeWrite(t.Context()), how.says)
			}
			if got := countRows(t, r).AuditEvents; got != events {
				t.Errorf("there are %d events, want %d", got, events)
			}
			mend()
			expectStorage(t, "a probe afterwards", r.ProbeWrite(t.Context()), "")
			expectStorage(t, "a write afterwards", audit(t, r), "")
			expectStorage(t, "what the probe found", r.WriteError(), "")
		})
	}
}

// TestCodesOfPostgres: which errors of the server mean that the storage takes no writes.
func TestCodesOfPostgres(t *testing.T) {
	r, _ := migrated(t, testdb.Postgres(t))
	for code, want := range map[string]struct{ storage, unavailable bool }{
		"25006": {true, true}, "0A000": {true, true}, "53100": {true, true}, "58030": {true, true},
		"53300": {false, true}, "57P03": {false, true}, "40001": {false, true}, "23514": {false, false},
	} {
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `DO $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '`+code+`'; END $$`)
			return err
		})
		if err == nil || errors.Is(err, repo.ErrStorage) != want.storage || errors.Is(err, repo.ErrUnavailable) != want.unavailable {
			t.Errorf("%s: %v, want %+v", code, err, want)
		}
	}
}

// TestWatchHealth: a write that fails makes the next probe come soon, and the storage
// counts as well again by itself.
func TestWatchHealth(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	found, ended := make(chan error, 100), make(chan struct{})
	go func() {
		defer close(ended)
		r.WatchHealth(ctx, func(err error) { found <- err })
	}()
	await := func(what string, says string) {
		t.Helper()
		for deadline := time.After(time.Minute); ; {
			select {
			case err := <-found:
				if (err == nil) != (says == "") {
					continue
				}
				expectStorage(t, what, err, says)
				expectStorage(t, what, r.WriteError(), says)
				return
			case <-deadline:
				t.Fatalf("%s: no probe", what)
			}
		}
	}
	await("at the start", "")
	setWriter(t, r, "PRAGMA query_only = 1")
	expectStorage(t, "a write", audit(t, r), "readonly")
	await("after a write that failed", "readonly")
	setWriter(t, r, "PRAGMA query_only = 0")
	await("when it works again", "")
	cancel()
	<-ended
}

// TestProbeOfALockedDatabase: another process that writes is no failure of the storage.
func TestProbeOfALockedDatabase(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	r, _ := migrated(t, databaseURL)
	other := testdb.Connect(t, databaseURL)
	other.SetMaxOpenConns(1)
	other.MustExec("BEGIN IMMEDIATE")
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	if err := r.ProbeWrite(ctx); err != nil {
		t.Errorf("a probe of a locked database: %v", err)
	}
	other.MustExec("ROLLBACK")
}
