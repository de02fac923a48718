package handlers_test

import (
	"context"
	"errors"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
)

func withMetricsToken(token string) func(*handlers.Config) {
	return func(c *handlers.Config) { c.MetricsToken = token }
}

func withRates(rates map[string]contract.Rate) func(*handlers.Config) {
	return func(c *handlers.Config) { c.Rates = rates }
}

// withTrustedProxies takes networks, separated by commas.
func withTrustedProxies(networks string) func(*handlers.Config) {
	return func(c *handlers.Config) {
		for network := range strings.SplitSeq(networks, ",") {
			if network != "" {
				c.TrustedProxies = append(c.TrustedProxies, must(netip.ParsePrefix(network)))
			}
		}
	}
}

func withFrontend(text string) func(*handlers.Config) {
	return func(c *handlers.Config) { c.FrontendURL = must(url.Parse(text)) }
}

// withoutPlanLimit lifts rate limits, so that only the balance limits calls.
func withoutPlanLimit(c *handlers.Config) { c.Limits = noLimits{} }

type noLimits struct{}

func (noLimits) Allow(context.Context, string, meter.Limit) meter.Decision {
	return meter.Decision{Allowed: true}
}
func (noLimits) Sweep() int { return 0 }

// errGone is what withPanics panics with.
var errGone = errors.New("secret of the house")

// withPanics makes the server panic when it reads its clock for the n-th time after
// panics is set to n. A call by key reads it to identify the caller and to check the
// limit, both before it is charged.
func withPanics(panics *int) func(*handlers.Config) {
	return func(c *handlers.Config) {
		now := c.Now
		c.Now = func() time.Time {
			if *panics--; *panics == 0 {
				panic(errGone)
			}
			return now()
		}
	}
}

// hashHooks run functions of a test in the middle of a call, just before a
// password is hashed or compared. The call may have read data by then that the
// function changes.
type hashHooks struct {
	mu    sync.Mutex
	hooks []func() // for the next hashes
	count int
}

// runAt makes f run at the n-th hash from now on; 1 is the next.
func (m *hashHooks) runAt(n int, f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hooks = append(make([]func(), n-1), f)
}

func (m *hashHooks) onHash(time.Duration) {
	m.mu.Lock()
	m.count++
	var hook func()
	if len(m.hooks) > 0 {
		hook, m.hooks = m.hooks[0], m.hooks[1:]
	}
	m.mu.Unlock()
	if hook != nil {
		hook()
	}
}

// hashed returns how many passwords have been hashed or compared.
func (m *hashHooks) hashed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}

// withHashHooks makes the server call m for each password that it hashes.
func withHashHooks(t *testing.T, m *hashHooks) func(*handlers.Config) {
	return func(c *handlers.Config) {
		c.Hasher = identity.NewHasher(identity.HasherConfig{Cost: 4, Queue: 256, Wait: 30 * time.Second, Waited: m.onHash})
		t.Cleanup(c.Hasher.Close)
	}
}

// withMailbox gives the server a development mailbox with one mail in it.
func withMailbox(t *testing.T, publicURL string) func(*handlers.Config) {
	return func(c *handlers.Config) {
		c.PublicURL = must(url.Parse(publicURL))
		c.Mailbox = mail.NewMailbox(t.TempDir(), &netmail.Address{Address: "alta@example.com"})
		m := mail.Message{ID: "one", To: "ada@example.com", Date: time.Now(),
			Content: mail.Content{Subject: "A canary", Text: "In a cage.\n", HTML: "<p>In a cage.</p>"}}
		if err := c.Mailbox.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}
