package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/handlers"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
	"example.com/alta/repo"
)

// TestGoogleSignUp: a new person gets the same account as by a registration, without
// a password.
func TestGoogleSignUp(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		g := startWithGoogle(t, databaseURL)
		answer := g.signIn(googleUser("1", "Ada@Example.com"))
		bearer := answer.signedIn()
		if got := answer.Header(); got.Get("Cache-Control") != "no-store" || got.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers are %v", got)
		}
		me := g.do("GET", "/api/users/me", "", bearer).status(200)
		for path, want := range map[string]string{
			"email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "authProvider": "GOOGLE", "currency": "ARS", "role": "USER",
			"avatarUrl": "https://lh3.googleusercontent.com/a/1", "emailVerified": "2026-03-04T14:13:20.000Z",
		} {
			if got := me.get(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}
		user := g.user("ada@example.com")
		if user.PasswordHash != nil || user.Door != repo.DoorApp || user.AuthProviderID == nil || *user.AuthProviderID != "1" || user.Plan != repo.PlanNone {
			t.Errorf("the user is %+v", user)
		}
		g.register("john@example.com")
		john := "Authorization: Bearer " + g.do("POST", doors[0], credentials("john@example.com", password)).status(200).get("token")
		for _, list := range []string{"/api/accounts", "/api/categories?limit=100"} {
			mine, other := uuidText.ReplaceAllString(g.do("GET", list, "", bearer).status(200).Body.String(), "id"),
				uuidText.ReplaceAllString(g.do("GET", list, "", john).status(200).Body.String(), "id")
			if mine != other {
				t.Errorf("%s differs from a registration's:\n%s%s", list, mine, other)
			}
		}
		answer.cookie("alta-device")
		g.signIn(googleUser("1", "Ada@Example.com")).signedIn()
		if n := g.users(); n != 2 {
			t.Errorf("there are %d users, want 2", n)
		}
	})
}

// TestGoogleAgain: the issuer's subject identifies a person, not the address.
func TestGoogleAgain(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
	moved := googleUser("1", "lovelace@example.com")
	moved["picture"] = "https://lh3.googleusercontent.com/a/new"
	me := g.do("GET", "/api/users/me", "", g.signIn(moved).signedIn())
	if me.get("email") != "ada@example.com" || me.get("avatarUrl") != "https://lh3.googleusercontent.com/a/new" {
		t.Errorf("the user is %s", me.Body)
	}
	delete(moved, "picture")
	if g.do("GET", "/api/users/me", "", g.signIn(moved).signedIn()).get("avatarUrl") != "https://lh3.googleusercontent.com/a/new" {
		t.Error("the picture is gone")
	}
	// The address that nobody has any more at Google is another's now.
	g.signIn(googleUser("2", "ada@example.com")).refused()
	if n := g.users(); n != 1 {
		t.Errorf("there are %d users, want 1", n)
	}
}

// TestGoogleLinkEndsVerification: the link in an older verification mail no longer
// works.
func TestGoogleLinkEndsVerification(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.registerUnverified("ada@example.com")
	token := g.secret("verification")
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
	g.do("POST", "/api/v1/auth/verifyEmail", withToken(token)).status(400)
	g.do("POST", doors[1], credentials("ada@example.com", password)).status(401)
}

// TestGoogleSuspended: the issuer cannot sign in a suspended user.
func TestGoogleSuspended(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
	g.register("john@example.com")
	for _, email := range []string{"ada@example.com", "john@example.com"} {
		g.setActive(email, false)
		before := g.user(email)
		g.signIn(googleUser(map[string]string{"ada@example.com": "1", "john@example.com": "2"}[email], email)).refused()
		if after := g.user(email); g.sessions(email) != 0 || after.AuthProvider != before.AuthProvider || after.EmailVerifiedAt != before.EmailVerifiedAt && !after.EmailVerifiedAt.Equal(*before.EmailVerifiedAt) {
			t.Errorf("something has changed: %+v", after)
		}
	}
	g.setActive("ada@example.com", true)
	g.signIn(googleUser("1", "ada@example.com")).signedIn()
}

