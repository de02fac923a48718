package handlers_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
	"example.com/alta/repo"
)

// TestHeadersInAnyEncodingLogIn: headers are bytes. A device that names itself in
// another encoding signs up, logs in and sees its session; the session and the
// audit log name it in valid UTF-8.
func TestHeadersInAnyEncodingLogIn(t *testing.T) {
	const odd = "Espa\xf1a/1.0 \xff\xfe"
	headers := []string{"User-Agent: " + odd, "Accept-Language: \xf1", "X-Request-Id: \xf1", "Referer: \xf1", "X-Forwarded-For: \xf1", "Cookie: a=\xf1"}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		h.do("POST", "/api/auth/register", registration("ada@example.com"), headers...).status(201)
		answer := h.do("POST", doors[0], credentials("ada@example.com", password), headers...).status(200)
		h.do("POST", doors[0], credentials("ada@example.com", "not "+password), headers...).status(401)
		bearer := "Authorization: Bearer " + answer.get("token")
		h.do("GET", "/api/v1/auth/sessions", "", append(headers, bearer)...).status(200)
		for _, s := range must(h.repo.Sessions(t.Context(), h.user("ada@example.com").ID, h.clock.Now())) {
			if s.UserAgent != "Espa\uFFFDa/1.0 \uFFFD" {
				t.Errorf("the session's device is %q", s.UserAgent)
			}
		}
		h.do("POST", "/api/v1/auth/forgetpassword", `{"email":"nobody@example.com"}`, headers...).status(200)
		for _, e := range must(h.repo.AuditEvents(t.Context(), 100)) {
			if text := e.Kind + e.Subject + e.Address + e.Detail; !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Errorf("the event is %+v", e)
			}
		}
	})
}

// TestIssuerTextsInAnyEncodingSignIn: names and pictures from an issuer with NUL and
// lone surrogates are stored, and a subject or an address with them is nobody's.
func TestIssuerTextsInAnyEncodingSignIn(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		person := func(claims map[string]any) testoidc.Person {
			p := googleUser("1", "ada@example.com")
			for name, value := range claims {
				p[name] = value
			}
			return p
		}
		for _, claims := range []map[string]any{
			{"given_name": "A\x00da", "family_name": "Love\uFFFDlace", "name": "\x00"},
			{"picture": "https://example.com/\uFFFD"}, {"picture": "https://example.com/a\x00b"}, {"name": "\u0085\uFFFD"},
		} {
			g.signIn(person(claims)).signedIn()
		}
		user := g.user("ada@example.com")
		if user.FirstName != "Ada" || user.LastName != "Lovelace" || user.AuthProvider != repo.ProviderGoogle {
			t.Errorf("the user is %+v", user)
		}
		for _, claims := range []map[string]any{
			{"sub": "1\x00"}, {"sub": "1\uFFFD"}, {"sub": "\uFFFD", "email": "eve@example.com"},
			{"sub": "2", "email": "ada@example.com\x00"}, {"sub": "2", "email": "a\uFFFDda@example.com"},
		} {
			g.signIn(person(claims)).refused()
		}
		if n := g.users(); n != 1 {
			t.Errorf("there are %d users, want 1", n)
		}
	})
}
