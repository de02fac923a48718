package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/testdb"
)

// stuckClient is a client that does not take the response until it is told to.
type stuckClient struct {
	*httptest.ResponseRecorder
	began, goOn chan struct{}
}

func (c *stuckClient) Write(p []byte) (int, error) {
	select {
	case c.began <- struct{}{}:
	default:
	}
	<-c.goOn
	return c.ResponseRecorder.Write(p)
}

// TestLargeAnswersHaveABudget: while a user's exports take that user's memory, further
// ones are 503 with Retry-After, and other users have theirs. The memory is taken until
// the client has the answer.
func TestLargeAnswersHaveABudget(t *testing.T) {
	const megabyte = 1 << 20
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.Answers = memory.NewBudget(24*megabyte, 3*megabyte, 0) })
	ada, grace := h.register("ada@example.com"), h.register("grace@example.com")
	paths := []string{
		"/api/reports/export/csv", "/api/reports/export", "/api/reports/export/pdf/table", "/api/reports/export/pdf/visual", "/api/users/me/export",
	}
	slow := &stuckClient{httptest.NewRecorder(), make(chan struct{}, 1), make(chan struct{})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		h.ServeHTTP(slow, request("GET", "/api/users/me/export", "", ada))
	}()
	<-slow.began
	for _, path := range paths {
		answer := h.do("GET", path, "", ada).status(503)
		if answer.Header().Get("Retry-After") == "" || answer.Header().Get("Alta-Error") != "overloaded" {
			t.Errorf("%s is refused with %v", path, answer.Header())
		}
	}
	h.do("GET", "/api/reports/export/csv", "", grace).status(200)
	close(slow.goOn)
	<-served
	for _, path := range paths {
		h.do("GET", path, "", ada).status(200)
	}
}

// TestRefusedExportsAreRefunded: a call by key that finds no memory costs nothing.
func TestRefusedExportsAreRefunded(t *testing.T) {
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.Answers = memory.NewBudget(1, 1, 0) })
	ada := h.customer("ada@example.com")
	hold, err := h.config.Answers.Take(t.Context(), "another", 1)
	if err != nil {
		t.Fatal(err)
	}
	before := h.balance(ada)
	h.do("GET", "/api/reports/export/csv", "", ada.key).status(503)
	h.endLedger()
	if after := h.balance(ada); after != before {
		t.Errorf("the balance is %d, was %d", after, before)
	}
	hold.Free()
}

// unreadBody fails the test if anybody reads it.
type unreadBody struct{ t *testing.T }

func (b unreadBody) Read([]byte) (int, error) {
	b.t.Error("the body was read")
	return 0, http.ErrBodyReadAfterClose
}

// TestFormsAreLimitedBeforeTheyAreRead: beyond the limit of the client's network, a form
// is refused with 429 on every page, unread, and so is one that says that it is too long.
func TestFormsAreLimitedBeforeTheyAreRead(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{
		"auth": {}, "account": {}, "data": {}, "form": {Calls: 2, Window: time.Minute},
	}))
	long := httptest.NewRequest("POST", "/login", unreadBody{t})
	long.ContentLength = 64<<10 + 1
	h.serve(long).status(413)
	h.visit("POST", "/login", url.Values{"email": {"ada@example.com"}, "password": {"wrong"}}).status(400)
	for _, path := range []string{"/login", "/register", "/join", "/logout", "/language", "/verify-email", "/app/add", "/account/credentials"} {
		r := httptest.NewRequest("POST", path, unreadBody{t})
		r.Header.Set("Accept-Language", "en")
		answer := h.serve(r).status(429)
		if answer.Header().Get("Retry-After") == "" || !strings.Contains(answer.Body.String(), "<html") {
			t.Errorf("%s: %v\n%.300s", path, answer.Header(), answer.Body)
		}
	}
	h.clock.Advance(time.Minute)
	h.visit("POST", "/language", url.Values{"language": {"en"}}).status(303)
}

// TestBodiesAreNotReadWithoutNeed: calls that an earlier stage refuses leave theirs
// unread.
func TestBodiesAreNotReadWithoutNeed(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"auth": {Calls: 1, Window: time.Hour}}))
	h.do("POST", "/api/auth/login", `{}`).status(400)
	for target, want := range map[string]int{"/api/auth/login": 429, "/api/accounts": 401, "/api/v1/account/api-keys": 401} {
		h.serve(httptest.NewRequest("POST", target, unreadBody{t})).status(want)
	}
}

// serve answers a request as it is.
func (h *harness) serve(r *http.Request) *response {
	h.t.Helper()
	answer := &response{httptest.NewRecorder(), h.t}
	h.ServeHTTP(answer, r)
	return answer
}
