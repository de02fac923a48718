package repo_test

import (
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// countLoginFailure counts a log-in in the bucket and locks the bucket if the
// count asks for it, as a log-in does before it checks the password.
func countLoginFailure(t *testing.T, r *repo.Repo, bucket string) (failures int, lockedUntil time.Time, err error) {
	err = r.InTx(t.Context(), func(tx *repo.Tx) (err error) {
		failures, lockedUntil, err = tx.CountFailure(t.Context(), bucket, tx.Now().Add(-identity.FailureMemory))
		if err != nil || failures == 0 {
			return err
		}
		if lock := identity.LockAfter(failures); lock != 0 {
			return tx.LockBucket(t.Context(), bucket, tx.Now().Add(lock))
		}
		return nil
	})
	return failures, lockedUntil, err
}

// wantCounted makes an attempt that must count as the n-th failure in a row.
func wantCounted(t *testing.T, r *repo.Repo, bucket string, n int) {
	t.Helper()
	got, until, err := countLoginFailure(t, r, bucket)
	if got != n || !until.IsZero() || err != nil {
		t.Errorf("attempt at %q = %d, %v, %v; want it counted as %d", bucket, got, until, err, n)
	}
}

// wantLocked makes an attempt that must be refused because of a lock.
func wantLocked(t *testing.T, r *repo.Repo, bucket string, want time.Time) {
	t.Helper()
	got, until, err := countLoginFailure(t, r, bucket)
	if got != 0 || !until.Equal(want) || err != nil {
		t.Errorf("attempt at %q = %d, %v, %v; want it refused until %v", bucket, got, until, err, want)
	}
}

func TestAttemptsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		const n = 64
		counts, untils := make([]int, n), make([]time.Time, n)
		errs := atOnce(n, func(i int) (err error) {
			counts[i], untils[i], err = countLoginFailure(t, r, "a")
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		seen := map[int]int{} // number of attempts by the count that they got
		for i, count := range counts {
			seen[count]++
			if count == 0 && !untils[i].Equal(start.Add(time.Minute)) {
				t.Errorf("refused until %v, want a minute", untils[i])
			}
		}
		for count, want := range map[int]int{0: 59, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1} {
			if seen[count] != want {
				t.Errorf("%d attempts were counted as %d, want %d", seen[count], count, want)
			}
		}
		c.Advance(time.Minute)
		wantCounted(t, r, "a", 6)
	})
}

func TestAttemptLadder(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		for n := 1; n <= 26; n++ {
			wantCounted(t, r, "a", n)
			lock := identity.LockAfter(n)
			if lock == 0 {
				continue
			}
			until := c.Now().Add(lock)
			wantLocked(t, r, "a", until)
			c.Set(until.Add(-time.Microsecond))
			wantLocked(t, r, "a", until)
			c.Set(until)
		}
		wantCounted(t, r, "another", 1)
	})
}

func TestFailuresAreForgotten(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		wantCounted(t, r, "a", 1)
		wantCounted(t, r, "a", 2)
		c.Advance(identity.FailureMemory)
		wantCounted(t, r, "a", 3)
		c.Advance(identity.FailureMemory + time.Microsecond)
		wantCounted(t, r, "a", 1)
		wantCounted(t, r, "a", 2)
	})
}

func TestForgetFailures(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		for _, bucket := range []string{"a", "b", "c"} {
			wantCounted(t, r, bucket, 1)
		}
		for n := 2; n <= 5; n++ {
			wantCounted(t, r, "a", n)
		}
		wantLocked(t, r, "a", start.Add(time.Minute))
		forget := func(buckets ...string) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error { return tx.ForgetFailures(t.Context(), buckets...) })
		}
		forget()
		forget("a", "b", "unknown")
		wantCounted(t, r, "a", 1)
		wantCounted(t, r, "b", 1)
		wantCounted(t, r, "c", 2)
	})
}

func TestWithdrawFailure(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		withdraw := func(bucket string) {
			t.Helper()
			write(t, r, func(tx *repo.Tx) error { return tx.WithdrawFailure(t.Context(), bucket) })
		}
		withdraw("a") // there is nothing to take back
		wantCounted(t, r, "a", 1)
		withdraw("a")
		withdraw("a") // nothing is left to take back
		wantCounted(t, r, "a", 1)
		for n := 2; n <= 5; n++ {
			wantCounted(t, r, "a", n)
			wantCounted(t, r, "b", n-1)
		}
		wantCounted(t, r, "b", 5)
		wantLocked(t, r, "a", start.Add(time.Minute))
		// Without the failure that is taken back there are four, and no lock.
		withdraw("a")
		wantCounted(t, r, "a", 5)
		wantLocked(t, r, "a", start.Add(time.Minute))
		wantLocked(t, r, "b", start.Add(time.Minute))
	})
}

// TestInheritFailures: a bucket takes over the larger count and the longer lock of its
// older name, as often as that is done, and leaves the older name as it is.
func TestInheritFailures(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		inherit := func(bucket, other string) {
			t.Helper()
			errs := atOnce(64, func(int) error {
				return r.InTx(t.Context(), func(tx *repo.Tx) error {
					return tx.InheritFailures(t.Context(), bucket, other, tx.Now().Add(-identity.FailureMemory))
				})
			})
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
		}
		inherit("new", "old") // there is nothing to take over
		for n := 1; n <= 3; n++ {
			wantCounted(t, r, "old", n)
		}
		inherit("new", "old")
		wantCounted(t, r, "new", 4)
		inherit("new", "old")
		wantCounted(t, r, "old", 4) // as another server may count
		inherit("new", "old")
		wantCounted(t, r, "old", 5)
		short := c.Now().Add(identity.LockAfter(5))
		inherit("new", "old")
		wantLocked(t, r, "new", short)
		wantLocked(t, r, "old", short)

		c.Set(short)
		for n := 6; n <= 10; n++ {
			inherit("new", "old") // whose lock is over
			wantCounted(t, r, "new", n)
		}
		long := c.Now().Add(identity.LockAfter(10))
		inherit("new", "old")
		wantLocked(t, r, "new", long)
		wantCounted(t, r, "old", 6)
		inherit("another", "new")
		wantLocked(t, r, "another", long)

		c.Advance(identity.FailureMemory)
		wantCounted(t, r, "fresh", 1)
		inherit("fresh", "new") // on the edge
		wantCounted(t, r, "fresh", 11)
		c.Advance(time.Microsecond)
		wantCounted(t, r, "later", 1)
		inherit("later", "another")
		wantCounted(t, r, "later", 2)
		inherit("another", "later") // which has forgotten
		wantCounted(t, r, "another", 3)
	})
}
