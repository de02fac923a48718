package openid

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/alta/internal/testkit"
	"example.com/alta/internal/testoidc"
)

func TestSecrets(t *testing.T) {
	first, second := NewSecrets(), NewSecrets()
	if got := ParseSecrets(first.String()); got != first {
		t.Errorf("%+v became %+v", first, got)
	}
	if len(first.Verifier) < 43 || len(first.Nonce) < 22 || first.Verifier == second.Verifier || first.Nonce == second.Nonce || first.Verifier == first.Nonce {
		t.Errorf("%+v and %+v are not random", first, second) // RFC 7636, section 4.1, requires 43 characters
	}
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "  Ada\t": "Ada", "A\x00d\u0085a": "Ada", "A\xffda": "Ada", "Ñandú": "Ñandú", " \n ": "",
		strings.Repeat("😀", 101): strings.Repeat("😀", 100), strings.Repeat("a", 99) + " b": strings.Repeat("a", 99),
	} {
		if got := clean(name); got != want || !utf8.ValidString(got) {
			t.Errorf("clean(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestPicture(t *testing.T) {
	for text, want := range map[string]bool{
		"https://lh3.googleusercontent.com/a/x=s96-c": true, "": false, "http://example.com/a": false, "//example.com/a": false,
		"javascript:alert(1)": false, "data:image/png;base64,AA": false, "https://me:word@example.com/a": false, "https:///a": false,
		"https://example.com/\n": false, "https://example.com/" + strings.Repeat("x", maxPicture): false,
	} {
		if got := picture(text); (got != nil) != want || want && *got != text {
			t.Errorf("picture(%q) = %v, want it taken: %v", text, got, want)
		}
	}
}

// newClient returns a client of the issuer, with the clock.
func newClient(issuer *testoidc.Issuer, clock *testkit.Clock) *Client {
	return New(Config{
		Issuer: issuer.URL, ClientID: testoidc.ClientID, ClientSecret: testoidc.ClientSecret, RedirectURL: "http://alta.test/", Now: clock.Now,
	})
}

const discovery = "/.well-known/openid-configuration"

// TestDiscoveryIsKept: the client requests the issuer's configuration until it has
// it, with a pause after each failure. Errors quote only the beginning of long
// responses.
func TestDiscoveryIsKept(t *testing.T) {
	clock := testkit.NewClock(time.Now())
	issuer := testoidc.Start(t, clock.Now)
	c := newClient(issuer, clock)
	for _, faults := range []testoidc.Faults{{Down: true}, {Huge: true}, {Mismatch: true}} {
		issuer.Misbehave(faults)
		for range 3 {
			err := c.Probe(t.Context())
			if !errors.Is(err, ErrAway) || len(err.Error()) > 2*maxText || strings.ContainsAny(err.Error(), "\r\n") {
				t.Errorf("%+v: %v", faults, err)
			}
		}
		clock.Advance(failurePause)
	}
	issuer.Misbehave(testoidc.Faults{})
	for range 3 {
		if location, err := c.AuthURL(t.Context(), "state", NewSecrets()); err != nil || !strings.HasPrefix(location, issuer.URL+"/authorize?") {
			t.Errorf("AuthURL = %s, %v", location, err)
		}
	}
	if n := issuer.Calls(discovery); n != 4 {
		t.Errorf("asked %d times, want 4", n)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Identify(cancelled, "code", NewSecrets()); !errors.Is(err, ErrAway) {
		t.Errorf("a cancelled call: %v", err)
	}
}

// TestHangingIssuerIsAskedOnce: however many people want to sign in while the issuer
// hangs, it is asked once at a time. Callers whose time is over do not wait for it.
func TestHangingIssuerIsAskedOnce(t *testing.T) {
	clock := testkit.NewClock(time.Now())
	issuer := testoidc.Start(t, clock.Now)
	c := newClient(issuer, clock)
	c.config.Timeout = time.Second
	issuer.Misbehave(testoidc.Faults{Delay: time.Hour})
	impatient, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if _, err := c.AuthURL(impatient, "state", NewSecrets()); !errors.Is(err, ErrAway) {
				t.Errorf("AuthURL: %v", err)
			}
		})
	}
	all.Wait()
	if n := issuer.Calls(discovery); n > 1 {
		t.Errorf("the issuer was asked %d times at once", n)
	}
}

// TestWithdrawnKeysAreDropped: a key that the issuer has withdrawn is trusted no longer
// than keysLife, although its signatures are good.
func TestWithdrawnKeysAreDropped(t *testing.T) {
	clock := testkit.NewClock(time.Now())
	issuer := testoidc.Start(t, clock.Now)
	issuer.SignInAs(testoidc.Person{"sub": "1", "email": "ada@example.com", "email_verified": true})
	c := newClient(issuer, clock)
	signIn := func() error {
		t.Helper()
		secrets := NewSecrets()
		location, err := c.AuthURL(t.Context(), "state", secrets)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Identify(t.Context(), issuer.Visit(t, location).Query().Get("code"), secrets)
		return err
	}
	if err := signIn(); err != nil {
		t.Fatal(err)
	}
	issuer.Misbehave(testoidc.Faults{KeyGone: true})
	clock.Advance(keysLife)
	if err := signIn(); !errors.Is(err, ErrToken) {
		t.Errorf("with a key that is withdrawn: %v", err)
	}
	issuer.Misbehave(testoidc.Faults{})
	if err := signIn(); err != nil {
		t.Errorf("with a key that is published again: %v", err)
	}
}
