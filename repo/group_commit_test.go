package repo_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

// grouping is a SQLite database whose writer is held, so that transactions queue up.
type grouping struct {
	*repo.Repo
	t       *testing.T
	commits atomic.Int64
	before  atomic.Pointer[func(query string)] // each statement; may be nil
	free    chan struct{}
	results []chan error // of the queued transactions, in their order
}

func startGrouping(t *testing.T) *grouping {
	t.Helper()
	g := &grouping{t: t, free: make(chan struct{})}
	databaseURL := testdb.SQLite(t)
	testdb.Migrated(t, databaseURL)
	g.Repo = mustOpenWatched(t, databaseURL, testkit.NewClock(start).Now, watch{before: func(query string, _ []driver.NamedValue) {
		if query == "COMMIT" {
			g.commits.Add(1)
		}
		if before := g.before.Load(); before != nil {
			(*before)(query)
		}
	}})
	createUser(t, g.Repo, "first@example.com") // prepares statements
	held := make(chan struct{})
	go func() {
		err := g.InTx(context.Background(), func(*repo.Tx) error {
			close(held)
			<-g.free
			return errors.New("nothing to write")
		})
		if err == nil {
			t.Error("the holder has committed")
		}
	}()
	<-held
	return g
}

// queue starts a transaction, and returns when it waits for the writer.
func (g *grouping) queue(ctx context.Context, fn func(*repo.Tx) error) {
	g.t.Helper()
	result, waiting := make(chan error, 1), g.Waiting()
	g.results = append(g.results, result)
	go func() {
		err := errors.New("the goroutine has ended")
		defer func() {
			if recovered := recover(); recovered != nil {
				err = fmt.Errorf("panic: %v", recovered)
			}
			result <- err
		}()
		err = g.InTx(ctx, fn)
	}()
	for g.Waiting() == waiting {
		time.Sleep(time.Millisecond)
	}
}

// queueUsers queues the creation of a user for each address.
func (g *grouping) queueUsers(emails ...string) {
	g.t.Helper()
	for _, email := range emails {
		g.queue(g.t.Context(), creating(g.t.Context(), email))
	}
}

func creating(ctx context.Context, email string) func(*repo.Tx) error {
	return func(tx *repo.Tx) error {
		_, err := tx.CreateUser(ctx, newUser(email))
		return err
	}
}

// release frees the writer, and returns the outcomes in the order of the queue.
func (g *grouping) release() (outcomes []error) {
	g.commits.Store(0)
	close(g.free)
	for _, result := range g.results {
		outcomes = append(outcomes, <-result)
	}
	return outcomes
}

// checkUsers checks that the users exist, and no others.
func (g *grouping) checkUsers(emails ...string) {
	g.t.Helper()
	for _, email := range emails {
		if _, err := g.UserByEmail(g.t.Context(), email); err != nil {
			g.t.Errorf("%s: %v", email, err)
		}
	}
	if got, want := countRows(g.t, g.Repo).Users, len(emails)+1; got != want {
		g.t.Errorf("%d users, want %d", got, want)
	}
}

func TestGroupCommit(t *testing.T) {
	g := startGrouping(t)
	var emails []string
	for i := range 64 {
		emails = append(emails, fmt.Sprintf("user%d@example.com", i))
	}
	g.queueUsers(emails...)
	for i, err := range g.release() {
		if err != nil {
			t.Errorf("%s: %v", emails[i], err)
		}
	}
	g.checkUsers(emails...)
	// A busy machine may need more than one group, since a group is bounded in time.
	if got := g.commits.Load(); got > 32 {
		t.Errorf("%d commits for 64 transactions that waited", got)
	}
}

