package repo_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lib/pq"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// serializable makes every transaction on the database serializable.
func serializable(t *testing.T, databaseURL string) string {
	t.Helper()
	return withQuery(t, databaseURL, "options", "-c default_transaction_isolation=serializable")
}

// runOverlapping runs two transactions of two steps each. In its first attempt,
// each waits between the steps until the other has got that far. It returns the
// number of attempts in total, and the errors.
func runOverlapping(r *repo.Repo, ctx context.Context, step func(tx *repo.Tx, transaction, step int) error) (tries int64, errs []error) {
	var meet sync.WaitGroup
	meet.Add(2)
	var count atomic.Int64
	errs = atOnce(2, func(i int) error {
		first := true
		return r.InTx(ctx, func(tx *repo.Tx) error {
			count.Add(1)
			if err := step(tx, i, 0); err != nil {
				return err
			}
			if first {
				first = false
				meet.Done()
				meet.Wait()
			}
			return step(tx, i, 1)
		})
	})
	return count.Load(), errs
}

func setFailures(t testing.TB, r *repo.Repo, bucket string, failures int) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO login_failures (bucket, failures, last_at) VALUES ($1, $2, $3)`,
			bucket, failures, tx.Now())
		return err
	})
}

func failures(t testing.TB, r *repo.Repo, bucket string) (n int) {
	t.Helper()
	if err := r.Get(t.Context(), &n, `SELECT failures FROM login_failures WHERE bucket = $1`, bucket); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSerializationFailureIsRetried(t *testing.T) {
	r, _ := migrated(t, serializable(t, testdb.Postgres(t)))
	setFailures(t, r, "a", 0)
	seen := make([]int, 2)
	tries, errs := runOverlapping(r, t.Context(), func(tx *repo.Tx, transaction, step int) error {
		if step == 0 {
			return tx.Get(t.Context(), &seen[transaction], `SELECT failures FROM login_failures WHERE bucket = 'a'`)
		}
		_, err := tx.Exec(t.Context(), `UPDATE login_failures SET failures = $1 WHERE bucket = 'a'`, seen[transaction]+1)
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if tries != 3 {
		t.Errorf("two transactions in conflict took %d tries, want 3", tries)
	}
	if got := failures(t, r, "a"); got != 2 {
		t.Errorf("two increments made %d, want 2", got)
	}
}

func TestSerializableIncrements(t *testing.T) {
	r, _ := migrated(t, serializable(t, testdb.Postgres(t)))
	const n = 16
	errs := atOnce(n, func(int) error {
		return r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, _, err := tx.CountFailure(t.Context(), "a", start.Add(-time.Hour))
			return err
		})
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	if got := failures(t, r, "a"); got != n {
		t.Errorf("%d increments made %d", n, got)
	}
}

func TestDeadlockIsRetried(t *testing.T) {
	r, _ := migrated(t, testdb.Postgres(t))
	buckets := []string{"a", "b"}
	for _, bucket := range buckets {
		setFailures(t, r, bucket, 0)
	}
	var deadlocks atomic.Int64
	tries, errs := runOverlapping(r, t.Context(), func(tx *repo.Tx, transaction, step int) error {
		_, err := tx.Exec(t.Context(), `UPDATE login_failures SET failures = failures + 1 WHERE bucket = $1`,
			buckets[(transaction+step)%2])
		if e, ok := errors.AsType[*pq.Error](err); ok && e.Code == "40P01" {
			deadlocks.Add(1)
		}
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	// On a busy machine the loser may retry before the winner has finished, and
	// lose again.
	if deadlocks.Load() < 1 || tries != deadlocks.Load()+2 {
		t.Errorf("%d tries and %d deadlocks, want at least one deadlock and a try more for each", tries, deadlocks.Load())
	}
	for _, bucket := range buckets {
		if got := failures(t, r, bucket); got != 2 {
			t.Errorf("bucket %s: two increments made %d, want 2", bucket, got)
		}
	}
}

// holdLock takes a lock that blocks every other writer of bucket "a", and on
// SQLite every other writer, until release is called.
func holdLock(t *testing.T, databaseURL string) (release func()) {
	t.Helper()
	r, _ := migrated(t, databaseURL)
	setFailures(t, r, "a", 0)
	held, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- r.InTx(context.WithoutCancel(t.Context()), func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE login_failures SET failures = 10 WHERE bucket = 'a'`)
			close(held)
			<-end
			return err
		})
	}()
	<-held
	release = sync.OnceFunc(func() {
		close(end)
		if err := <-done; err != nil {
			t.Errorf("the holder of the lock: %v", err)
		}
	})
	t.Cleanup(release)
	return release
}

// increment adds 1 to the failures of bucket "a".
func increment(ctx context.Context, r *repo.Repo) error {
	return r.InTx(ctx, func(tx *repo.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE login_failures SET failures = failures + 1 WHERE bucket = 'a'`)
		return err
	})
}

// setNoBusyTimeout makes the writer of an SQLite database return SQLITE_BUSY at
// once.
func setNoBusyTimeout(t *testing.T, r *repo.Repo) {
	t.Helper()
	if _, err := r.Pools()["writer"].ExecContext(t.Context(), `PRAGMA busy_timeout = 0`); err != nil {
		t.Fatal(err)
	}
}

func TestBusyIsRetried(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	release := holdLock(t, databaseURL)
	refused := 0
	r := mustOpenWatched(t, databaseURL, time.Now, watch{after: func(query string, err error) {
		if query == "BEGIN" && err != nil {
			if refused++; refused == 3 {
				release()
			}
		}
	}})
	setNoBusyTimeout(t, r)
	if err := increment(t.Context(), r); err != nil {
		t.Error(err)
	}
	if refused != 3 {
		t.Errorf("refused %d times, want 3", refused)
	}
	if got := failures(t, r, "a"); got != 11 {
		t.Errorf("10 and one increment made %d, want 11", got)
	}
}

func TestBusyWithoutEnd(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	holdLock(t, databaseURL)
	begun := 0
	r := mustOpenWatched(t, databaseURL, time.Now, watch{before: func(query string, _ []driver.NamedValue) {
		if query == "BEGIN" {
			begun++
		}
	}})
	setNoBusyTimeout(t, r)
	if err := increment(t.Context(), r); !errors.Is(err, repo.ErrUnavailable) {
		t.Errorf("InTx = %v, want ErrUnavailable", err)
	}
	if begun != repo.MaxTries {
		t.Errorf("tried %d times, want %d", begun, repo.MaxTries)
	}
}

// TestLockWithoutEnd: a deadline ends the wait for a lock that is never
// released.
func TestLockWithoutEnd(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		release := holdLock(t, databaseURL)
		r := open(t, databaseURL, time.Now)
		if !repo.IsPostgres(databaseURL) {
			setNoBusyTimeout(t, r) // SQLite's own wait ignores the context
		}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if err := increment(ctx, r); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("InTx = %v, want ErrUnavailable", err)
		}
		release()
		if err := increment(t.Context(), r); err != nil {
			t.Errorf("when the lock is gone: %v", err)
		}
		if got := failures(t, r, "a"); got != 11 {
			t.Errorf("10 and one increment made %d, want 11", got)
		}
	})
}
