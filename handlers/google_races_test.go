package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRaceOfGoogleSignUps: a person who signs in from many browsers at once becomes
// one user.
func TestRaceOfGoogleSignUps(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		for _, answer := range g.atOnce(g.callbacks(clients)) {
			answer.signedIn()
		}
		user := g.user("ada@example.com")
		_, categories, err := g.repo.Categories(context.Background(), user.ID, "", repo.Page{Limit: 100})
		if g.users() != 1 || g.sessions(user.Email) != clients || g.auditCount(repo.AuditSignUp) != 1 || err != nil || categories != 24 {
			t.Errorf("%d users, %d sessions, %d sign-ups, %d categories", g.users(), g.sessions(user.Email), g.auditCount(repo.AuditSignUp), categories)
		}
	})
}

// TestRaceForAnAddress: of two identities with one address that sign in at once, the
// first gets the account.
func TestRaceForAnAddress(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		cookies, backs := make([]string, 16), make([]string, 16)
		for i := range cookies {
			g.issuer.SignInAs(googleUser(fmt.Sprint(i%2), "ada@example.com"))
			cookies[i], backs[i] = g.beginSignIn()
		}
		answers := g.together(16, func(i int) *http.Request { return request("GET", backs[i], "", cookies[i]) })
		in := map[int]int{}
		for i, answer := range answers {
			if answer.status(302).Header().Get("Location") != loginFailed {
				in[i%2]++
			}
		}
		if len(in) != 1 || in[0]+in[1] != 8 || g.users() != 1 {
			t.Errorf("signed in: %v; %d users", in, g.users())
		}
	})
}

// TestRaceOfGoogleAndRegistration: an address that signs up both ways at once
// becomes one user, and a password that somebody else chose does not open it.
func TestRaceOfGoogleAndRegistration(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		finish := g.callbacks(4)
		g.together(8, func(i int) *http.Request {
			if i < 4 {
				return finish(i)
			}
			return request("POST", "/api/auth/register", registration("ada@example.com"))
		})
		if n := g.users(); n != 1 {
			t.Errorf("there are %d users, want 1", n)
		}
		g.do("POST", doors[0], credentials("ada@example.com", password)).status(401)
	})
}

// TestRaceOfOneCallback: a callback that is repeated concurrently logs in once.
func TestRaceOfOneCallback(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		cookie, back := g.beginSignIn()
		in := 0
		for _, answer := range g.atOnce(func(int) *http.Request { return request("GET", back, "", cookie) }) {
			if answer.status(302).Header().Get("Location") != loginFailed {
				in++
			}
		}
		if in != 1 || g.issuer.Calls("/token") != 1 || g.sessions("ada@example.com") != 1 {
			t.Errorf("%d were signed in, with %d tokens; want 1", in, g.issuer.Calls("/token"))
		}
	})
}

// TestGoogleWithReplicas: a sign-in that began at one server can finish at another,
// which has not talked to the issuer before.
func TestGoogleWithReplicas(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		other := start(t, databaseURL, func(c *handlers.Config) { c.Google = client(g.issuer, c.Now, 30*time.Second) })
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		cookie, back := g.beginSignIn()
		bearer := other.do("GET", back, "", cookie).signedIn()
		g.do("GET", "/api/users/me", "", bearer).status(200)
		g.do("GET", back, "", cookie).refused()
	})
}

// TestGoogleAloneHasNoPassword: an account without a password responds like an
// unknown address: with the same text, after one hash, with the same locks.
func TestGoogleAloneHasNoPassword(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := &hashHooks{}
		g := startWithGoogle(t, databaseURL, withHashHooks(t, m))
		g.signIn(googleUser("1", "ada@example.com")).signedIn()
		if n := m.hashed(); n != 0 {
			t.Errorf("signing up took %d hashes", n)
		}
		for i, guess := range []string{password, "", "null", "x", "y", "z"} {
			var texts [2]string
			for j, email := range []string{"ada@example.com", "nobody@example.com"} {
				before := m.hashed()
				answer := g.do("POST", doors[0], credentials(email, guess))
				texts[j] = fmt.Sprint(answer.Code, answer.Body, m.hashed()-before)
				if want := []int{401, 429}[i/5]; answer.Code != want {
					t.Errorf("%s, guess %d: got %d, want %d", email, i, answer.Code, want)
				}
			}
			if texts[0] != texts[1] {
				t.Errorf("guess %d tells whether there is an account: %q", i, texts)
			}
		}
		g.signIn(googleUser("1", "ada@example.com")).signedIn() // the lock is not the owner's fault
	})
}

// TestRaceOfLogInAndLink: a log-in whose password was right when it was read leaves
// no session if a link removes the password before it is compared.
func TestRaceOfLogInAndLink(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		m := &hashHooks{}
		g := startWithGoogle(t, databaseURL, withHashHooks(t, m))
		g.register("ada@example.com")
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		cookie, back := g.beginSignIn()
		done := false
		m.runAt(1, func() {
			done = true
			g.do("GET", back, "", cookie)
		})
		g.do("POST", doors[0], credentials("ada@example.com", password)).status(401)
		if n := g.sessions("ada@example.com"); n != 1 || !done {
			t.Errorf("there are %d sessions, want the one by Google (linked: %v)", n, done)
		}
	})
}
