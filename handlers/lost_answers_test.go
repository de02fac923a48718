package handlers_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/testdb"
)

// brokenWriter is a client that has hung up before the answer comes.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestLostAnswers: a client that did not get the response repeats the call and gets
// it. A key that is shown once is not lost.
func TestLostAnswers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		ada := h.customer("ada@example.com")
		keys := s.liveKeys()
		h.ServeHTTP(brokenWriter{httptest.NewRecorder()}, request("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("one")))
		h.ServeHTTP(brokenWriter{httptest.NewRecorder()}, request("GET", sandbox, "", ada.key, withKey("two")))
		made := h.do("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("one")).status(201)
		answer := h.do("GET", sandbox, "", ada.key, withKey("two")).status(200)
		answer.charged("10", "1990")
		for _, again := range []*response{made, answer} {
			if again.Header().Get("Idempotency-Replayed") != "true" {
				t.Errorf("the call was made twice: %s", again.Body)
			}
		}
		h.do("GET", sandbox, "", byKey(made.get("key"))).status(200)
		if n := s.liveKeys() - keys; n != 1 {
			t.Errorf("%d keys were made, want 1", n)
		}
		h.stopLedger() // and no refund is under way
		h.wantTokenDeltas(ada, -10, -10)
	})
}
