package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// badLogins makes n calls of the class auth, each from the address that the format has
// for its number, and returns how many passed the limit.
func (h *harness) badLogins(n int, format string) (passed int) {
	h.t.Helper()
	for i := range n {
		r := request("POST", doors[0], `{}`)
		r.RemoteAddr = fmt.Sprintf(format, i)
		if h.send(r).Code != 429 {
			passed++
		}
	}
	return passed
}

// TestAPrefixIsAClient: whoever has a /48 or a /56 does not have the limit of a /64 as
// often as he has a /64, and a /24 of IPv4 has ten times the limit of an address.
func TestAPrefixIsAClient(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"auth": {Calls: 5, Window: time.Minute}}))
	for _, test := range []struct {
		name, format string
		want         int
	}{
		{"one /64", "[2001:db8:1:1::%x]:1", 5},
		{"one /56", "[2001:db8:2:%x::1]:1", 10},
		{"one /48", "[2001:db8:3:%x00::1]:1", 20},
		{"one address", "192.0.2.1:%d", 5},
		{"one /24", "198.51.100.%d:1", 50},
		{"the neighbour of a full /48", "[2001:db8:4:1::%x]:1", 5},
	} {
		if got := h.badLogins(200, test.format); got != test.want {
			t.Errorf("%s: %d calls passed, want %d", test.name, got, test.want)
		}
	}
	h.clock.Advance(time.Minute)
	if got := h.badLogins(200, "[2001:db8:3:%x00::1]:1"); got != 20 {
		t.Errorf("a minute later: %d calls passed, want 20", got)
	}
}

// TestBadTokensAreLimited: a network that sends keys and tokens that are not valid is
// limited, and the calls of others there are not.
func TestBadTokensAreLimited(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"failed": {Calls: 10, Window: time.Minute}, "auth": {}}))
	session := h.register("ada@example.com")
	passed := 0
	for i := range 30 {
		credential := []string{"Authorization: Bearer x", "X-API-Key: x"}[i%2]
		switch answer := h.do("GET", []string{"/api/auth/profile", "/api/accounts", "/api/v1/account/balance"}[i%3], "", credential); answer.Code {
		case 401:
			passed++
		case 429:
			limitHeaders(t, answer, "failed")
			h.do("GET", "/api/auth/profile", "", session).status(200)
		default:
			t.Fatalf("got %d", answer.Code)
		}
	}
	if passed != 10 {
		t.Errorf("%d calls were answered with 401, want 10", passed)
	}
	h.do("GET", "/api/auth/profile", "").status(401) // without a credential
}

// TestRefusedCredentialsOfAllKindsAreLimited: keys and tokens that are dead, forged or not
// for the operation count, and so do cookies, ten times as many. A network that has no
// more tries does not keep the valid ones there out, nor other networks.
func TestRefusedCredentialsOfAllKindsAreLimited(t *testing.T) {
	h := start(t, testdb.SQLite(t), withRates(map[string]contract.Rate{"failed": {Calls: 3, Window: time.Minute}, "auth": {}, "revoke": {}}),
		func(c *handlers.Config) { c.MetricsToken = "a token for the metrics" })
	ada, eve := h.customer("ada@example.com"), h.customer("eve@example.com")
	suspended := h.customer("suspended@example.com")
	h.setActive(suspended.email, false)
	h.registerUnverified("unverified@example.com")
	unverified := byKey(h.secret("key"))
	h.do("POST", "/api/v1/auth/logout", "", eve.session).status(200)
	_, dead, _ := strings.Cut(eve.session, "Bearer ")
	_, live, _ := strings.Cut(ada.session, "Bearer ")
	for i, test := range []struct {
		name, path, credential string
		status, passes         int
	}{
		{"a dead token", "/api/users/me", eve.session, 401, 3},
		{"a forged token", "/api/users/me", "Authorization: Bearer " + spoil(live), 401, 3},
		{"a scheme of its own", "/api/users/me", "Authorization: Basic YTpi", 401, 3},
		{"a forged key", "/api/accounts", "X-API-Key: " + identity.NewAPIKey(), 401, 3},
		{"a suspended user's key", "/api/accounts", suspended.key, 403, 3},
		{"an unverified user's key", "/api/accounts", unverified, 403, 3},
		{"a key where none is taken", "/api/v1/account/api-keys", ada.key, 403, 3},
		{"a user who is no administrator", "/api/v1/admin/audit", ada.session, 403, 3},
		{"a forged token for the metrics", "/metrics", "Authorization: Bearer guess", 401, 3},
		{"a dead cookie", "/api/users/me", "Cookie: alta=" + dead, 401, 30},
		{"a forged cookie", "/api/users/me", "Cookie: alta=guess", 401, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			call := func(network int, path, credential string) *response {
				r := request("GET", path, "", credential)
				r.RemoteAddr = fmt.Sprintf("[2001:db8:%x::1]:1", network)
				return h.send(r)
			}
			for range test.passes {
				call(i+1, test.path, test.credential).status(test.status)
			}
			limitHeaders(t, call(i+1, test.path, test.credential).status(429), "failed")
			call(i+1, "/api/users/me", ada.session).status(200)
			call(i+100, test.path, test.credential).status(test.status)
		})
	}
}

