// Package testoidc is an OpenID Connect issuer for tests. It is a real server
// with real keys, which signs everybody in without asking and can misbehave on
// demand.
package testoidc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The one client that is registered with every issuer.
const (
	ClientID     = "alta-test"
	ClientSecret = "the-client's-secret+/=&%"
)

// Person holds the ID token's claims about the person who signs in.
type Person map[string]any

// Faults are ways to misbehave. The zero value has none.
type Faults struct {
	Down     bool                // every answer is 503
	Delay    time.Duration       // before every answer
	Denied   string              // sent as `error` instead of a code
	Huge     bool                // answers are endless
	Claims   func(claims Claims) // changes the ID token before it is signed
	Sign     func(claims Claims) string
	Signer   string // the algorithm of the one key that is published and used; "": RS256
	NoBasic  bool   // the client's secret is accepted in the form only
	NoToken  bool   // the answer contains no ID token
	KeyGone  bool   // the signing key is not published
	Mismatch bool   // discovery names another issuer
}

// Claims are the claims of an ID token.
type Claims = jwt.MapClaims

// Issuer is a running issuer.
type Issuer struct {
	URL string

	now    func() time.Time
	mu     sync.Mutex
	person Person
	faults Faults
	codes  map[string]grant
	calls  map[string]int // by path
}

// grant holds the data of a code.
type grant struct {
	person                     Person
	redirect, challenge, nonce string
}

// Start starts an issuer that uses the clock and stops when the test ends.
func Start(t testing.TB, now func() time.Time) *Issuer {
	t.Helper()
	i := &Issuer{now: now, codes: map[string]grant{}, calls: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /keys", i.keys)
	server := httptest.NewServer(i.misbehave(mux))
	t.Cleanup(server.Close)
	i.URL = server.URL
	return i
}

// SignInAs sets who signs in from now on.
func (i *Issuer) SignInAs(p Person) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.person = p
}

// Misbehave sets the faults from now on.
func (i *Issuer) Misbehave(f Faults) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.faults = f
}

// Calls returns the number of calls to the path.
func (i *Issuer) Calls(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.calls[path]
}

// Visit does what a browser does at the address: it signs in and returns the
// address that the issuer redirects to.
func (i *Issuer) Visit(t testing.TB, address string) *url.URL {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("the issuer answers %s: %v", response.Status, err)
	}
	return back
}

func (i *Issuer) state() (Person, Faults) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.person, i.faults
}

func (i *Issuer) misbehave(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm() // a server notices that the client has hung up only after reading the body
		i.mu.Lock()
		i.calls[r.URL.Path]++
		faults := i.faults
		i.mu.Unlock()
		select {
		case <-r.Context().Done():
			return
		case <-time.After(faults.Delay):
		}
		switch {
		case faults.Down:
			http.Error(w, "down", http.StatusServiceUnavailable)
		case faults.Huge && r.URL.Path != "/authorize":
			w.Header().Set("Content-Type", "application/json")
			for filler := []byte(strings.Repeat(" ", 1<<16)); ; {
				if _, err := w.Write(filler); err != nil {
					return
				}
			}
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	_, faults := i.state()
	methods, name := []string{"client_secret_post", "client_secret_basic"}, i.URL
	if faults.NoBasic {
		methods = methods[:1]
	}
	if faults.Mismatch {
		name += "/other"
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": name, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
		// Alta must decide by itself which algorithms it accepts, even if an
		// issuer claims to sign with any.
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}, "token_endpoint_auth_methods_supported": methods,
	})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	_, faults := i.state()
	list := []map[string]string{}
	if !faults.KeyGone {
		list = append(list, published(faults.Signer))
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": list})
}

// authorize signs the person in, without a page, if the request is complete and
// correct.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	person, faults := i.state()
	q := r.URL.Query()
	for name, want := range map[string]string{
		"client_id": ClientID, "response_type": "code", "code_challenge_method": "S256", "scope": "openid email profile",
	} {
		if q.Get(name) != want {
			http.Error(w, fmt.Sprintf("%s is %q, want %q", name, q.Get(name), want), http.StatusBadRequest)
			return
		}
	}
	if q.Get("state") == "" || q.Get("nonce") == "" || len(q.Get("code_challenge")) != 43 {
		http.Error(w, "no state, nonce or code_challenge", http.StatusBadRequest)
		return
	}
	back := url.Values{"state": {q.Get("state")}, "authuser": {"0"}}
	if faults.Denied != "" {
		back.Set("error", faults.Denied)
	} else {
		code := "4/" + rand.Text()
		back.Set("code", code)
		i.mu.Lock()
		i.codes[code] = grant{person: person, redirect: q.Get("redirect_uri"), challenge: q.Get("code_challenge"), nonce: q.Get("nonce")}
		i.mu.Unlock()
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token exchanges a code, once, for an ID token.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	_, faults := i.state()
	if !authenticated(r, !faults.NoBasic) {
		writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	code := r.PostFormValue("code")
	i.mu.Lock()
	g, known := i.codes[code]
	delete(i.codes, code)
	i.mu.Unlock()
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || r.PostFormValue("grant_type") != "authorization_code" || g.redirect != r.PostFormValue("redirect_uri") ||
		g.challenge != encode(challenge[:]) {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "for the code " + code})
		return
	}
	answer := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 3600}
	if !faults.NoToken {
		answer["id_token"] = i.idToken(g, faults)
	}
	writeJSON(w, http.StatusOK, answer)
}

// authenticated reports whether the client authenticates correctly, in exactly
// one way.
func authenticated(r *http.Request, basic bool) bool {
	if !basic {
		return r.Header.Get("Authorization") == "" && r.PostFormValue("client_id") == ClientID && r.PostFormValue("client_secret") == ClientSecret
	}
	id, secret, _ := r.BasicAuth()
	return id == url.QueryEscape(ClientID) && secret == url.QueryEscape(ClientSecret) && r.PostFormValue("client_secret") == ""
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
