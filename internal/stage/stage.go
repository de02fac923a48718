// Package stage has the middleware that runs before and after the method of an
// operation: authentication, rate limits, validation, idempotency and charging. The
// stages share the state of a call in its Call.
//
// The order is request id, log, recovery, headers, body limit, principal, rate
// limit, validation, idempotency, charge, method. A call that one stage rejects
// does not reach the later ones; internal/problem answers it.
package stage

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Config has the dependencies and settings of Stages. All fields but Rates and the
// last four are required.
type Config struct {
	Contract  *contract.Contract
	Repo      *repo.Repo
	Keys      *identity.Keyring
	Tokens    *identity.Tokens
	Ledger    *meter.Ledger
	Limits    meter.Limits
	Hasher    *identity.Hasher
	Metrics   *metrics.Metrics
	Log       *slog.Logger
	Now       func() time.Time
	PublicURL *url.URL                 // its scheme decides the cookies' names and Secure
	Rates     map[string]contract.Rate // by rate class; overrides the contract

	TrustedProxies []netip.Prefix // their X-Forwarded-For is trusted
	CORSOrigins    []string
	MetricsToken   string // empty: metrics to loopback peers only
	BodyMemory     int64  // bytes for bodies that clients are sending; 0: 64 MiB
}

// Stages are the stages of all calls of one server.
type Stages struct {
	contract     *contract.Contract
	repo         *repo.Repo
	keys         *identity.Keyring
	tokens       *identity.Tokens
	ledger       *meter.Ledger
	limits       meter.Limits
	hasher       *identity.Hasher
	metrics      *metrics.Metrics
	log          *slog.Logger
	now          func() time.Time
	rates        map[string]contract.Rate
	proxies      []netip.Prefix
	corsOrigins  []string
	metricsToken string
	cookies      Cookies
	origins      *netaddr.Origins
	publicHost   string // of the public URL, without the port
	problems     problem.Writer
	lastSeen     *lastSeen // of sessions
	lastUsed     *lastSeen // of API keys
	keepers      keepers
	unreadable   unreadable
	bodies       *bodies
}

// New returns the stages. Its error names an invalid CORS origin.
func New(c Config) (*Stages, error) {
	own, err := netaddr.Origin(c.PublicURL.Scheme + "://" + c.PublicURL.Host)
	if err != nil {
		return nil, err
	}
	origins, err := netaddr.NewOrigins(c.PublicURL.Scheme, slices.Concat(c.CORSOrigins, []string{own})...)
	if err != nil {
		return nil, err
	}
	return &Stages{
		contract: c.Contract, repo: c.Repo, keys: c.Keys, tokens: c.Tokens, ledger: c.Ledger, limits: c.Limits, hasher: c.Hasher,
		metrics: c.Metrics, log: c.Log, now: c.Now, rates: c.Rates, proxies: c.TrustedProxies, corsOrigins: c.CORSOrigins,
		metricsToken: c.MetricsToken, cookies: Cookies{Secure: c.PublicURL.Scheme == "https"}, origins: origins,
		publicHost: c.PublicURL.Hostname(),
		problems:   problem.Writer{UpgradeURL: c.PublicURL.JoinPath("/pricing").String()},
		lastSeen:   newLastSeen(c.Repo, (*repo.Tx).TouchSession),
		lastUsed:   newLastSeen(c.Repo, (*repo.Tx).TouchAPIKey),
		bodies:     newBodies(cmp.Or(c.BodyMemory, defaultBodies)),
	}, nil
}

// Install adds the stages that all calls share to e, and sets the handler of
// errors.
func (s *Stages) Install(e *echo.Echo) {
	e.HTTPErrorHandler = s.writeError
	e.IPExtractor = s.clientAddress()
	e.Use(s.startCall, s.observe, recoverPanic, s.secure)
	if len(s.corsOrigins) > 0 {
		e.Use(s.allowOrigins())
	}
}

// For returns the stages of an operation's calls, in their order.
func (s *Stages) For(op *contract.Operation) []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		setOperation(op),
		s.limitBody(op),
		s.identify(op),
		s.limitRate(op),
		s.validate(op),
		s.idempotent(op),
		s.charge(op),
	}
}

// Cookies returns the settings of the server's cookies.
func (s *Stages) Cookies() Cookies { return s.cookies }

// Flush writes when sessions and keys were last used. If that fails, it returns the
// errors, and the next Flush tries again.
func (s *Stages) Flush(ctx context.Context) error {
	return errors.Join(s.lastSeen.flush(ctx), s.lastUsed.flush(ctx))
}

// TrimAnswers deletes the oldest stored responses of callers who have added some lately
// and have too many. It is to be called now and then; what it misses, the sweep of the
// database finds.
func (s *Stages) TrimAnswers(ctx context.Context) error { return s.keepers.trim(ctx, s.repo) }

// allowOrigins returns the middleware for CORS.
func (s *Stages) allowOrigins() echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins:     s.corsOrigins,
		AllowCredentials: true,
		AllowMethods:     []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"},
		AllowHeaders:     []string{"Authorization", "Content-Type", "X-API-Key", contract.HeaderIdempotencyKey, contract.HeaderIfMatch, "traceparent", "tracestate", "baggage"},
		ExposeHeaders: []string{
			HeaderRequestID, "RateLimit", "RateLimit-Policy", "Retry-After", headerTokenCost, headerTokenBalance, headerReplayed, headerETag,
			HeaderDisposition, HeaderTotal, HeaderTruncated, problem.HeaderCode,
		},
		MaxAge: 600,
	})
}
