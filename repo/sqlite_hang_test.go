package repo_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// disk can stand still for statements that contain a text.
type disk struct {
	mu     sync.Mutex
	text   string        // of the statements that hang
	frozen chan struct{} // closed: they do not
	stuck  int           // statements that hang
}

func (d *disk) watch() watch {
	return watch{failBefore: func(query string) error {
		d.mu.Lock()
		frozen, hangs := d.frozen, d.frozen != nil && strings.Contains(query, d.text)
		if hangs {
			d.stuck++
		}
		d.mu.Unlock()
		if hangs {
			<-frozen
		}
		return nil
	}}
}

// freeze makes statements with the text hang until thaw is called.
func (d *disk) freeze(text string) (thaw func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	frozen := make(chan struct{})
	d.text, d.frozen, d.stuck = text, frozen, 0
	return sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.frozen = nil
		close(frozen)
	})
}

func (d *disk) hanging() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stuck
}

// openOnDisk opens a database on a disk that can stand still.
func openOnDisk(t *testing.T) (*disk, *repo.Repo, string) {
	t.Helper()
	d, databaseURL := &disk{}, testdb.SQLite(t)
	testdb.Migrated(t, databaseURL)
	return d, mustOpenWatched(t, databaseURL, time.Now, d.watch()), databaseURL
}

// shortly writes an event with little time, and must end.
func shortly(t *testing.T, r *repo.Repo) error {
	t.Helper()
	return mustEnd(t, "a write", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		return r.InTx(ctx, func(tx *repo.Tx) error {
			return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditLogin, Actor: repo.ActorAnonymous})
		})
	})
}

// TestHangingStatement: a statement that the disk does not answer ends with its time.
// Until the disk is back, all other writes fail at once, without hanging themselves,
// while reads go on. Nothing of the transaction is there afterwards.
func TestHangingStatement(t *testing.T) {
	d, r, databaseURL := openOnDisk(t)
	for _, text := range []string{"BEGIN", "INSERT INTO audit_events"} {
		thaw := d.freeze(text)
		defer thaw()
		expectStorage(t, text, shortly(t, r), "does not answer")
		before := runtime.NumGoroutine()
		for i, err := range atOnce(64, func(int) error { return audit(t, r) }) {
			expectStorage(t, "write "+address(i), err, "does not answer")
		}
		if got := runtime.NumGoroutine(); got > before+8 {
			t.Errorf("%s: there are %d goroutines, and were %d", text, got, before)
		}
		if n := d.hanging(); n != 1 {
			t.Errorf("%s: %d statements hang", text, n)
		}
		expectStorage(t, "a probe", r.ProbeWrite(t.Context()), "does not answer")
		if _, err := r.Plan(t.Context(), repo.PlanFree); err != nil {
			t.Errorf("a read: %v", err)
		}
		thaw()
		awaitWrites(t, r)
	}
	if got := countRows(t, open(t, databaseURL, time.Now)).AuditEvents; got != 0 {
		t.Errorf("%d events are there, want none", got)
	}
}

// awaitWrites waits until probes succeed.
func awaitWrites(t *testing.T, r *repo.Repo) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); r.ProbeWrite(t.Context()) != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the disk is back, and still: %v", r.WriteError())
		}
	}
}

// TestHangingCommit: a COMMIT that takes longer than its caller has time is in doubt,
// and goes on. While it hangs, other writes wait no longer than they have time.
func TestHangingCommit(t *testing.T) {
	d, r, databaseURL := openOnDisk(t)
	thaw := d.freeze("COMMIT")
	defer thaw()
	if err := shortly(t, r); !errors.Is(err, repo.ErrInDoubt) {
		t.Errorf("a COMMIT that hangs: %v, want ErrInDoubt", err)
	}
	for range 3 {
		if err := shortly(t, r); !errors.Is(err, repo.ErrUnavailable) || errors.Is(err, repo.ErrInDoubt) {
			t.Errorf("a write behind it: %v, want ErrUnavailable", err)
		}
	}
	thaw()
	awaitWrites(t, r)
	if got := countRows(t, open(t, databaseURL, time.Now)).AuditEvents; got != 1 {
		t.Errorf("%d events are there, want the one that was in doubt", got)
	}
}

// TestHangingReads: reads that the disk does not answer end with their time, as many as
// there are, and hang on no more connections than the pool has.
func TestHangingReads(t *testing.T) {
	d, r, _ := openOnDisk(t)
	thaw := d.freeze("FROM plans")
	defer thaw()
	for range 2 {
		for _, err := range atOnce(64, func(int) error {
			return mustEnd(t, "a read", func() error {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				_, err := r.Plan(ctx, repo.PlanFree)
				return err
			})
		}) {
			if !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("a read: %v, want ErrUnavailable", err)
			}
		}
	}
	if n := d.hanging(); n < 1 || n > 8 {
		t.Errorf("%d statements hang", n)
	}
	thaw()
	awaitWrites(t, r)
	if _, err := r.Plan(t.Context(), repo.PlanFree); err != nil {
		t.Errorf("a read afterwards: %v", err)
	}
}

// TestTooManyWait: of the writes that wait for a hanging one, only so many may.
func TestTooManyWait(t *testing.T) {
	d, r, _ := openOnDisk(t)
	thaw := d.freeze("COMMIT")
	defer thaw()
	first := make(chan error, 1)
	go func() { first <- audit(t, r) }()
	for d.hanging() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const extra = 100
	answers := make(chan error, repo.MaxWaiting+extra)
	for range cap(answers) {
		go func() { answers <- r.InTx(ctx, func(*repo.Tx) error { return nil }) }()
	}
	for range extra {
		if err := <-answers; !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("a write too many: %v, want ErrUnavailable", err)
		}
	}
	cancel()
	thaw()
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	for range repo.MaxWaiting {
		<-answers
	}
}

// TestRowsAcrossBatches: a query gets all its rows, in order, however many there are.
func TestRowsAcrossBatches(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	for _, n := range []int{0, 1, 15, 16, 17, 143, 144, 145, 1000} {
		var got []int
		err := r.List(t.Context(), &got, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n WHERE i <= $1`, n)
		if err != nil || len(got) != n {
			t.Fatalf("%d rows: got %d, %v", n, len(got), err)
		}
		for i, value := range got {
			if value != i+1 {
				t.Fatalf("%d rows: row %d is %d", n, i, value)
			}
		}
	}
	var none []int
	if err := r.List(t.Context(), &none, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT json('x' || i) FROM n WHERE i > 500`); err == nil {
		t.Error("a row that cannot be read is no error")
	}
}
