package handlers_test

import (
	"net/http"
	"testing"

	"example.com/alta/internal/testdb"
)

// TestUnderWay: while a call is in progress, a repetition is refused for now, and
// another call with its key for good.
func TestUnderWay(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := &hashHooks{}
		h := start(t, databaseURL, withHashHooks(t, m))
		body := registration("john@example.com")
		met := false
		m.runAt(1, func() { // while the password is hashed
			met = true
			answer := h.do("POST", "/api/auth/register", body, withKey("one"))
			if answer.Code != 409 || answer.Header().Get("Retry-After") != "1" || answer.get("message") != "A request with this Idempotency-Key is still being processed." {
				t.Errorf("got %d %s, Retry-After %q", answer.Code, answer.Body, answer.Header().Get("Retry-After"))
			}
		})
		first := h.do("POST", "/api/auth/register", body, withKey("one")).status(201)
		if !met {
			t.Error("nothing happened while the call was under way")
		}
		h.do("POST", "/api/auth/register", body, withKey("one")).replayed(first)
	})
}

// TestAnotherCallUnderWay: another call with the key gets 422 before the first call
// has ended.
func TestAnotherCallUnderWay(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
	ada := h.customer("ada@example.com")
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
	s.cutOffCall(h, "one")
	h.do("GET", "/api/accounts", "", ada.key, withKey("one")).status(422)
	h.do("GET", sandbox, "", ada.key, withKey("one")).status(409)
	h.wantTokenDeltas(ada, -10)
}

// TestOneKeyAtOnce: of concurrent calls with one key, one is made. The others get
// its response or are refused for now.
func TestOneKeyAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL, withoutPlanLimit), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		keys := s.liveKeys()
		for _, test := range []struct {
			what   string
			call   func() *http.Request
			status int
		}{
			{"a charge", func() *http.Request { return request("GET", sandbox, "", ada.key, withKey("charge")) }, 200},
			{"a key", func() *http.Request {
				return request("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("key"))
			}, 201},
			{"a user", func() *http.Request {
				return request("POST", "/api/auth/register", registration("john@example.com"), withKey("user"))
			}, 201},
		} {
			made, bodies := 0, map[string]bool{}
			for _, answer := range h.atOnce(func(int) *http.Request { return test.call() }) {
				replayed := answer.Header().Get("Idempotency-Replayed") != ""
				if answer.Code == test.status {
					bodies[answer.Body.String()] = true
					made += map[bool]int{false: 1}[replayed]
				} else if answer.Code != 409 || replayed {
					t.Errorf("%s: got %d %s", test.what, answer.Code, answer.Body)
				}
			}
			if made != 1 || len(bodies) != 1 {
				t.Errorf("%s was made %d times, with %d answers", test.what, made, len(bodies))
			}
		}
		if n := s.liveKeys() - keys; n != 1 {
			t.Errorf("%d keys were made, want 1", n)
		}
		if n := h.users(); n != 2 {
			t.Errorf("there are %d users, want 2", n)
		}
		h.wantTokenDeltas(ada, -10)
	})
}

// TestTakenOverAtOnce: of concurrent retries of a call that was cut off, one takes
// it over, and none is charged again.
func TestTakenOverAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL, withoutPlanLimit), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
		s.cutOffCall(h, "one")
		h.clock.Advance(60e9)
		made := 0
		for _, answer := range h.atOnce(func(int) *http.Request { return request("GET", sandbox, "", ada.key, withKey("one")) }) {
			if answer.Code == 200 && answer.Header().Get("Idempotency-Replayed") == "" {
				made++
			} else if answer.Code != 200 && answer.Code != 409 {
				t.Errorf("got %d %s", answer.Code, answer.Body)
			}
		}
		if made != 1 {
			t.Errorf("the call was made %d times", made)
		}
		h.wantTokenDeltas(ada, -10)
	})
}
