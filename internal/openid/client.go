// Package openid lets people sign in by an OpenID Connect issuer, such as
// Google: the authorization code flow with PKCE and a nonce. It knows neither
// Alta's users nor its database.
package openid

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Google is the issuer of Google's accounts.
const Google = "https://accounts.google.com"

// What goes wrong with an issuer. The texts are fit for an audit log; what
// wraps them is for the operator.
var (
	ErrAway       = errors.New("the issuer is away")
	ErrCode       = errors.New("the issuer refuses the code")
	ErrToken      = errors.New("the ID token is not good")
	ErrUnverified = errors.New("the issuer has not verified the address")
)

const (
	defaultTimeout = 10 * time.Second
	maxAnswer      = 1 << 20 // bytes of any answer of the issuer
	maxText        = 300     // bytes of what is said of a failure: answers are quoted in it
)

// algorithms are those that ID tokens may be signed with, whatever the issuer
// says: the one that every issuer has (OpenID Connect Core 1.0 section 15.1).
// Never one without a signature, nor one whose key the client shares.
var algorithms = []string{oidc.RS256}

// Config is what a Client is made of.
type Config struct {
	Issuer       string // exactly as it writes itself
	ClientID     string
	ClientSecret string
	RedirectURL  string        // where the issuer sends browsers back to
	Timeout      time.Duration // of all that one call asks of the issuer; 0: ten seconds
	Now          func() time.Time
}

// Client talks to one issuer. It asks it nothing before somebody signs in.
type Client struct {
	config Config
	http   *http.Client

	mu    sync.Mutex
	known *issuer // nil: not discovered yet
}

// issuer is what an issuer says of itself.
type issuer struct {
	oauth2.Config
	tokens *oidc.IDTokenVerifier // keeps the issuer's keys
}

// New returns a Client.
func New(config Config) *Client {
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	return &Client{config: config, http: &http.Client{
		Timeout:   config.Timeout,
		Transport: bounded{http.DefaultTransport},
		// Nothing that is asked of an issuer is moved elsewhere, the client's secret least of all.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Probe reports whether the issuer can be used.
func (c *Client) Probe(ctx context.Context) error {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	_, err := c.discover(ctx)
	return err
}

// AuthURL returns where a browser goes to sign in. Its error is ErrAway.
func (c *Client) AuthURL(ctx context.Context, state string, s Secrets) (string, error) {
	ctx, cancel := c.begin(ctx)
	defer cancel()
	known, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	return known.AuthCodeURL(state, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)), nil
}

// begin bounds what is asked of the issuer in one call.
func (c *Client) begin(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(oidc.ClientContext(ctx, c.http), c.config.Timeout)
}

// discover returns what the issuer says of itself, and asks it until it has
// answered once.
func (c *Client) discover(ctx context.Context) (*issuer, error) {
	c.mu.Lock()
	known := c.known
	c.mu.Unlock()
	if known != nil {
		return known, nil
	}
	provider, err := oidc.NewProvider(ctx, c.config.Issuer)
	if err != nil {
		return nil, failure(ErrAway, err)
	}
	if known, err = c.describe(provider); err != nil {
		return nil, failure(ErrAway, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = known
	return known, nil
}

// describe checks what was discovered, and makes what is needed of it.
func (c *Client) describe(provider *oidc.Provider) (*issuer, error) {
	var more struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&more); err != nil {
		return nil, err
	}
	endpoint := provider.Endpoint()
	for name, text := range map[string]string{
		"authorization_endpoint": endpoint.AuthURL, "token_endpoint": endpoint.TokenURL, "jwks_uri": more.Keys,
	} {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, fmt.Errorf("the issuer's %s is no URL", name)
		}
	}
	// What is left out is client_secret_basic (OpenID Connect Discovery 1.0 section 3). To try one after
	// the other, as the library would, uses the code up.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(more.Methods) > 0 && !slices.Contains(more.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &issuer{
		Config: oauth2.Config{
			ClientID: c.config.ClientID, ClientSecret: c.config.ClientSecret, Endpoint: endpoint,
			RedirectURL: c.config.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
		tokens: provider.Verifier(&oidc.Config{
			ClientID: c.config.ClientID, SupportedSigningAlgs: algorithms, Now: c.config.Now,
		}),
	}, nil
}

// failure says what went wrong, and why. The issuer's words are cut short.
func failure(kind, cause error) error {
	text := cause.Error()
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	return fmt.Errorf("%w: %q", kind, text)
}

// bounded is a transport whose answers are not read beyond maxAnswer bytes.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxAnswer)
	}
	return response, err
}
