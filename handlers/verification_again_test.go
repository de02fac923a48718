package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestALinkFollowedAgain: whoever has proved the address by a link hears the same
// from it, as long as it would have lived, and it changes nothing more.
func TestALinkFollowedAgain(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		email := "ada@example.com"
		h.registerUnverified(email)
		token := h.secret("verification")
		press := func() *response { return h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)) }
		for range 4 {
			h.do("POST", "/api/v1/auth/verifyEmail", withToken(spoil(token))).status(400)
		}
		first := press().status(200).Body.String()
		verified := *h.user(email).EmailVerifiedAt
		for range 9 { // more than a token bears tries
			h.clock.Advance(time.Hour)
			if again := press().status(200).Body.String(); again != first {
				t.Errorf("again: %s, want %s", again, first)
			}
		}
		page := h.visit("POST", "/verify-email", url.Values{"token": {token}}).status(200).Body.String()
		if !strings.Contains(page, "Your email is verified.") || !strings.Contains(page, `href="/login"`) {
			t.Errorf("the page does not say that it is done:\n%s", page)
		}
		if n := h.auditCount(repo.AuditVerify); n != 1 || !h.user(email).EmailVerifiedAt.Equal(verified) {
			t.Errorf("the address was verified %d times", n)
		}
		h.clock.Advance(72*time.Hour - 9*time.Hour - time.Microsecond)
		press().status(200)
		h.clock.Advance(time.Microsecond)
		press().status(400)
	})
}

// TestGuessesAtAUsedLink: they are answered as guesses at any token, are recorded,
// and are as few.
func TestGuessesAtAUsedLink(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.registerUnverified("ada@example.com")
		token := h.secret("verification")
		guess := func(token string) (code string) {
			return h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(400).get("code")
		}
		unused := guess(spoil(token))
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(200)
		for range 4 {
			if used := guess(spoil(token)); used != unused {
				t.Errorf("a guess at a used token is told %s, want %s", used, unused)
			}
		}
		if n := h.auditCount(repo.AuditTokenFail); n != 5 {
			t.Errorf("%d guesses are recorded, want 5", n)
		}
		guess(token)
	})
}

// TestLinksThatProvedNothing: a link that has not proved the address itself does not
// work after another has: an older one, or one that a reset made needless.
func TestLinksThatProvedNothing(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.registerUnverified("ada@example.com")
		older := h.secret("verification")
		h.clock.Advance(time.Minute)
		h.resend("ada@example.com")
		newer := h.secret("verification")
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(newer)).status(200)
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(older)).status(400)

		h.registerUnverified("byron@example.com")
		needless := h.secret("verification")
		h.reset("byron@example.com").status(200)
		h.do("POST", "/api/v1/auth/verifyEmail", withToken(needless)).status(400)
		page := h.visit("POST", "/verify-email", url.Values{"token": {needless}}).status(400).Body.String()
		if !strings.Contains(page, `href="/login"`) || !strings.Contains(page, "Send me a new link") {
			t.Errorf("the page of a dead link offers no way on:\n%s", page)
		}
	})
}
