package alta

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"
)

// Client calls a server. It is safe for concurrent use.
type Client struct {
	base       *url.URL
	http       *http.Client
	credential http.Header // header with the credential; nil without one
	retries    Retries
}

// Option changes the client that [New] returns.
type Option func(*Client) error

// attemptTimeout bounds one attempt, unless [WithHTTPClient] sets another time-out.
// It is longer than any call takes.
const attemptTimeout = 90 * time.Second

// New returns a client of the server at baseURL. Without an option for a credential,
// it can only call operations that are open to everyone. The error names the invalid
// argument.
func New(baseURL string, options ...Option) (*Client, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("alta: the base URL: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || strings.ContainsAny(baseURL, "?#") || base.User != nil {
		return nil, errors.New("alta: the base URL has to be of the form https://host, without user, query and fragment")
	}
	base.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") // escaped slashes stay
	if base.Path, err = url.PathUnescape(base.RawPath); err != nil {
		return nil, fmt.Errorf("alta: the base URL: %w", err)
	}
	c := &Client{base: base, http: &http.Client{Timeout: attemptTimeout}, retries: DefaultRetries}
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	// The API does not redirect, and the target of a redirection must not get the credential.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// WithAPIKey makes calls with an API key. They cost tokens.
func WithAPIKey(key string) Option {
	return func(c *Client) error { return c.setCredential("X-API-Key", key, "") }
}

// WithToken makes calls with a session. The token is that of a registration or a
// log-in. The calls are free.
func WithToken(token string) Option {
	return func(c *Client) error { return c.setCredential("Authorization", token, "Bearer ") }
}

func (c *Client) setCredential(header, secret, scheme string) error {
	if strings.TrimSpace(secret) == "" || strings.ContainsAny(secret, "\r\n") {
		return fmt.Errorf("alta: the credential for %s is empty or has line breaks", header)
	}
	if c.credential != nil {
		return errors.New("alta: a client has one credential, an API key or a token")
	}
	c.credential = http.Header{}
	c.credential.Set(header, scheme+secret)
	return nil
}

// WithHTTPClient makes calls with a copy of the given client: with its transport,
// cookies and time-out. Redirections are not followed.
func WithHTTPClient(client *http.Client) Option {
	return func(c *Client) error {
		if client == nil {
			return errors.New("alta: the HTTP client is nil")
		}
		copied := *client
		c.http = &copied
		return nil
	}
}

// WithRetries changes the retries. With the zero value, each call is made once.
func WithRetries(retries Retries) Option {
	return func(c *Client) error {
		if retries.Max < 0 || retries.Backoff < 0 || retries.MaxWait < 0 {
			return errors.New("alta: retries are not negative")
		}
		c.retries = retries
		return nil
	}
}

// Ptr returns a pointer to the value, for optional fields and parameters.
func Ptr[T any](value T) *T { return &value }

// Value returns the value for a field that may be null.
func Value[T any](value T) nullable.Nullable[T] { return nullable.NewNullableWithValue(value) }

// Null returns null for a field that may be null.
func Null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }
