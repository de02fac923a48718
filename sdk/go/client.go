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

// Client calls a server. Any number of goroutines may use it at once.
type Client struct {
	base       *url.URL
	http       *http.Client
	credential http.Header // what proves who calls, if anything
	retries    Retries
}

// Option changes what [New] makes.
type Option func(*Client) error

// patience is how long one try may take unless [WithHTTPClient] says otherwise:
// longer than any call takes a server.
const patience = 90 * time.Second

// New returns a client of the server at baseURL, which calls without a
// credential unless an option gives one. Its error says which argument is of
// no use.
func New(baseURL string, options ...Option) (*Client, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("alta: the base URL: %w", err)
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, errors.New("alta: the base URL has to be of the form https://host, without user, query and fragment")
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	c := &Client{base: base, http: &http.Client{Timeout: patience}, retries: DefaultRetries}
	for _, option := range options {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	// A redirection is no answer of the API, and whoever is at its end is not to have the credential.
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c, nil
}

// WithAPIKey makes calls by an API key. They cost tokens.
func WithAPIKey(key string) Option {
	return func(c *Client) error { return c.setCredential("X-API-Key", key, "") }
}

// WithToken makes calls by a session: the token is that of a registration or a
// log-in. They cost nothing.
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

// WithHTTPClient makes calls by a copy of the client given, with its transport,
// cookies and timeout. Redirections are not followed.
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

// WithRetries changes how often and when calls are made again. The zero value
// makes each once.
func WithRetries(retries Retries) Option {
	return func(c *Client) error {
		if retries.Max < 0 || retries.Backoff < 0 || retries.MaxWait < 0 {
			return errors.New("alta: retries are not negative")
		}
		c.retries = retries
		return nil
	}
}

// Ptr returns a pointer to the value, for fields and parameters that may be
// left out.
func Ptr[T any](value T) *T { return &value }

// Value returns the value, for fields that may be null.
func Value[T any](value T) nullable.Nullable[T] { return nullable.NewNullableWithValue(value) }

// Null returns null.
func Null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }
