package e2e

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"example.com/alta/internal/testdb"
)

// signUps makes n sign-ups at once and tells answered of each whole answer,
// one at a time.
func signUps(ctx context.Context, s *server, n int, answered func(email string, a answer)) (wait func()) {
	var all sync.WaitGroup
	var one sync.Mutex
	for i := range n {
		all.Go(func() {
			email := fmt.Sprintf("user%d@example.com", i)
			a, err := s.try(ctx, "POST", "/api/auth/register", registration(email, password))
			if err != nil {
				return
			}
			one.Lock()
			defer one.Unlock()
			answered(email, a)
		})
	}
	return all.Wait
}

// metric returns the value of a series.
func (s *server) metric(t *testing.T, series string) int {
	t.Helper()
	body := s.call(t, 200, "GET", "/metrics", "").body
	match := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (\d+)$`).FindStringSubmatch(body)
	if match == nil {
		return 0
	}
	n, err := strconv.Atoi(match[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestStopFinishesWhatWasAccepted asks the server to stop while sign-ups wait
// for their passwords to be hashed.
func TestStopFinishesWhatWasAccepted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const clients, queued = 60, 40
		s := start(t, databaseURL)
		tokens := map[string]string{}
		wait := signUps(t.Context(), s, clients, func(email string, a answer) {
			if a.status != 201 {
				t.Errorf("%s: got %d %s, want 201", email, a.status, a.body)
				return
			}
			tokens[email] = a.token(t)
		})
		eventually(t, "sign-ups wait", func() error {
			if n := s.metric(t, "alta_hash_queue"); n < queued {
				return fmt.Errorf("%d wait", n)
			}
			return nil
		})
		s.terminate(t)
		wait()
		if len(tokens) < queued {
			t.Errorf("%d sign-ups were answered, and %d had been accepted", len(tokens), queued)
		}
		if _, ok := s.logged("stopped"); !ok {
			t.Error("the log does not say that the server has stopped")
		}

		db := testdb.Connect(t, databaseURL)
		checkWhole(t, db)
		users := emails(t, db)
		for email := range tokens {
			if !users[email] {
				t.Errorf("%s was answered 201 and is not in the database", email)
			}
		}
		if len(users) != len(tokens) {
			t.Errorf("there are %d users, and %d sign-ups were answered", len(users), len(tokens))
		}
		restarted := start(t, databaseURL)
		for email, token := range tokens {
			restarted.checkSession(t, email, token)
		}
	})
}

// TestFurtherSignalEndsTheServerAtOnce is for operators who cannot wait.
func TestFurtherSignalEndsTheServerAtOnce(t *testing.T) {
	s := start(t, testdb.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	wait := signUps(ctx, s, 200, func(string, answer) {})
	defer wait()
	defer cancel()
	eventually(t, "sign-ups wait", func() error {
		if n := s.metric(t, "alta_hash_queue"); n < 150 {
			return fmt.Errorf("%d wait", n)
		}
		return nil
	})
	// The first signal takes a moment to be taken in, so this operator insists.
	eventually(t, "the server ends", func() error {
		select {
		case <-s.exited:
			return nil
		default:
			_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended just now
			return errors.New("it goes on")
		}
	})
	if _, ok := s.logged("stopped"); ok {
		t.Error("no further signal was heeded: the server finished all calls")
	}
}

// TestCrashLosesNothingThatWasAnswered kills the server in the middle of
// sign-ups and looks for them after a restart.
func TestCrashLosesNothingThatWasAnswered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		const clients, enough = 200, 30
		s := start(t, databaseURL)
		tokens := map[string]string{}
		var answers atomic.Int32
		reached := make(chan struct{})
		wait := signUps(t.Context(), s, clients, func(email string, a answer) {
			if a.status != 201 {
				t.Errorf("%s: got %d %s, want 201", email, a.status, a.body)
				return
			}
			tokens[email] = a.token(t)
			if answers.Add(1) == enough {
				close(reached)
			}
		})
		select {
		case <-reached:
		case <-s.exited:
			t.Fatal("the server ended by itself")
		}
		s.kill()
		wait()
		if len(tokens) == clients {
			t.Error("all sign-ups were answered: the crash came too late to show anything")
		}

		restarted := start(t, databaseURL)
		db := testdb.Connect(t, databaseURL)
		checkWhole(t, db)
		users := emails(t, db)
		for email, token := range tokens {
			if !users[email] {
				t.Errorf("%s was answered 201 and is not in the database", email)
				continue
			}
			restarted.checkSession(t, email, token)
			again := restarted.call(t, 200, "POST", "/api/auth/login", credentials(email, password))
			restarted.checkSession(t, email, again.token(t))
		}
		// Those who were not answered try again, and either have an account or get one.
		for i := range clients {
			email := fmt.Sprintf("user%d@example.com", i)
			if users[email] && tokens[email] == "" {
				restarted.call(t, 200, "POST", "/api/auth/login", credentials(email, password))
			}
		}
		restarted.register(t, "after@example.com")
		checkWhole(t, db)
	})
}