// TestTokensOfMailsAreLimited: a network cannot try tokens of mails, of invites and of
// sign-ins without end, at any operation that takes one.
func TestTokensOfMailsAreLimited(t *testing.T) {
	_, token := identity.NewOneTime()
	for _, call := range []struct{ method, path, body string }{
		{"GET", "/api/v1/auth/verifyEmail?token=" + token, ""},
		{"POST", "/api/v1/auth/verifyEmail", withToken(token)},
		{"GET", "/api/v1/auth/verifyPasswordLink?token=" + token, ""},
		{"PUT", "/api/v1/auth/newpassword", newPassword(token, anotherPassword)},
		{"POST", "/api/users/me/deletion/confirm", withToken(token)},
		{"POST", "/api/v1/auth/redeem-invite", `{"code":"ABCDEFGHIJKLMNOP"}`},
		{"POST", "/api/v1/auth/register", `{"invite_token":"x","email":"ada@example.com","password":"` + password + `"}`},
	} {
		t.Run(call.method+" "+call.path, func(t *testing.T) {
			h := start(t, testdb.SQLite(t), withRates(nil)) // the contract's own
			passed := 0
			for i := range 250 { // a /48 has four times the limit of 60
				r := request(call.method, call.path, call.body)
				r.RemoteAddr = fmt.Sprintf("[2001:db8:1:%x::1]:1", i<<8)
				if h.serve(r).Code != 429 {
					passed++
				}
			}
			if passed != 240 {
				t.Errorf("%d tries passed, want 240", passed)
			}
		})
	}
}

// TestUnprovedAccountsEnd: users of the API door who do not verify their address are
// deleted after the retention, and revoked keys are. Others stay.
func TestUnprovedAccountsEnd(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h, s := start(t, databaseURL), openTestDatabase(t, databaseURL)
		h.registerUnverified("never@example.com")
		h.register("app@example.com")
		ada := h.customer("ada@example.com")
		revoked := h.addKey(ada.session)
		h.do("DELETE", "/api/v1/account/api-keys/"+revoked, "", ada.session).status(204)
		h.clock.Advance(30*24*time.Hour - time.Second)
		service := signin.New(signin.Config{
			Repo: h.repo, Hasher: h.config.Hasher, Keys: h.keys, Tokens: identity.NewTokens(h.keys, h.clock.Now), Outbox: h.config.Outbox,
			SessionTTL: h.config.SessionTTL, Now: h.clock.Now, Log: h.config.Log,
		})
		sweep := func() {
			t.Helper()
			must(service.DeleteUnproved(t.Context(), h.clock.Now().Add(-30*24*time.Hour)))
			must(h.repo.Sweep(t.Context(), repo.Retention{Key: 90 * 24 * time.Hour, Audit: 9999 * time.Hour, Session: time.Hour, Mail: time.Hour}))
		}
		sweep()
		h.user("never@example.com")
		h.clock.Advance(time.Minute)
		sweep()
		if _, err := h.repo.UserByEmail(t.Context(), "never@example.com"); err == nil {
			t.Error("the user who never verified the address is still there")
		}
		for _, email := range []string{"app@example.com", ada.email} {
			h.user(email)
		}
		keys := s.count("api_keys")
		h.clock.Advance(60 * 24 * time.Hour)
		sweep()
		if n := s.count("api_keys"); n != keys-1 {
			t.Errorf("%d keys are left, want %d", n, keys-1)
		}
		h.registerUnverified("never@example.com") // the address is free again
	})
}
