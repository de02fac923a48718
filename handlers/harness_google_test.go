package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
)

const (
	startGoogle  = "/api/auth/google"
	finishGoogle = "/api/auth/google/callback"
	loginFailed  = "http://alta.test/login?error=auth_failed"
)

// withGoogle is a server where people sign in by the test's own issuer.
type withGoogle struct {
	*harness
	issuer      *testoidc.Issuer
	databaseURL string
}

// startWithGoogle starts a server and an issuer with the same clock.
func startWithGoogle(t *testing.T, databaseURL string, configure ...func(*handlers.Config)) *withGoogle {
	t.Helper()
	return startWaiting(t, databaseURL, 30*time.Second, configure...)
}

// startWaiting does so, with a time-out for the issuer.
func startWaiting(t *testing.T, databaseURL string, timeout time.Duration, configure ...func(*handlers.Config)) *withGoogle {
	t.Helper()
	g := &withGoogle{databaseURL: databaseURL}
	g.harness = start(t, databaseURL, append([]func(*handlers.Config){func(c *handlers.Config) {
		g.issuer = testoidc.Start(t, c.Now)
		c.Google = client(g.issuer, c.Now, timeout)
	}}, configure...)...)
	return g
}

// startReplica starts another server on the database, which has asked the issuer about
// itself already.
func (g *withGoogle) startReplica(t *testing.T, timeout time.Duration) *harness {
	t.Helper()
	google := client(g.issuer, g.clock.Now, timeout)
	for google.Probe(t.Context()) != nil { // a busy machine may be slower than a short time-out
		if t.Context().Err() != nil {
			t.FailNow()
		}
	}
	return start(t, g.databaseURL, func(c *handlers.Config) { c.Google = google })
}

func client(issuer *testoidc.Issuer, now func() time.Time, timeout time.Duration) *openid.Client {
	return openid.New(openid.Config{
		Issuer: issuer.URL, ClientID: testoidc.ClientID, ClientSecret: testoidc.ClientSecret,
		RedirectURL: "http://alta.test" + finishGoogle, Timeout: timeout, Now: now,
	})
}

// googleUser is a user whom the issuer knows by the subject.
func googleUser(subject, email string) testoidc.Person {
	return testoidc.Person{
		"sub": subject, "email": email, "email_verified": true, "given_name": "Ada", "family_name": "Lovelace",
		"name": "Ada Lovelace", "picture": "https://lh3.googleusercontent.com/a/" + subject,
	}
}

// signInCookie begins the names of the cookies of sign-ins that are under way.
const signInCookie = "alta-sign-in-"

// beginSignIn begins a sign-in and goes to the issuer. It returns the browser's
// cookie, and the target that the issuer sends the browser back to.
func (g *withGoogle) beginSignIn(headers ...string) (cookie, back string) {
	g.t.Helper()
	answer := g.do("GET", startGoogle, "", headers...).status(302)
	for _, set := range answer.Result().Cookies() {
		if strings.HasPrefix(set.Name, signInCookie) && set.MaxAge > 0 {
			cookie = set.Name + "=" + set.Value
		}
	}
	return "Cookie: " + cookie, g.issuer.Visit(g.t, answer.Header().Get("Location")).RequestURI()
}

// signIn signs the person in as a browser does, and returns the last answer.
func (g *withGoogle) signIn(p testoidc.Person) *response {
	g.t.Helper()
	g.issuer.SignInAs(p)
	cookie, back := g.beginSignIn()
	return g.do("GET", back, "", cookie)
}

// signedIn fails the test unless the answer logs somebody in, and returns the header
// with the session.
func (r *response) signedIn() (bearer string) {
	r.t.Helper()
	if where := r.status(302).Header().Get("Location"); where != "http://alta.test/app" {
		r.t.Fatalf("leads to %s", where)
	}
	return "Authorization: Bearer " + r.cookie("alta")
}

// refused fails the test unless the answer leads back to the login page, and
// logs nobody in.
func (r *response) refused() {
	r.t.Helper()
	if where := r.status(302).Header().Get("Location"); where != loginFailed {
		r.t.Errorf("leads to %s, want %s", where, loginFailed)
	}
	for _, cookie := range r.Result().Cookies() {
		if !strings.HasPrefix(cookie.Name, signInCookie) || cookie.MaxAge >= 0 {
			r.t.Errorf("sets the cookie %s", cookie)
		}
	}
}

// expectNoUsers fails the test if there are users.
func (g *withGoogle) expectNoUsers() {
	g.t.Helper()
	if n := g.users(); n != 0 {
		g.t.Errorf("there are %d users, want none", n)
	}
}

// queryInt returns the number that the query selects.
func (g *withGoogle) queryInt(query string, args ...any) (n int) {
	g.t.Helper()
	if err := testdb.Connect(g.t, g.databaseURL).Get(&n, query, args...); err != nil {
		g.t.Fatal(err)
	}
	return n
}

// callbacks begins n sign-ins in n browsers and returns the calls that finish
// them.
func (g *withGoogle) callbacks(n int) func(i int) *http.Request {
	g.t.Helper()
	cookies, backs := make([]string, n), make([]string, n)
	for i := range n {
		cookies[i], backs[i] = g.beginSignIn()
	}
	return func(i int) *http.Request { return request("GET", backs[i], "", cookies[i]) }
}
