package handlers_test

import (
	"errors"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/testdb"
)

// deaf is a client that is gone when the answer comes.
type deaf struct{ *httptest.ResponseRecorder }

func (deaf) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// TestLostAnswers: whoever did not get the answer asks again, and gets it: a
// key that is shown once is not lost with a connection.
func TestLostAnswers(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), newSaboteur(t, databaseURL)
		ada := h.customer("ada@example.com")
		keys := s.liveKeys()
		h.ServeHTTP(deaf{httptest.NewRecorder()}, request("POST", "/api/v1/account/api-keys", `{"name":"ci"}`, ada.session, withKey("one")))
		h.ServeHTTP(deaf{httptest.NewRecorder()}, request("GET", sandbox, "", ada.key, withKey("two")))
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
		h.spent(ada, -10, -10)
	})
}

// TestAnswerAndDeedAreOne: where the answer cannot be remembered, nothing is
// done that a retry would do twice.
func TestAnswerAndDeedAreOne(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), newSaboteur(t, databaseURL)
		ada := h.customer("ada@example.com")
		h.promote(ada.email)
		john := h.register("john@example.com")
		h.do("POST", "/api/v1/auth/resend-verification", withEmail("john@example.com")).status(200)
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(200)
		for _, test := range []struct{ target, body, credential string }{
			{"/api/v1/account/api-keys", `{"name":"ci"}`, ada.session},
			{"/api/v1/account/api-keys/" + h.addKey(ada.session) + "/rotate", `{}`, ada.session},
			{"/api/v1/account/activate", `{"invite_token":"` + h.inviteToken(1) + `"}`, john},
			{"/api/v1/admin/invites", `{}`, ada.session},
			{"/api/v1/admin/users/" + ada.id.String() + "/grants", `{"tokens":5,"reason":"x"}`, ada.session},
			{"/api/auth/register", registration("new@example.com"), "X-Nothing: 1"},
			{registerTarget, developer("newer@example.com", h.inviteToken(1)), "X-Nothing: 1"},
		} {
			before := s.deeds()
			mend := s.refuse("UPDATE ON idempotent_calls", "NEW.response <> ''")
			h.do("POST", test.target, test.body, test.credential, withKey("one")).status(500)
			if after := s.deeds(); after != before {
				t.Errorf("%s: there were %v and are %v", test.target, before, after)
			}
			mend()
			first := h.do("POST", test.target, test.body, test.credential, withKey("one")) // the key is free
			if first.Code > 201 || s.deeds() == before {
				t.Errorf("%s: the retry did nothing: %d %s", test.target, first.Code, first.Body)
			}
			h.do("POST", test.target, test.body, test.credential, withKey("one")).replayed(first)
			s.db.MustExec("DELETE FROM idempotent_calls")
		}
		h.verify()
	})
}

// deeds counts what calls leave behind.
func (s *saboteur) deeds() (n [5]int) {
	s.t.Helper()
	for i, table := range []string{"users", "api_keys", "invite_codes", "token_transactions", "audit_events"} {
		n[i] = s.count(table)
	}
	return n
}
