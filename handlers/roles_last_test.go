package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTheLastAdministratorStays: administrators suspend each other and themselves, 64
// calls at once, and one of them is left.
func TestTheLastAdministratorStays(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
		var bearers, ids []string
		for i := range 4 {
			email := fmt.Sprintf("admin%d@example.com", i)
			bearers = append(bearers, h.register(email))
			h.promote(email)
			ids = append(ids, h.user(email).ID.String())
		}
		h.together(64, func(i int) *http.Request {
			return request("POST", "/api/v1/admin/users/"+ids[i%4]+"/suspend", "", bearers[(i/4)%4])
		})
		active := 0
		for i := range 4 {
			if h.user(fmt.Sprintf("admin%d@example.com", i)).IsActive {
				active++
			}
		}
		if active != 1 {
			t.Errorf("%d administrators are left, want 1", active)
		}
	})
}

// TestTheLastAdministratorCannotSuspendHimself, and hears why.
func TestTheLastAdministratorCannotSuspendHimself(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("admin@example.com")
	h.promote("admin@example.com")
	answer := h.do("POST", "/api/v1/admin/users/"+h.user("admin@example.com").ID.String()+"/suspend", "", bearer).status(403)
	if got := answer.get("message"); got != "You are the last administrator. Make another user an administrator first." {
		t.Errorf("the message is %q", got)
	}
	h.do("GET", "/api/v1/admin/users", "", bearer).status(200)
}

// TestLogInEndsTheBrowsersSession: the cookie of the session is replaced, so nobody
// could log out of it any more, whoever it was of.
func TestLogInEndsTheBrowsersSession(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		g.register("ada@example.com")
		g.register("john@example.com")
		for name, logIn := range map[string]func(cookie string) *response{
			"app door": func(c string) *response {
				return g.do("POST", "/api/auth/login", credentials("ada@example.com", password), c).status(200)
			},
			"API door": func(c string) *response {
				return g.do("POST", "/api/v1/auth/login", credentials("ada@example.com", password), c).status(200)
			},
			"another user": func(c string) *response {
				return g.do("POST", "/api/auth/login", credentials("john@example.com", password), c).status(200)
			},
			"another sign-up": func(c string) *response {
				return g.do("POST", "/api/auth/register", registration("new@example.com"), c).status(201)
			},
			"issuer": func(c string) *response {
				g.issuer.SignInAs(googleUser("1", "grace@example.com"))
				begun, back := g.beginSignIn(c)
				answer := g.do("GET", back, "", "Cookie: "+strings.TrimPrefix(begun, "Cookie: ")+"; "+strings.TrimPrefix(c, "Cookie: "))
				answer.signedIn()
				return answer
			},
		} {
			first := g.do("POST", "/api/auth/login", credentials("ada@example.com", password)).status(200)
			other := g.do("POST", "/api/auth/login", credentials("ada@example.com", password)).status(200)
			second := logIn("Cookie: alta=" + first.cookie("alta"))
			g.do("GET", "/api/auth/profile", "", "Cookie: alta="+first.cookie("alta")).status(401)
			g.do("GET", "/api/auth/profile", "", "Cookie: alta="+second.cookie("alta")).status(200)
			g.do("GET", "/api/auth/profile", "", "Cookie: alta="+other.cookie("alta")).status(200) // of another browser
			events := must(g.repo.AuditEvents(t.Context(), 10))
			if !slices.ContainsFunc(events, func(e repo.AuditEvent) bool {
				return e.Kind == repo.AuditSessionEnd && strings.HasSuffix(e.Detail, ", replaced by a login")
			}) {
				t.Errorf("%s: no event says that the session was ended", name)
			}
		}
		// A log-in that fails ends nothing.
		kept := g.do("POST", "/api/auth/login", credentials("john@example.com", password)).status(200)
		g.do("POST", "/api/auth/login", credentials("ada@example.com", "wrong password"), "Cookie: alta="+kept.cookie("alta")).status(401)
		g.do("GET", "/api/auth/profile", "", "Cookie: alta="+kept.cookie("alta")).status(200)
	})
}
