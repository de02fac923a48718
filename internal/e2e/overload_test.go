package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"example.com/alta/internal/testdb"
)

// flood logs in to unknown addresses, again and again, until it is stopped.
func flood(t *testing.T, s *server, clients int) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				email := fmt.Sprintf("nobody%d.%d@example.com", i, n)
				a, err := s.try(ctx, "POST", "/api/auth/login", credentials(email, "wrong password"))
				switch {
				case err != nil && ctx.Err() == nil:
					t.Errorf("flood: %v", err)
				case err == nil && a.status == 503:
					checkBusy(t, a)
				case err == nil && a.status != 401:
					t.Errorf("flood: got %d %s, want 401 or 503", a.status, a.body)
				}
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// TestOverloadIsNotHeldAgainstAnybody floods a server that has a short queue. Wrong
// passwords that it has no time to compare do not lock an address.
func TestOverloadIsNotHeldAgainstAnybody(t *testing.T) {
	s := start(t, testdb.SQLite(t), "--hash-queue", "2")
	const victims, enough = 3, 8
	var tokens []string
	for i := range victims {
		tokens = append(tokens, s.register(t, fmt.Sprintf("victim%d@example.com", i)))
	}
	stop := flood(t, s, 24)
	defer stop()
	for i := range victims {
		busy := 0
		for wrong := 0; busy < enough && wrong < 4; { // the fifth would lock
			a, err := s.try(t.Context(), "POST", "/api/auth/login", credentials(fmt.Sprintf("victim%d@example.com", i), "wrong password"))
			if err != nil {
				t.Fatal(err)
			}
			switch a.status {
			case 503:
				checkBusy(t, a)
				busy++
			case 401:
				wrong++
			default:
				t.Fatalf("got %d %s, want 401 or 503", a.status, a.body)
			}
		}
		if busy == 0 {
			t.Errorf("victim %d: the server was never busy", i)
		}
	}
	// Sessions work as before.
	for i, token := range tokens {
		s.checkSession(t, fmt.Sprintf("victim%d@example.com", i), token)
	}
	s.call(t, 200, "GET", "/readyz", "")
	stop()
	for i := range victims {
		// The last passwords of the flood may still be in the queue.
		eventually(t, "the server is less busy", func() error {
			a, err := s.try(t.Context(), "POST", "/api/auth/login", credentials(fmt.Sprintf("victim%d@example.com", i), password))
			if err != nil || a.status == 503 {
				return fmt.Errorf("got %d (%w)", a.status, err)
			}
			if a.status != 200 {
				t.Fatalf("victim %d, right password: got %d %s, want 200", i, a.status, a.body)
			}
			return nil
		})
	}
}

// TestLockTakesFiveJudgedFailures makes five attempts at one address at once,
// one more than the server has time for: it judges four, which do not lock.
func TestLockTakesFiveJudgedFailures(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		s := start(t, databaseURL, "--hash-queue", "1")
		for i := range 4 {
			email := fmt.Sprintf("user%d@example.com", i)
			s.register(t, email)
			statuses := make([]int, 5)
			var all sync.WaitGroup
			for j := range statuses {
				all.Go(func() {
					a, err := s.try(t.Context(), "POST", "/api/auth/login", credentials(email, "wrong password"))
					if err != nil {
						t.Error(err)
					}
					statuses[j] = a.status
				})
			}
			all.Wait()
			judged := 0
			for _, status := range statuses {
				if status == 401 {
					judged++
				}
			}
			if judged == len(statuses) {
				continue // the server had time for all
			}
			a, err := s.try(t.Context(), "POST", "/api/auth/login", credentials(email, password))
			if err != nil || a.status != 200 {
				t.Errorf("answered %v; then the right password got %d %s (%v), want 200", statuses, a.status, a.body, err)
			}
		}
	})
}

// TestOverloadedSignUpsLeaveNothing makes more sign-ups than the server has time
// for: those that it refuses leave nothing.
func TestOverloadedSignUpsLeaveNothing(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL, "--hash-queue", "2")
	created, busy := map[string]bool{}, 0
	signUps(t.Context(), s, 40, func(email string, a answer) {
		switch a.status {
		case 201:
			created[email] = true
		case 503:
			checkBusy(t, a)
			busy++
		default:
			t.Errorf("%s: got %d %s, want 201 or 503", email, a.status, a.body)
		}
	})()
	if len(created) == 0 || busy == 0 || len(created)+busy != 40 {
		t.Errorf("%d were signed up and %d refused, want some of both and 40 in all", len(created), busy)
	}
	db := testdb.Connect(t, databaseURL)
	checkWhole(t, db)
	if users := emails(t, db); len(users) != len(created) {
		t.Errorf("there are %d users, want %d", len(users), len(created))
	}
}
