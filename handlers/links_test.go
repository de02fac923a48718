package handlers_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
)

// links are the targets of links in mails, and the pages that they redirect to.
var links = map[string]string{"/api/v1/auth/verifyEmail": "/verify-email", "/api/v1/auth/verifyPasswordLink": "/reset-password"}

// TestLinksLeadToTheFrontend: a link redirects to the frontend, with its token
// unchanged and no other parameter.
func TestLinksLeadToTheFrontend(t *testing.T) {
	frontends := map[string]string{
		"http://alta.test": "http://alta.test", "https://app.example.com/": "https://app.example.com",
		"https://app.example.com/base": "https://app.example.com/base", "https://app.example.com:8443/a/b/": "https://app.example.com:8443/a/b",
		"https://app.example.com/a%20b": "https://app.example.com/a%20b",
	}
	tokens := []string{
		"plain", "a b", "a+b", "a%2Fb", "../../evil", "?&=#", "\r\nSet-Cookie: a=b", "//evil.test", "ñ😀", "\x00", strings.Repeat("x", 256),
	}
	for frontend, base := range frontends {
		h := start(t, testdb.SQLite(t), withFrontend(frontend))
		for path, page := range links {
			for _, token := range tokens {
				query := url.Values{"token": {token}, "utm_source": {"mail"}, "redirect": {"https://evil.test"}}
				answer := h.do("GET", path+"?"+query.Encode(), "")
				if token == "\x00" && answer.Code == 400 {
					continue // a text that no database takes
				}
				location := answer.status(302).Header().Get("Location")
				where, rawQuery, _ := strings.Cut(location, "?")
				if where != base+page {
					t.Errorf("%s leads to %s, want %s", path, where, base+page)
				}
				sent, err := url.ParseQuery(rawQuery)
				if err != nil || len(sent) != 1 || sent.Get("token") != token || strings.ContainsAny(location, " \r\n\"<>#") {
					t.Errorf("the token %q came to be %q", token, location)
				}
				if answer.Header().Get("Set-Cookie") != "" {
					t.Error("a header was smuggled in")
				}
			}
		}
	}
}

// TestLinksWithoutAToken: a link without exactly one token is refused.
func TestLinksWithoutAToken(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for path := range links {
		for _, query := range []string{"", "?", "?token=", "?token=a&token=b", "?token=" + strings.Repeat("x", 257), "?TOKEN=a", "?token=%zz"} {
			if answer := h.do("GET", path+query, ""); answer.Code != 400 {
				t.Errorf("%s%s: got %d, want 400", path, query, answer.Code)
			}
		}
	}
}

// TestLinksConsumeNothing: scanners that open the links of mails, by any method, do
// not use them up, and the log does not show their tokens.
func TestLinksConsumeNothing(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	h.registerUnverified("ada@example.com")
	tokens := map[string]string{"/api/v1/auth/verifyEmail": h.secret("verification")}
	h.forget("ada@example.com")
	tokens["/api/v1/auth/verifyPasswordLink"] = h.secret("reset")
	for path, token := range tokens {
		for _, target := range []string{path, links[path]} {
			for range 6 { // more than a token bears tries
				for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
					r := request(method, target+"?token="+token, "")
					h.ServeHTTP(httptest.NewRecorder(), r) // a HEAD has no body to hold to the contract
				}
			}
		}
		if log := h.log.String(); strings.Contains(log, token) || !strings.Contains(log, "token=redacted") {
			t.Errorf("the log has the token, or no call, of %s", path)
		}
	}
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(tokens["/api/v1/auth/verifyEmail"])).status(200)
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(tokens["/api/v1/auth/verifyPasswordLink"], anotherPassword)).status(200)
}

// TestNoSecretIsLogged: the log shows no secret of a sign-up, a reset and their
// failures.
func TestNoSecretIsLogged(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	email := "ada@example.com"
	code := h.invite(2)
	inviteToken := h.redeem(code)
	h.registerWithoutMail(errMailServerDown)
	h.do("POST", "/api/v1/auth/register", apiRegistration(email, inviteToken)).status(400)
	h.do("POST", "/api/v1/auth/register", apiRegistration("byron@example.com", inviteToken+"x")).status(400)
	h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(400)
	h.clock.Advance(h.config.SessionTTL)
	h.resend(email)
	verification := h.secret("verification")
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(spoil(verification))).status(400)
	h.do("POST", "/api/v1/auth/verifyEmail", withToken(verification)).status(200)
	login := h.do("POST", "/api/v1/auth/login", credentials(email, password)).status(200)
	h.do("GET", sandbox, "", byKey(h.secret("key"))).status(200)
	h.do("GET", withKeyInQuery(sandbox, h.secret("key")), "").status(200)
	h.forget(email)
	reset := h.secret("reset")
	h.do("PUT", "/api/v1/auth/newpassword", newPassword(reset, anotherPassword)).status(200)
	h.mails()
	admin := h.register("admin@example.com")
	h.do("DELETE", "/api/v1/admin/invites/"+code, "").status(401)
	h.do("DELETE", "/api/v1/admin/invites/"+code, "", admin).status(403)
	log := h.log.String()
	if !strings.Contains(log, `"operation":"newPassword"`) {
		t.Fatal("the log does not have the calls")
	}
	for what, secret := range map[string]string{
		"password": password, "new password": anotherPassword, "invite": code, "invite token": inviteToken, "verification": verification,
		"reset": reset, "session": login.get("token"), "device": login.cookie("alta-device"), "key": h.secret("key"), "address": email,
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has the %s", what)
		}
	}
}

func TestCodesAreNotLoggedByOtherMethods(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	code := h.invite(1)
	h.do("GET", "/api/v1/admin/invites/"+code, "").status(405)
	if strings.Contains(h.log.String(), code) {
		t.Error("the log has a code that can be used")
	}
}
