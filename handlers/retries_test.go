package handlers_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestDeafClientIsCharged: a response that could not be delivered is charged.
func TestDeafClientIsCharged(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	h.ServeHTTP(brokenWriter{httptest.NewRecorder()}, request("GET", sandbox, "", ada.key))
	h.stopLedger()
	h.wantTokenDeltas(ada, -10)
}

// TestMailUnderWay: while the verification mail is being sent, the call is in
// progress, and a repetition is refused for now.
func TestMailUnderWay(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	body := apiRegistration("ada@example.com", h.inviteToken(1))
	var during *response
	h.mailServer.failWith(func(_, subject string) error {
		if subject == "Verify your email" {
			during = h.do("POST", registerTarget, body, withKey("one"))
		}
		return nil
	})
	h.do("POST", registerTarget, body, withKey("one")).status(200)
	during.status(409)
}

// TestRotatedSecret: stored responses are readable after the secret was rotated.
func TestRotatedSecret(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	ada := h.customer("ada@example.com")
	first := h.do("GET", sandbox, "", ada.key, withKey("one")).status(200)
	john := h.do("POST", "/api/auth/register", registration("john@example.com"), withKey("two")).status(201)
	h.endLedger()
	next := start(t, databaseURL, func(c *handlers.Config) {
		c.Keys = must(identity.ParseKeyring(strings.Repeat("another secret ", 4) + "," + strings.Repeat("test secret ", 4)))
	})
	next.do("GET", sandbox, "", ada.key, withKey("one")).replayed(first)
	next.do("POST", "/api/auth/register", registration("john@example.com"), withKey("two")).replayed(john)
}
