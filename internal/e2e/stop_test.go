package e2e

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
)

// TestStopFinishesWhatWasAccepted asks the server to stop while sign-ups wait
// for their passwords to be hashed.
func TestStopFinishesWhatWasAccepted(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const queued = 12
		clients := queued + 2*runtime.NumCPU() // as many are hashed at once as there are processors
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

// TestFurtherSignalEndsTheServerAtOnce sends a second signal while sign-ups wait:
// the server ends without finishing them.
func TestFurtherSignalEndsTheServerAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t, testdb.SQLite(t))
	ctx, cancel := context.WithCancel(t.Context())
	const queued = 40
	wait := signUps(ctx, s, queued+10*runtime.NumCPU(), func(string, answer) {})
	defer wait()
	defer cancel()
	eventually(t, "sign-ups wait", func() error {
		if n := s.metric(t, "alta_hash_queue"); n < queued {
			return fmt.Errorf("%d wait", n)
		}
		return nil
	})
	// The server takes a moment to handle the first signal; whatever comes later is a further one.
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

// TestCrashLosesNothingThatWasAnswered kills the server in the middle of sign-ups
// at the app door. After a restart, each that was answered has a session and a
// complete account, and no account is there in part.
func TestCrashLosesNothingThatWasAnswered(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const enough = 10
		clients := 3*enough + 5*runtime.NumCPU()
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
		case <-time.After(patience):
			t.Fatal("the sign-ups are not answered")
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
		// A sign-up that was not answered may have made an account, which then works.
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

// TestHangUpSignalEndsNothing: a closed terminal, or a script that asks for new
// settings, sends SIGHUP. The calls in flight go on, and so does the server.
func TestHangUpSignalEndsNothing(t *testing.T) {
	t.Parallel()
	const clients = 16
	s := start(t, testdb.SQLite(t))
	var created atomic.Int64
	wait := signUps(t.Context(), s, clients, func(email string, a answer) {
		if a.status != 201 {
			t.Errorf("%s: got %d %s, want 201", email, a.status, a.body)
			return
		}
		created.Add(1)
	})
	for range 3 {
		if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	s.awaitLog(t, "SIGHUP is ignored: settings are read at the start; restart the server to change them")
	wait()
	if created.Load() != clients {
		t.Errorf("%d of %d sign-ups were answered", created.Load(), clients)
	}
	s.call(t, 200, "GET", "/readyz", "")
}
