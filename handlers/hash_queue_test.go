package handlers_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// heldHasher hashes nothing while it is held.
type heldHasher struct {
	*identity.Hasher
	held sync.Mutex
}

func (h *heldHasher) wait(time.Duration) {
	h.held.Lock()
	defer h.held.Unlock()
}

func withHeldHasher(t *testing.T, h *heldHasher) func(*handlers.Config) {
	return func(c *handlers.Config) {
		h.Hasher = identity.NewHasher(identity.HasherConfig{
			Cost: 4, Workers: 1, Queue: 256, Wait: time.Hour, Waited: h.wait,
		})
		c.Hasher = h.Hasher
		t.Cleanup(c.Hasher.Close)
	}
}

// await waits until n passwords wait.
func (h *heldHasher) await(n int) {
	for h.Waiting() != n {
		runtime.Gosched()
	}
}

// TestAFloodOfOneNetworkKeepsNobodyOut: 400 callers of one /48 at all doors that hash
// wait with its share of the places. Callers of other networks have a place, and so have
// known devices, owners of links and who is logged in have one in the /48 itself.
func TestAFloodOfOneNetworkKeepsNobodyOut(t *testing.T) {
	hasher := &heldHasher{}
	h := start(t, testdb.SQLite(t), withHeldHasher(t, hasher))
	var honest []*http.Request
	from := func(address string, r *http.Request) { r.RemoteAddr = address; honest = append(honest, r) }
	for _, name := range []string{"ada", "grace", "mary"} {
		h.register(name + "@example.com")
	}
	mark := h.mark("ada@example.com", password)
	h.forget("mary@example.com")
	from("[2001:db8:1:1::1]:1", request("POST", doors[0], credentials("ada@example.com", password), mark))
	from("[2001:db8:1:1::1]:1", request("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), anotherPassword)))
	from("[2001:db8:2:1::1]:1", request("POST", doors[1], credentials("grace@example.com", password)))
	from("192.0.2.1:1", request("POST", "/api/auth/register", registration("new@example.com")))
	from("[2001:db8:1:2::1]:1", request("POST", "/api/users/me/deletion", `{"password":"`+password+`"}`, h.register("leaving@example.com")))

	const flood, share = 400, 96
	hasher.held.Lock()
	answers := make(chan *response, flood)
	for i := range flood {
		email := fmt.Sprintf("nobody%d@example.com", i)
		r := []*http.Request{
			request("POST", doors[0], credentials(email, password)),
			request("POST", doors[1], credentials(email, password)),
			request("POST", "/api/auth/register", registration(email)),
		}[i%3]
		r.RemoteAddr = fmt.Sprintf("[2001:db8:1:%x::1]:1", i)
		go func() { answers <- h.serve(r) }()
	}
	for range flood - share - 1 { // one has been taken from the queue
		answer := (<-answers).status(503)
		if n, err := strconv.Atoi(answer.Header().Get("Retry-After")); err != nil || n < 1 {
			t.Errorf("Retry-After: %q", answer.Header().Get("Retry-After"))
		}
	}
	served := make(chan *response, len(honest))
	for _, r := range honest {
		go func() { served <- h.serve(r) }()
	}
	hasher.await(share + len(honest))
	hasher.held.Unlock()
	for range honest {
		if answer := <-served; answer.Code != 200 && answer.Code != 201 {
			t.Errorf("an honest caller got %d %s", answer.Code, answer.Body)
		}
	}
	for range share + 1 {
		if answer := <-answers; answer.Code != 401 && answer.Code != 201 {
			t.Errorf("a caller within the share got %d %s", answer.Code, answer.Body)
		}
	}
}
