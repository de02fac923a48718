package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestGoogleLinks: a sign-in links an existing account. It keeps its password and keys
// only if the password was chosen by a link in a mail: a click proves the address, not
// whose sign-up it was. All sessions and device marks end, and one mail says so.
func TestGoogleLinks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		for i, test := range []struct {
			name   string
			make   func(email string) (bearer string)
			proved bool
			says   []string // in the mail
		}{
			{"app door, unverified", g.register, false, []string{"Se quitó la contraseña"}},
			{"app door, verified", func(email string) string {
				bearer := g.register(email)
				g.resend(email)
				g.do("POST", "/api/v1/auth/verifyEmail", withToken(g.secret("verification"))).status(200)
				return bearer
			}, false, []string{"Se quitó la contraseña"}},
			{"API door, verified", g.registerDeveloper, false, []string{"password that was chosen at the sign-up was removed", "1 API key was revoked"}},
			{"API door, unverified", func(email string) string { g.registerUnverified(email); return "" }, false, []string{"1 API key was revoked"}},
			{"API door, reset", func(email string) string {
				g.registerDeveloper(email)
				g.reset(email).status(200)
				return "Authorization: Bearer " + g.do("POST", doors[1], credentials(email, anotherPassword)).status(200).get("token")
			}, true, []string{"1 API key still works"}},
			{"app door, reset before it was verified", func(email string) string {
				g.register(email)
				g.reset(email).status(200)
				return "Authorization: Bearer " + g.do("POST", doors[0], credentials(email, anotherPassword)).status(200).get("token")
			}, true, nil},
		} {
			t.Run(test.name, func(t *testing.T) {
				email := fmt.Sprintf("user%d@example.com", i)
				old := test.make(email)
				g.mails()
				before := g.user(email)
				bearer := g.signIn(googleUser(test.name, email)).signedIn()
				after := g.user(email)
				if after.ID != before.ID || after.AuthProvider != repo.ProviderGoogle || *after.AuthProviderID != test.name ||
					*after.AvatarURL != "https://lh3.googleusercontent.com/a/"+test.name || after.FirstName != before.FirstName || after.EmailVerifiedAt == nil {
					t.Errorf("before %+v, after %+v", before, after)
				}
				g.do("GET", "/api/users/me", "", bearer).status(200)
				if old != "" {
					g.do("GET", "/api/auth/profile", "", old).status(401)
				}
				if n := g.sessions(email); n != 1 {
					t.Errorf("there are %d sessions, want that of the sign-in", n)
				}
				if n := g.queryInt("SELECT COUNT(*) FROM device_marks WHERE user_id = $1", after.ID.String()); n != 1 {
					t.Errorf("there are %d device marks, want that of the sign-in", n)
				}
				g.expectLinked(email, test.says...)
				keys, want := must(g.repo.APIKeys(t.Context(), after.ID, g.clock.Now())), 0
				if test.proved && before.Plan != repo.PlanNone {
					want = 1
				}
				if len(keys) != want || (after.PasswordHash != nil) != test.proved {
					t.Errorf("there are %d keys, want %d; the password is kept: %v", len(keys), want, after.PasswordHash != nil)
				}
				status := map[bool]int{true: 200, false: 401}[test.proved]
				g.do("POST", doors[0], credentials(email, password)).status(401)
				g.do("POST", doors[0], credentials(email, anotherPassword)).status(status)
			})
		}
	})
}

// expectLinked sends all due mails and fails the test unless there is one, about the
// link, which says all this.
func (g *withGoogle) expectLinked(email string, says ...string) {
	g.t.Helper()
	before := len(g.mailServer.to(email))
	g.mails()
	mails := g.mailServer.to(email)[before:]
	if len(mails) != 1 {
		g.t.Fatalf("%d mails, want 1: %+v", len(mails), mails)
	}
	text := strings.Join(strings.Fields(mails[0].Text), " ")
	for _, says := range append(says, "Google") {
		if !strings.Contains(text, says) {
			g.t.Errorf("the mail lacks %q:\n%s", says, mails[0].Text)
		}
	}
}

// TestTheStrangerIsOut: a stranger signs up with somebody else's address and a password
// of his own, the owner presses the button in the mail, and signs in by Google later.
// Nothing of the stranger's works any more.
func TestTheStrangerIsOut(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		email := "victim@example.com"
		stranger := g.register(email)
		g.resend(email)
		g.do("POST", "/api/v1/auth/verifyEmail", withToken(g.secret("verification"))).status(200)
		key := g.do("POST", "/api/v1/account/activate", `{"invite_token":"`+g.inviteToken(1)+`"}`, stranger).status(201).get("key")
		login := g.do("POST", doors[0], credentials(email, password)).status(200)
		mark := "Cookie: alta-device=" + login.cookie("alta-device")
		g.do("GET", "/api/accounts", "", byKey(key)).status(200)

		owner := g.signIn(googleUser("1", email)).signedIn()
		for _, credential := range []string{stranger, "Authorization: Bearer " + login.get("token"), byKey(key)} {
			g.do("GET", "/api/accounts", "", credential).status(401)
		}
		g.do("POST", doors[0], credentials(email, password), mark).status(401)
		g.do("GET", "/api/accounts", "", owner).status(200)
		if n := g.queryInt("SELECT COUNT(*) FROM device_marks"); n != 1 {
			t.Errorf("%d browsers are known, want the owner's", n)
		}
		g.reset(email).status(200)
		g.do("POST", doors[0], credentials(email, anotherPassword)).status(200)
	})
}
