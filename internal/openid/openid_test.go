package openid

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"example.com/alta/internal/testoidc"
)

func TestSecrets(t *testing.T) {
	one, other := NewSecrets(), NewSecrets()
	if got := ParseSecrets(one.String()); got != one {
		t.Errorf("%+v became %+v", one, got)
	}
	if len(one.Verifier) < 43 || len(one.Nonce) < 22 || one.Verifier == other.Verifier || one.Nonce == other.Nonce || one.Verifier == one.Nonce {
		t.Errorf("%+v and %+v are not random", one, other) // RFC 7636 section 4.1 wants 43 characters
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

// TestDiscoveryIsKept: an issuer is asked until it has answered once. Its
// answers are quoted, and cut short.
func TestDiscoveryIsKept(t *testing.T) {
	issuer := testoidc.Start(t, time.Now)
	c := New(Config{Issuer: issuer.URL, ClientID: testoidc.ClientID, ClientSecret: testoidc.ClientSecret, RedirectURL: "http://alta.test/", Now: time.Now})
	for _, faults := range []testoidc.Faults{{Down: true}, {Huge: true}, {Mismatch: true}} {
		issuer.Misbehave(faults)
		err := c.Probe(t.Context())
		if !errors.Is(err, ErrAway) || len(err.Error()) > 2*maxText || strings.ContainsAny(err.Error(), "\r\n") {
			t.Errorf("%+v: %v", faults, err)
		}
	}
	issuer.Misbehave(testoidc.Faults{})
	for range 3 {
		if location, err := c.AuthURL(t.Context(), "state", NewSecrets()); err != nil || !strings.HasPrefix(location, issuer.URL+"/authorize?") {
			t.Errorf("AuthURL = %s, %v", location, err)
		}
	}
	if n := issuer.Calls("/.well-known/openid-configuration"); n != 4 {
		t.Errorf("asked %d times, want 4", n)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Identify(gone, "code", NewSecrets()); !errors.Is(err, ErrAway) {
		t.Errorf("a call that was hung up: %v", err)
	}
}
