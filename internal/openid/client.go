// Package openid signs people in with an OpenID Connect issuer, such as Google. It
// uses the authorization code flow with PKCE and a nonce, and neither Alta's users
// nor its database.
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
	"golang.org/x/sync/singleflight"
)

// Google is the issuer of Google's accounts.
const Google = "https://accounts.google.com"

// Errors of an issuer. Their texts are for the audit log; the errors that wrap them
// have details for the operator.
var (
	ErrAway       = errors.New("the issuer is away")
	ErrCode       = errors.New("the issuer refuses the code")
	ErrToken      = errors.New("the ID token is not good")
	ErrUnverified = errors.New("the issuer has not verified the address")
)

const (
	defaultTimeout = 10 * time.Second
	maxAnswer      = 1 << 20 // bytes of a response of the issuer
	maxText        = 300     // bytes of an error's details, which may quote responses
)

// algorithms are the accepted signatures of ID tokens, whatever the issuer offers.
// Which of them an issuer can use, its keys decide: each algorithm takes a key of
// its type. They exclude tokens without a signature and keys that the client
// shares.
var algorithms = []string{oidc.RS256, oidc.PS256, oidc.ES256, oidc.ES384, oidc.EdDSA}

// Config has the settings of a Client.
type Config struct {
	Issuer       string // exactly as the issuer writes it
	ClientID     string
	ClientSecret string
	RedirectURL  string           // URL to which the issuer sends browsers back
	Timeout      time.Duration    // of all requests of one call to the issuer; 0: ten seconds
	Now          func() time.Time // nil: time.Now
}

// Client uses one issuer. It sends no request before the first sign-in.
type Client struct {
	config Config
	http   *http.Client

	asking singleflight.Group

	mu       sync.Mutex
	known    *issuer // nil: not discovered yet
	failed   error   // of the last request for the configuration
	failedAt time.Time
}

// issuer is the configuration that an issuer has published.
type issuer struct {
	oauth2.Config
	tokens *oidc.IDTokenVerifier
}

// New returns a Client. It does not contact the issuer.
func New(config Config) *Client {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	return &Client{config: config, http: &http.Client{
		Timeout:   config.Timeout,
		Transport: newTransport(),
		// A redirection must not send the client's secret elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Probe reads the issuer's configuration. If that fails, the error wraps ErrAway.
func (c *Client) Probe(ctx context.Context) error {
	ctx, cancel := c.withTimeout(ctx)
	defer cancel()
	_, err := c.discover(ctx)
	return err
}

// AuthURL returns the URL at which a browser signs in. Its error wraps ErrAway.
func (c *Client) AuthURL(ctx context.Context, state string, s Secrets) (string, error) {
	ctx, cancel := c.withTimeout(ctx)
	defer cancel()
	known, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	return known.AuthCodeURL(state, oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)), nil
}

// withTimeout returns the context for the requests of one call to the issuer.
func (c *Client) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(oidc.ClientContext(ctx, c.http), c.config.Timeout)
}

// newIssuer checks the discovered configuration and returns the issuer.
func (c *Client) newIssuer(provider *oidc.Provider) (*issuer, error) {
	var claims struct {
		Keys    string   `json:"jwks_uri"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := provider.Claims(&claims); err != nil {
		return nil, err
	}
	endpoint := provider.Endpoint()
	for name, text := range map[string]string{
		"authorization_endpoint": endpoint.AuthURL, "token_endpoint": endpoint.TokenURL, "jwks_uri": claims.Keys,
	} {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, fmt.Errorf("the issuer's %s is no URL", name)
		}
	}
	// Without a list, the method is client_secret_basic (OpenID Connect Discovery 1.0, section 3). The
	// library would try one method after the other, but the first attempt uses the code up.
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(claims.Methods) > 0 && !slices.Contains(claims.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return &issuer{
		Config: oauth2.Config{
			ClientID: c.config.ClientID, ClientSecret: c.config.ClientSecret, Endpoint: endpoint,
			RedirectURL: c.config.RedirectURL, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
		tokens: oidc.NewVerifier(c.config.Issuer, &keySet{url: claims.Keys, client: c.http, now: c.config.Now}, &oidc.Config{
			ClientID: c.config.ClientID, SupportedSigningAlgs: algorithms, Now: c.config.Now,
		}),
	}, nil
}

// failure returns an error of the kind with the text of its cause, which is cut if
// it is long.
func failure(kind, cause error) error {
	text := cause.Error()
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	return fmt.Errorf("%w: %q", kind, text)
}

// limitedTransport is a transport whose responses have at most maxAnswer bytes.
type limitedTransport struct{ http.RoundTripper }

// RoundTrip sends the request. Reading the response fails after maxAnswer bytes.
func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxAnswer)
	}
	return response, err
}
