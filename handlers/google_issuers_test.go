package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testoidc"
)

// TestSignInsInTwoTabsBothSucceed: whatever the order in which a browser begins and
// finishes its sign-ins, and if it begins both before it has a cookie of either.
func TestSignInsInTwoTabsBothSucceed(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		for _, order := range [][]int{{0, 1}, {1, 0}} {
			for _, atOnce := range []bool{false, true} {
				g := startWithGoogle(t, databaseURL)
				g.issuer.SignInAs(googleUser("1", "ada@example.com"))
				first, firstBack := g.beginSignIn()
				var sent []string
				if !atOnce {
					sent = []string{first}
				}
				second, secondBack := g.beginSignIn(sent...)
				jar := map[string]string{} // the cookies as a browser keeps them, by name
				for _, cookie := range []string{first, second} {
					name, value, _ := strings.Cut(strings.TrimPrefix(cookie, "Cookie: "), "=")
					jar[name] = value
				}
				backs := []string{firstBack, secondBack}
				for _, i := range order {
					var pairs []string
					for name, value := range jar {
						pairs = append(pairs, name+"="+value)
					}
					answer := g.do("GET", backs[i], "", "Cookie: "+strings.Join(pairs, "; "))
					answer.signedIn()
					for _, set := range answer.Result().Cookies() {
						if jar[set.Name] = set.Value; set.MaxAge < 0 {
							delete(jar, set.Name)
						}
					}
				}
				for name := range jar {
					if strings.HasPrefix(name, signInCookie) {
						t.Errorf("order %v: the cookie %s is left", order, name)
					}
				}
				if n := g.users(); n != 1 {
					t.Errorf("order %v: there are %d users, want 1", order, n)
				}
			}
		}
	})
}

// TestSignInsThatAreGivenUpDoNotPileUp: a browser has the cookies of a few of them,
// the newest, at most.
func TestSignInsThatAreGivenUpDoNotPileUp(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	g.issuer.SignInAs(googleUser("1", "ada@example.com"))
	var jar []string // the oldest first, as browsers send them
	var last string
	for range 30 {
		answer := g.do("GET", startGoogle, "", "Cookie: "+strings.Join(jar, "; ")).status(302)
		last = g.issuer.Visit(t, answer.Header().Get("Location")).RequestURI()
		for _, set := range answer.Result().Cookies() {
			jar = slices.DeleteFunc(jar, func(pair string) bool { return strings.HasPrefix(pair, set.Name+"=") })
			if set.MaxAge > 0 {
				jar = append(jar, set.Name+"="+set.Value)
			}
		}
	}
	if len(jar) != 8 {
		t.Errorf("the browser has %d cookies: %v", len(jar), jar)
	}
	g.do("GET", last, "", "Cookie: "+strings.Join(jar, "; ")).signedIn()
}

// TestEveryAlgorithmOfAnIssuersKeysSignsIn: and none that its keys do not have.
func TestEveryAlgorithmOfAnIssuersKeysSignsIn(t *testing.T) {
	for _, published := range testoidc.Algorithms {
		g := startWithGoogle(t, testdb.SQLite(t)) // a client keeps an issuer's keys
		g.issuer.Misbehave(testoidc.Faults{Signer: published})
		g.signIn(googleUser("1", "ada@example.com")).signedIn()
		for _, used := range testoidc.Algorithms {
			isRSA := strings.HasSuffix(published, "S256") && published[0] != 'E' && used[0] != 'E'
			if used == published || isRSA { // an RSA key does both
				continue
			}
			g.issuer.Misbehave(testoidc.Faults{Signer: published, Sign: testoidc.SignWith(used)})
			g.signIn(googleUser("1", "ada@example.com")).refused()
		}
	}
}

// TestIssuersThatWriteClaimsTheirOwnWaySignIn: a word for a truth value, and names and
// pictures of other types.
func TestIssuersThatWriteClaimsTheirOwnWaySignIn(t *testing.T) {
	g := startWithGoogle(t, testdb.SQLite(t))
	for i, claims := range []map[string]any{
		{"email_verified": "true"}, {"email_verified": "True"}, {"email_verified": true},
		{"picture": map[string]any{"data": map[string]any{"url": "https://example.com/a"}}}, {"name": nil, "given_name": 1, "family_name": []string{"a"}},
	} {
		email := string(rune('a'+i)) + "@example.com"
		person := googleUser(email, email)
		for name, value := range claims {
			person[name] = value
		}
		g.signIn(person).signedIn()
	}
}

// TestIdentityIsIssuerAndSubject: after another issuer is configured, its subjects are
// other people. Who has the verified address of an account gets in, as at a first
// sign-in.
func TestIdentityIsIssuerAndSubject(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		old := startWithGoogle(t, databaseURL)
		old.signIn(googleUser("1", "ada@example.com")).signedIn()
		ada := old.user("ada@example.com").ID
		g := startWithGoogle(t, databaseURL)
		g.signIn(googleUser("1", "mallory@example.com")).signedIn()
		if mallory := g.user("mallory@example.com").ID; mallory == ada || g.users() != 2 {
			t.Errorf("another person with the subject is %s, Ada is %s, of %d users", mallory, ada, g.users())
		}
		g.signIn(googleUser("77", "ada@example.com")).signedIn()
		if got := g.user("ada@example.com"); got.ID != ada || *got.AuthProviderID != "77" || g.users() != 2 {
			t.Errorf("Ada is %s with subject %s, of %d users; want %s", got.ID, *got.AuthProviderID, g.users(), ada)
		}
		g.signIn(googleUser("78", "ada@example.com")).refused() // the same issuer, another person
		g.signIn(googleUser("77", "ada@example.org")).signedIn()
		if g.users() != 2 {
			t.Errorf("there are %d users, want 2", g.users())
		}
	})
}