// TestGroupMembers: what becomes of one member does nothing to the others.
func TestGroupMembers(t *testing.T) {
	g := startGrouping(t)
	own := errors.New("changed my mind")
	create := func(email string, then func() error) {
		g.queue(t.Context(), func(tx *repo.Tx) error {
			if err := creating(t.Context(), email)(tx); err != nil {
				return err
			}
			return then()
		})
	}
	g.queueUsers("ada@example.com")
	create("error@example.com", func() error { return own })
	create("panic@example.com", func() error { panic("out of order") })
	create("exit@example.com", func() error { runtime.Goexit(); return nil })
	g.queueUsers("ada@example.com") // exists only in the group
	running, cancel := context.WithCancel(t.Context())
	g.queue(running, func(tx *repo.Tx) error {
		err := creating(running, "canceled@example.com")(tx)
		cancel()
		return err
	})
	waiting, leave := context.WithCancel(t.Context())
	g.queue(waiting, func(*repo.Tx) error {
		t.Error("a transaction ran whose caller had gone")
		return nil
	})
	leave()
	if err := <-g.results[6]; !errors.Is(err, context.Canceled) || errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("canceled while it waits: %v, want context.Canceled alone", err)
	}
	g.results = g.results[:6]
	g.queueUsers("bob@example.com")
	got := g.release()
	if got[0] != nil || got[1] != own || got[4] != repo.ErrEmailTaken || got[6] != nil {
		t.Errorf("outcomes %v", got)
	}
	if got[2] == nil || got[2].Error() != "panic: out of order" || got[3] == nil || got[3].Error() != "the goroutine has ended" {
		t.Errorf("panic and exit: %v, %v", got[2], got[3])
	}
	if !errors.Is(got[5], context.Canceled) {
		t.Errorf("canceled while it ran: %v", got[5])
	}
	g.checkUsers("ada@example.com", "bob@example.com")
}

// TestGroupCommitFails: nobody is told what rests on writes that were not committed.
func TestGroupCommitFails(t *testing.T) {
	g := startGrouping(t)
	g.queueUsers("ada@example.com", "ada@example.com")
	g.queue(t.Context(), func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `PRAGMA defer_foreign_keys = ON`)
		if err == nil {
			_, err = tx.Exec(t.Context(), `INSERT INTO device_marks (id, user_id, expires_at) VALUES ('mark', 'nobody', 0)`)
		}
		return err
	})
	g.queueUsers("bob@example.com")
	for i, err := range g.release() {
		if err == nil || errors.Is(err, repo.ErrEmailTaken) {
			t.Errorf("%d: %v, want the error of the commit", i, err)
		}
	}
	g.checkUsers()
	createUser(t, g.Repo, "ada@example.com") // the writer is free, without an open transaction
}

// TestGroupLost: if SQLite rolls back the whole transaction at one member, the others
// run again.
func TestGroupLost(t *testing.T) {
	g := startGrouping(t)
	tries := 0
	g.queueUsers("ada@example.com")
	g.queue(t.Context(), func(tx *repo.Tx) error {
		if err := creating(t.Context(), "lost@example.com")(tx); err != nil {
			return err
		}
		if tries++; tries > 1 {
			return nil
		}
		_, err := tx.Exec(t.Context(), `ROLLBACK`)
		return err
	})
	g.queueUsers("bob@example.com")
	for i, err := range g.release() {
		if err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if tries != 2 {
		t.Errorf("the member ran %d times, want 2", tries)
	}
	g.checkUsers("ada@example.com", "lost@example.com", "bob@example.com")
}

// TestGroupDeadline: a member whose deadline ends during the COMMIT does not know the
// outcome, and the COMMIT goes on.
func TestGroupDeadline(t *testing.T) {
	g := startGrouping(t)
	committing, goOn := make(chan struct{}, 1), make(chan struct{})
	stall := func(query string) {
		if query == "COMMIT" {
			committing <- struct{}{}
			<-goOn
		}
	}
	g.before.Store(&stall)
	g.queueUsers("ada@example.com")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second) // enough to get as far as the commit
	defer cancel()
	g.queue(ctx, creating(ctx, "bob@example.com"))
	close(g.free)
	<-committing
	if err := <-g.results[1]; !errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("during the commit: %v, want ErrUnavailable", err)
	}
	close(goOn)
	if err := <-g.results[0]; err != nil {
		t.Error(err)
	}
	g.checkUsers("ada@example.com", "bob@example.com")
}

// TestGroupHangs: if the disk does not answer one member, all of the group are told, in
// the time of that member, and nothing of them is kept.
func TestGroupHangs(t *testing.T) {
	g := startGrouping(t)
	frozen, hangs := make(chan struct{}), atomic.Bool{}
	stall := func(query string) {
		if hangs.Load() && strings.Contains(query, "INSERT INTO users") {
			<-frozen
		}
	}
	g.before.Store(&stall)
	g.queueUsers("ada@example.com")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	g.queue(ctx, func(tx *repo.Tx) error {
		hangs.Store(true)
		return creating(ctx, "bob@example.com")(tx)
	})
	g.queueUsers("cyd@example.com")
	for i, err := range g.release() {
		if !errors.Is(err, repo.ErrStorage) {
			t.Errorf("%d: %v, want ErrStorage", i, err)
		}
	}
	hangs.Store(false)
	close(frozen)
	awaitWrites(t, g.Repo)
	g.checkUsers()
}
