package openid

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	// failurePause is how long the issuer is not asked again after a failure, so that
	// anonymous calls do not become as many requests to an issuer that hangs.
	failurePause = 5 * time.Second
	// keysLife is how long the issuer's keys are kept. After that, a key that the
	// issuer has withdrawn is no longer trusted.
	keysLife = 10 * time.Minute
	// maxConnections are open to the issuer at a time.
	maxConnections = 16
	// maxHeader bounds the header of a response of the issuer, in bytes.
	maxHeader = 64 << 10
)

// newTransport returns the transport of a client, whose responses are bounded.
func newTransport() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxConnsPerHost, transport.MaxResponseHeaderBytes = maxConnections, maxHeader
	return limitedTransport{transport}
}

// discover returns the issuer's configuration. It requests it until the issuer has
// answered once: one request at a time for all callers, and none for failurePause
// after a failure. The request does not end with the context of one caller.
func (c *Client) discover(ctx context.Context) (*issuer, error) {
	if known, err := c.discovered(); known != nil || err != nil {
		return known, err
	}
	asked := c.asking.DoChan("", func() (any, error) { return c.askIssuer() })
	select {
	case answer := <-asked:
		known, _ := answer.Val.(*issuer)
		return known, answer.Err
	case <-ctx.Done():
		return nil, failure(ErrAway, ctx.Err())
	}
}

// discovered returns the configuration, or the error of a recent request. Both are nil
// if the issuer has to be asked.
func (c *Client) discovered() (*issuer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil && c.failed != nil && c.config.Now().Sub(c.failedAt).Abs() < failurePause {
		return nil, c.failed
	}
	return c.known, nil
}

// askIssuer requests the configuration and remembers the outcome.
func (c *Client) askIssuer() (*issuer, error) {
	ctx, cancel := c.withTimeout(context.Background())
	defer cancel()
	var known *issuer
	provider, err := oidc.NewProvider(ctx, c.config.Issuer)
	if err == nil {
		known, err = c.newIssuer(provider)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failed, c.failedAt = failure(ErrAway, err), c.config.Now()
		return nil, c.failed
	}
	c.known, c.failed = known, nil
	return known, nil
}

// keySet has the keys of an issuer, which it requests anew after keysLife.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	current *oidc.RemoteKeySet
	since   time.Time
}

// VerifySignature is part of oidc.KeySet.
func (k *keySet) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	return k.fresh().VerifySignature(ctx, token)
}

func (k *keySet) fresh() *oidc.RemoteKeySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.now(); k.current == nil || now.Sub(k.since).Abs() >= keysLife {
		k.current, k.since = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), k.client), k.url), now
	}
	return k.current
}
