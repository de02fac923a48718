package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// holdUsers locks the users' rows in another process, and returns the function that lets
// them go.
func holdUsers(t *testing.T, databaseURL string, ids ...uuid.UUID) (release func()) {
	t.Helper()
	other := must(repo.Open(context.Background(), databaseURL, time.Now))
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- other.InTx(context.Background(), func(tx *repo.Tx) error {
			for _, id := range ids {
				if _, err := tx.LockWorkspace(context.Background(), id); err != nil {
					return err
				}
			}
			close(held)
			<-end
			return nil
		})
	}()
	<-held
	release = sync.OnceFunc(func() {
		close(end)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		release()
		other.Close()
	})
	return release
}

// awaitWrites waits until so many writes of users run or wait.
func (h *harness) awaitWrites(n int) {
	h.t.Helper()
	for begin := time.Now(); h.repo.WriteQueue() != n; time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			h.t.Fatalf("%d writes wait, want %d", h.repo.WriteQueue(), n)
		}
	}
}

// posts returns a request for a new transaction of the customer: by session, by API key
// and with an Idempotency-Key in turn.
func (h *harness) posts(c customer) func(i int) *http.Request {
	body := fmt.Sprintf(`{"type":"INCOME","amount":1,"accountId":%q}`, must(h.repo.Accounts(h.t.Context(), c.id))[0].ID)
	return func(i int) *http.Request {
		headers := [][]string{{c.session}, {c.key}, {c.session, withKey(fmt.Sprintf("post-%d", i))}, {c.key, withKey(fmt.Sprintf("post-%d", i))}}[i%4]
		return request("POST", "/api/transactions", body, headers...)
	}
}

// TestLockedUsersStopNobody: while another process has the rows of users locked, who
// make many more calls than there are connections, everybody else reads, writes, logs in
// and is charged.
func TestLockedUsersStopNobody(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	h := start(t, databaseURL)
	free := h.customer("free@example.com")
	locked := make([]customer, 21)
	ids := make([]uuid.UUID, len(locked))
	for i := range locked {
		locked[i] = h.customer(fmt.Sprintf("locked%02d@example.com", i))
		ids[i] = locked[i].id
	}
	release := holdUsers(t, databaseURL, ids...)
	var done atomic.Int64
	var running sync.WaitGroup
	var answers [][]*response
	waiting := func(n int, call func(i int) *http.Request) {
		i := len(answers)
		answers = append(answers, nil)
		running.Go(func() {
			got := h.together(n, call)
			done.Add(int64(n))
			answers[i] = got
		})
	}
	waiting(clients, h.posts(locked[0]))
	waiting(4, func(int) *http.Request {
		return request("POST", "/api/auth/login", credentials(locked[0].email, password))
	})
	for _, c := range locked[1:] {
		waiting(4, h.posts(c))
	}
	h.awaitWrites(clients + 4 + 4*len(locked[1:]))

	for name, call := range map[string]func(i int) *http.Request{
		"reads":         func(int) *http.Request { return request("GET", "/api/accounts", "", free.session) },
		"charged reads": func(int) *http.Request { return request("GET", sandbox, "", free.key) },
		"writes":        h.posts(free),
		"log-ins": func(int) *http.Request {
			return request("POST", "/api/auth/login", credentials(free.email, password))
		},
	} {
		for status, n := range statuses(h.together(8, call)) {
			if status != 200 && status != 201 {
				t.Errorf("%s: %d of 8 got status %d", name, n, status)
			}
		}
	}
	if n := done.Load(); n > 0 {
		t.Errorf("%d calls of locked users have ended", n)
	}
	release()
	running.Wait()
	got := statuses(slices.Concat(answers...))
	if diff := cmp.Diff(map[int]int{200: 4, 201: clients + 4*len(locked[1:])}, got); diff != "" {
		t.Errorf("answers of locked users (-want +got):\n%s", diff)
	}
	h.awaitWrites(0)
}

// TestLockedUserTimesOut: a call whose time ends while its user's row is locked is answered
// with 503, and can be repeated.
func TestLockedUserTimesOut(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	h := start(t, databaseURL)
	ada := h.customer("ada@example.com")
	release := holdUsers(t, databaseURL, ada.id)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	post := h.posts(ada)
	const calls = 48 // the plan allows 60 calls by key a minute
	answers := h.together(calls, func(i int) *http.Request { return post(i).WithContext(ctx) })
	if diff := cmp.Diff(map[int]int{503: calls}, statuses(answers)); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	for _, answer := range answers {
		if answer.Header().Get("Retry-After") == "" {
			t.Fatal("no Retry-After")
		}
	}
	h.awaitWrites(0)
	release()
	if diff := cmp.Diff(map[int]int{201: calls}, statuses(h.together(calls, post))); diff != "" {
		t.Errorf("answers to repeats (-want +got):\n%s", diff)
	}
	for begin := time.Now(); h.repo.Pools()["main"].Stats().InUse > 0; time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal("connections stay in use")
		}
	}
}
