package repo_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// crowd is how many transactions of one user wait in these tests.
const crowd = 64

// holdUsers locks the users' rows in another process, and returns the function that lets
// them go.
func holdUsers(t *testing.T, databaseURL string, users ...repo.User) (release func()) {
	t.Helper()
	other := open(t, databaseURL, time.Now)
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- other.InTx(context.Background(), func(tx *repo.Tx) error {
			for _, user := range users {
				if _, err := tx.LockWorkspace(context.Background(), user.ID); err != nil {
					return err
				}
			}
			close(held)
			<-end
			return nil
		})
	}()
	select {
	case <-held:
	case err := <-ended:
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		close(end)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release)
	return release
}

// touchUser does what each write of a user's money does: it locks the user's row.
func touchUser(ctx context.Context, r *repo.Repo, id uuid.UUID) error {
	return r.InTx(repo.ForUser(ctx, id), func(tx *repo.Tx) error {
		_, err := tx.LockWorkspace(ctx, id)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, repo.AuditEvent{Kind: repo.AuditLogin, Actor: id.String(), UserID: &id})
	})
}

// awaitQueue waits until the transactions of so many users run or wait.
func awaitQueue(t *testing.T, r *repo.Repo, transactions, users int) {
	t.Helper()
	await(t, func() bool {
		n, of := r.Queued()
		return n == transactions && of == users
	})
}

// patience is how long a test waits for what must come about.
const patience = time.Minute

func await(t *testing.T, isSo func() bool) {
	t.Helper()
	for begin := time.Now(); !isSo(); time.Sleep(time.Millisecond) {
		if time.Since(begin) > patience {
			t.Fatal("it did not come about")
		}
	}
}

func inUse(r *repo.Repo) int { return r.Pools()["main"].Stats().InUse }

// One user, and twenty others, whose rows are locked, have more transactions waiting than
// there are connections. Everybody else reads and writes meanwhile.
func TestLockedUsersLeaveConnections(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	r, _ := migrated(t, databaseURL)
	users := make([]repo.User, 22)
	for i := range users {
		users[i] = createUser(t, r, address(i))
	}
	free, busy, others := users[0], users[1], users[2:]
	release := holdUsers(t, databaseURL, users[1:]...)

	var running sync.WaitGroup
	var written, failed atomic.Int64
	post := func(user repo.User, times int) {
		for range times {
			running.Go(func() {
				if err := touchUser(context.Background(), r, user.ID); err != nil {
					failed.Add(1)
					t.Error(err)
				}
				written.Add(1)
			})
		}
	}
	post(busy, crowd)
	awaitQueue(t, r, crowd, 1)
	for range 100 {
		if n := inUse(r); n > repo.DefaultConns/4 {
			t.Fatalf("transactions of one user hold %d of %d connections", n, repo.DefaultConns)
		}
	}
	for _, user := range others {
		post(user, 4)
	}
	awaitQueue(t, r, crowd+4*len(others), 1+len(others))
	for _, err := range atOnce(crowd, func(i int) error {
		if n := inUse(r); n > repo.DefaultConns {
			t.Errorf("%d connections", n)
		}
		if _, err := r.Accounts(t.Context(), free.ID); err != nil {
			return err
		}
		return touchUser(t.Context(), r, free.ID)
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if err := signUp(t.Context(), r, "new@example.com"); err != nil { // by nobody who is known
		t.Error(err)
	}
	if n := written.Load(); n > 0 {
		t.Errorf("%d transactions of locked users have ended", n)
	}
	release()
	running.Wait()
	if n := written.Load(); failed.Load() > 0 || n != crowd+4*int64(len(others)) {
		t.Errorf("%d transactions of locked users have been written, and %d failed", n, failed.Load())
	}
	assertIdle(t, r)
	if n := queryInt(t, r, `SELECT COUNT(*) FROM audit_events WHERE user_id = $1 AND kind = 'login'`, busy.ID.String()); n != crowd {
		t.Errorf("%d rows of %d transactions", n, crowd)
	}
}

// assertIdle checks that nothing waits, and that no connection is taken.
func assertIdle(t *testing.T, r *repo.Repo) {
	t.Helper()
	awaitQueue(t, r, 0, 0)
	await(t, func() bool {
		for _, pool := range r.Pools() {
			if pool.Stats().InUse > 0 {
				return false
			}
		}
		return true
	})
}

// A transaction whose time ends while it waits fails, and leaves nothing behind.
func TestWaitsForLockedUserEnd(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	r, _ := migrated(t, databaseURL)
	user := createUser(t, r, address(0))
	release := holdUsers(t, databaseURL, user)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	for _, err := range atOnce(crowd, func(int) error { return touchUser(ctx, r, user.ID) }) {
		if !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	}
	assertIdle(t, r)
	release()
	if err := touchUser(t.Context(), r, user.ID); err != nil {
		t.Error(err)
	}
	assertIdle(t, r)
}

// A user's transaction waits for those of another one that run, not for those that wait.
func TestUsersTakeTurns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		busy, other := createUser(t, r, address(0)), createUser(t, r, address(1))
		proceed := make(chan struct{})
		var mu sync.Mutex
		var order []uuid.UUID
		var running sync.WaitGroup
		write := func(user repo.User) {
			running.Go(func() {
				err := r.InTx(repo.ForUser(t.Context(), user.ID), func(tx *repo.Tx) error {
					if user.ID == busy.ID {
						<-proceed
					}
					_, err := tx.LockWorkspace(t.Context(), user.ID)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, user.ID)
			})
		}
		for i := range crowd {
			write(busy)
			awaitQueue(t, r, i+1, 1)
		}
		write(other)
		await(t, func() bool {
			_, users := r.Queued()
			mu.Lock()
			defer mu.Unlock()
			if repo.IsPostgres(databaseURL) {
				return len(order) > 0 // it need not wait at all
			}
			return users == 2
		})
		close(proceed)
		running.Wait()
		ahead := 1
		if !repo.IsPostgres(databaseURL) {
			ahead = repo.UserGroup // they share a commit
		}
		for i, id := range order {
			if id == other.ID && i > ahead+1 {
				t.Errorf("the other user's transaction was number %d", i+1)
			}
		}
		if len(order) != crowd+1 {
			t.Errorf("%d transactions have ended", len(order))
		}
		assertIdle(t, r)
	})
}

// One user's transactions run in the order in which they were begun.
func TestTransactionsKeepOrder(t *testing.T) {
	r, _ := migrated(t, testdb.SQLite(t))
	user := createUser(t, r, address(0))
	proceed := make(chan struct{})
	var order []int // the database has one writer
	var running sync.WaitGroup
	for i := range crowd {
		running.Go(func() {
			err := r.InTx(repo.ForUser(t.Context(), user.ID), func(*repo.Tx) error {
				<-proceed
				order = append(order, i)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		awaitQueue(t, r, i+1, 1)
	}
	close(proceed)
	running.Wait()
	for i, n := range order {
		if n-i >= repo.UserGroup || i-n >= repo.UserGroup { // those that wake together may overtake each other
			t.Fatalf("order: %v", order)
		}
	}
}