// TestGoogleNames: names from the issuer become valid names.
func TestGoogleNames(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	long := strings.Repeat("ñ", 300)
	for i, test := range []struct {
		given, family, name, picture any
		first, last, avatar          string
	}{
		{"Ada", nil, "Ada Lovelace", nil, "Ada", "", ""},
		{nil, nil, "Ada Lovelace", "", "Ada Lovelace", "", ""},
		{nil, nil, nil, "/a/relative", "", "", ""},
		{long, long, nil, "https://example.com/" + strings.Repeat(long, 4), long[:200], long[:200], ""},
		{"A\x00d\r\na", " Love lace ", nil, "http://example.com/a", "Ada", "Love lace", ""},
		{nil, nil, long, "https://example.com/a.png", long[:200], "", "https://example.com/a.png"},
		{"😀", "<b>", nil, "javascript:alert(1)", "😀", "<b>", ""},
	} {
		email := string(rune('a'+i)) + "@example.com"
		g.signIn(testoidc.Person{
			"sub": email, "email": email, "email_verified": true,
			"given_name": test.given, "family_name": test.family, "name": test.name, "picture": test.picture,
		}).signedIn()
		user, avatar := g.user(email), ""
		if user.AvatarURL != nil {
			avatar = *user.AvatarURL
		}
		if user.FirstName != test.first || user.LastName != test.last || avatar != test.avatar {
			t.Errorf("%d: %q %q %q, want %q %q %q", i, user.FirstName, user.LastName, avatar, test.first, test.last, test.avatar)
		}
	}
}

// TestGoogleLocations: where a sign-in leads depends on the frontend's URL.
func TestGoogleLocations(t *testing.T) {
	for frontend, want := range map[string]string{
		"http://alta.test": "http://alta.test/app", "http://ALTA.test:80/": "http://ALTA.test:80/app",
		"https://alta.test":             "https://alta.test/oauth/callback?token=",
		"http://alta.test:8080":         "http://alta.test:8080/oauth/callback?token=",
		"https://app.example.com/base/": "https://app.example.com/base/oauth/callback?token=",
	} {
		g := startWithGoogle(t, testdb.SQLite(t), withFrontend(frontend))
		answer := g.signIn(googleUser("1", "ada@example.com")).status(302)
		session := answer.cookie("alta")
		if strings.HasSuffix(want, "=") {
			want += session
		}
		if got := answer.Header().Get("Location"); got != want {
			t.Errorf("%s: leads to %s, want %s", frontend, got, want)
		}
		g.do("GET", "/api/users/me", "", "Authorization: Bearer "+session).status(200)
		failed := g.do("GET", finishGoogle, "").status(302).Header().Get("Location")
		if want := strings.TrimSuffix(frontend, "/") + "/login?error=auth_failed"; failed != want {
			t.Errorf("%s: a failure leads to %s, want %s", frontend, failed, want)
		}
	}
}

// TestGoogleCookie: scripts and other hosts cannot read the browser's half of the
// proof, and it is gone once it is used.
func TestGoogleCookie(t *testing.T) {
	for public, name := range map[string]string{"http://alta.test": signInCookie, "https://alta.test": "__Host-" + signInCookie} {
		g := startWithGoogle(t, testdb.SQLite(t), func(c *handlers.Config) { c.PublicURL = must(url.Parse(public)) })
		g.issuer.SignInAs(googleUser("1", "ada@example.com"))
		answer := g.do("GET", startGoogle, "").status(302)
		cookie := answer.Result().Cookies()[0]
		if !strings.HasPrefix(cookie.Name, name) || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 600 ||
			cookie.Secure != (public[:5] == "https") || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("the cookie is %s", cookie)
		}
		back := g.issuer.Visit(t, answer.Header().Get("Location")).RequestURI()
		cleared := false
		for _, after := range g.do("GET", back, "", "Cookie: "+cookie.Name+"="+cookie.Value).status(302).Result().Cookies() {
			cleared = cleared || after.Name == cookie.Name && after.MaxAge < 0
		}
		if !cleared {
			t.Errorf("afterwards the cookie %s is still there", cookie.Name)
		}
	}
}

// TestGoogleOff: without a client, the paths do not exist.
func TestGoogleOff(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for _, target := range []string{startGoogle, finishGoogle, finishGoogle + "?code=a&state=b"} {
		path, _, _ := strings.Cut(target, "?")
		answer := h.do("GET", target, "").status(404)
		if answer.get("message") != "Cannot GET "+path || len(answer.Result().Cookies()) > 0 {
			t.Errorf("%s: %s", target, answer.Body)
		}
	}
}
