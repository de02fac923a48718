package repo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestFirstReadAtOnce: concurrent first reads meet while the statement is
// prepared, and all of them succeed.
func TestFirstReadAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		seed, c := migrated(t, databaseURL)
		user := createUser(t, seed, "ada@example.com")
		r := open(t, databaseURL, c.Now)
		errs := atOnce(64, func(int) error {
			got, err := r.UserByEmail(t.Context(), user.Email)
			if err == nil && got.ID != user.ID {
				return errors.New("somebody else was found")
			}
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

// TestFirstReadWithDeadline: while the first read of a kind waits for a
// connection, another with a deadline waits no longer than that.
func TestFirstReadWithDeadline(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		pool, ok := r.Pools()["reader"]
		if !ok {
			pool = r.Pools()["main"]
		}
		for range pool.Stats().MaxOpenConnections {
			conn, err := pool.Connx(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		patient, stop := context.WithCancel(t.Context())
		defer stop()
		read := func(ctx context.Context) <-chan error {
			done := make(chan error, 1)
			go func() {
				_, err := r.UserByEmail(ctx, "ada@example.com")
				done <- err
			}()
			return done
		}
		before := pool.Stats().WaitCount
		first := read(patient)
		for pool.Stats().WaitCount == before {
			time.Sleep(time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		second := read(ctx)
		select {
		case err := <-second:
			if !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("UserByEmail: %v, want ErrUnavailable", err)
			}
		case <-time.After(5 * time.Second): // it would wait for ever without the test
			t.Error("UserByEmail waits on after its deadline")
			stop()
			<-second
		}
		stop()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the first read: %v, want context.Canceled", err)
		}
	})
}
