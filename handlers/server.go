// Package handlers serves the contract over HTTP: each operation is a method
// of Server, in the file of its tag. What all calls go through is set up here,
// in one order.
package handlers

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/export"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// Config is what a Server is made of.
type Config struct {
	Repo           *repo.Repo
	Hasher         *identity.Hasher
	Keys           *identity.Keyring
	Ledger         *meter.Ledger
	Limits         meter.Limits // nil: counted in this process
	Exports        *export.Gate // nil: as many at once as there are processors
	Now            func() time.Time
	Log            *slog.Logger
	Document       []byte // the contract as it is published
	Changelog      string // in Markdown
	Metrics        *metrics.Metrics
	Outbox         *mail.Outbox
	Mailbox        *mail.Mailbox            // where the outbox delivers to in development; nil: a mail server is set
	PublicURL      *url.URL                 // its scheme decides the cookies' names and Secure
	FrontendURL    *url.URL                 // of the pages that links in mails and sign-ins lead to
	Google         *openid.Client           // nil: no sign-in by Google
	SessionTTL     time.Duration            // life of a session and its JWT
	Rates          map[string]contract.Rate // by rate class; overrides the contract
	TrustedProxies []netip.Prefix           // whose X-Forwarded-For is believed
	CORSOrigins    []string
	MetricsToken   string // empty: metrics to loopback peers only
	Retention      repo.Retention
}

// Server implements every operation of the contract, by the groups of operations
// that it embeds: each has what its operations use, and no more.
type Server struct {
	*accessOperations
	*tokenOperations
	*financeOperations
	*administrationOperations
	*systemOperations
	background
	config   Config
	contract *contract.Contract
	stages   *stage.Stages
	echo     *echo.Echo
}

var _ gen.StrictServerInterface = (*Server)(nil)

// New reads the contract and returns a Server that is ready for calls. The
// error names each operation that the server cannot serve as it stands.
func New(config Config) (*Server, error) {
	parsed, err := stage.ReadContract()
	if err != nil {
		return nil, fmt.Errorf("the contract: %w", err)
	}
	if config.Limits == nil {
		config.Limits = meter.NewLimiter(config.Now)
	}
	if config.Exports == nil {
		config.Exports = export.NewGate(runtime.NumCPU(), exportWait)
	}
	tokens := identity.NewTokens(config.Keys, config.Now)
	stages, err := stage.New(stage.Config{
		Contract: parsed, Repo: config.Repo, Keys: config.Keys, Tokens: tokens, Ledger: config.Ledger, Limits: config.Limits,
		Metrics: config.Metrics, Log: config.Log, Now: config.Now, PublicURL: config.PublicURL, Rates: config.Rates,
		TrustedProxies: config.TrustedProxies, CORSOrigins: config.CORSOrigins, MetricsToken: config.MetricsToken,
	})
	if err != nil {
		return nil, err
	}
	service := signin.New(signin.Config{
		Repo: config.Repo, Hasher: config.Hasher, Keys: config.Keys, Tokens: tokens, Outbox: config.Outbox,
		SessionTTL: config.SessionTTL, Now: config.Now, Log: config.Log,
	})
	s := newServer(config, stages, service)
	s.contract = parsed
	s.echo = s.routes()
	return s, nil
}

// newServer hands each group of operations what it uses.
func newServer(c Config, stages *stage.Stages, service *signin.Service) *Server {
	tokens := &tokenOperations{repo: c.Repo, calls: stages, signin: service, ledger: c.Ledger, log: c.Log, now: c.Now}
	return &Server{
		accessOperations: &accessOperations{
			repo: c.Repo, calls: stages, signin: service, keys: c.Keys, cookies: stages.Cookies(), sessionTTL: c.SessionTTL,
			frontend: c.FrontendURL, publicURL: c.PublicURL, google: c.Google, personalExports: make(chan struct{}, exportsAtOnce),
			metrics: c.Metrics, log: c.Log, now: c.Now,
		},
		tokenOperations:          tokens,
		financeOperations:        &financeOperations{repo: c.Repo, calls: stages, exportGate: c.Exports, now: c.Now},
		administrationOperations: &administrationOperations{repo: c.Repo, calls: stages, signin: service, now: c.Now},
		systemOperations:         &systemOperations{repo: c.Repo, limits: c.Limits, metrics: c.Metrics, now: c.Now},
		background: background{
			repo: c.Repo, stages: stages, signin: service, outbox: c.Outbox, mailbox: c.Mailbox, ledger: c.Ledger, limits: c.Limits,
			retention: c.Retention, refill: tokens.refillDue, log: c.Log, now: c.Now,
		},
		config: c,
		stages: stages,
	}
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// routes mounts the operations behind their stages, and the pages.
func (s *Server) routes() *echo.Echo {
	e := echo.New()
	s.stages.Install(e)
	stages := map[string][]echo.MiddlewareFunc{}
	for id, op := range s.contract.Operations {
		stages[id] = s.stages.For(op)
	}
	strict := gen.NewStrictHandler(s, []gen.StrictMiddlewareFunc{refuseNil})
	gen.RegisterHandlersWithOptions(stage.HeadRouter{Echo: e}, strict, gen.RegisterHandlersOptions{OperationMiddlewares: stages})
	s.addPages(e)
	return e
}

// refuseNil turns a handler that answered neither a response nor an error
// into a failure: the generated code would answer it 200 with no body.
func refuseNil(next gen.StrictHandlerFunc, operation string) gen.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		response, err := next(c, request)
		if response == nil && err == nil {
			err = fmt.Errorf("%s answered nothing", operation)
		}
		return response, err
	}
}

// Stop makes readiness fail, so that load balancers send calls elsewhere. Calls
// that come all the same are served.
func (s *Server) Stop() { s.stopping.Store(true) }
