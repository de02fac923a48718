package handlers_test

import (
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
)

// TestBadTokensCostNoHash: a request without a valid link costs no hash.
func TestBadTokensCostNoHash(t *testing.T) {
	m := &hashHooks{}
	h := start(t, testdb.SQLite(t), withHashHooks(t, m))
	h.registerUnverified("ada@example.com")
	verification := h.secret("verification")
	h.forget("ada@example.com")
	token := h.secret("reset")
	_, unknown := identity.NewOneTime()
	before := m.hashed()
	for name, bad := range map[string]string{
		"nothing like one": "nonsense", "of no row": unknown, "of another purpose": verification, "in capitals": strings.ToUpper(token),
		"cut off": token[:len(token)-1], "too long": token + "AAAA", "with a line break": token[:10] + `\n` + token[10:],
		"padded": token + "=",
	} {
		if h.do("PUT", "/api/v1/auth/newpassword", newPassword(bad, anotherPassword)).Code != 400 {
			t.Errorf("a token %s was taken", name)
		}
	}
	if n := m.hashed() - before; n != 0 {
		t.Errorf("%d passwords were hashed for bad tokens", n)
	}
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword)).status(200)
	if n := m.hashed() - before; n != 1 {
		t.Errorf("%d passwords were hashed for the good token, want 1", n)
	}
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword)).status(400) // used
	h.clock.Advance(24 * time.Hour)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword)).status(400)
	if n := m.hashed() - before; n != 1 {
		t.Errorf("%d passwords were hashed for a used token", n-1)
	}
}

// TestTokensLive: tokens are valid exactly as long as the mails say.
func TestTokensLive(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerUnverified("ada@example.com")
	verification := h.secret("verification")
	h.forget("ada@example.com")
	reset := h.secret("reset")
	h.clock.Advance(24 * time.Hour)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(reset, anotherPassword)).status(400)
	h.clock.Advance(48*time.Hour - time.Microsecond)
	h.forget("ada@example.com")
	h.secret("reset")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(verification)).status(200)

	h.registerUnverified("lovelace@example.com")
	h.clock.Advance(24*time.Hour - time.Microsecond)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(h.secret("reset"), anotherPassword)).status(200)
	h.clock.Advance(48*time.Hour + time.Microsecond)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(h.secret("verification"))).status(400)
}
