// Package handlers serves the contract over HTTP: each operation is a method of
// Server, in the file of its tag. This file connects the operations with their
// stages.
package handlers

import (
	"cmp"
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
	"example.com/alta/internal/memory"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/product"
	"example.com/alta/internal/seldom"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// Config has the dependencies and settings of a Server.
type Config struct {
	Repo           *repo.Repo
	Hasher         *identity.Hasher
	Keys           *identity.Keyring
	Ledger         *meter.Ledger
	Limits         meter.Limits   // nil: counted in this process
	Exports        *export.Gate   // nil: one export at a time for each processor
	Answers        *memory.Budget // for exports; nil: 256 MiB, and 64 MiB for one user
	BodyMemory     int64          // bytes for bodies that clients are sending; 0: 64 MiB
	Now            func() time.Time
	Log            *slog.Logger
	Document       []byte // the published contract
	Changelog      string // in Markdown
	Metrics        *metrics.Metrics
	Name           string // of the product; "": product.DefaultName
	Outbox         *mail.Outbox
	Mailbox        *mail.Mailbox            // receives the mails in development; nil: a mail server does
	PublicURL      *url.URL                 // its scheme decides the cookies' names and Secure
	FrontendURL    *url.URL                 // base of the links in mails and of redirects after a sign-in
	Google         *openid.Client           // nil: no sign-in by Google
	SessionTTL     time.Duration            // life of a session and its JWT
	Rates          map[string]contract.Rate // by rate class; overrides the contract
	TrustedProxies []netip.Prefix           // their X-Forwarded-For is trusted
	CORSOrigins    []string
	MetricsToken   string // empty: metrics to loopback peers only

	SecurityContact string // URL at which people report vulnerabilities; empty: none is published
	Retention       repo.Retention
}

// Server implements every operation of the contract by the groups of operations that
// it embeds. Each group has only the dependencies that its operations use.
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

// New reads the contract and returns a Server that is ready for calls. Its errors are
// those of the contract, and an invalid CORS origin.
func New(config Config) (*Server, error) {
	parsed, err := stage.ReadContract()
	if err != nil {
		return nil, fmt.Errorf("the contract: %w", err)
	}
	config.Name = cmp.Or(config.Name, product.DefaultName)
	if config.Limits == nil {
		config.Limits = meter.NewLimiter(config.Now)
	}
	if config.Exports == nil {
		config.Exports = export.NewGate(runtime.NumCPU(), exportWait)
	}
	if config.Answers == nil {
		config.Answers = NewAnswerBudget(defaultAnswers)
	}
	tokens := identity.NewTokens(config.Keys, config.Now)
	stages, err := stage.New(stage.Config{
		Contract: parsed, Repo: config.Repo, Keys: config.Keys, Tokens: tokens, Ledger: config.Ledger, Limits: config.Limits,
		Hasher: config.Hasher, Metrics: config.Metrics, Log: config.Log, Now: config.Now, PublicURL: config.PublicURL, Rates: config.Rates,
		TrustedProxies: config.TrustedProxies, CORSOrigins: config.CORSOrigins, MetricsToken: config.MetricsToken,
		BodyMemory: config.BodyMemory,
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

// newServer returns a Server whose groups of operations have their dependencies.
func newServer(c Config, stages *stage.Stages, service *signin.Service) *Server {
	tokens := &tokenOperations{repo: c.Repo, calls: stages, signin: service, ledger: c.Ledger, log: c.Log, now: c.Now}
	return &Server{
		accessOperations: &accessOperations{
			repo: c.Repo, calls: stages, signin: service, keys: c.Keys, cookies: stages.Cookies(), sessionTTL: c.SessionTTL,
			frontend: c.FrontendURL, publicURL: c.PublicURL, google: c.Google, personalExports: make(chan struct{}, exportsAtOnce),
			product: c.Name, answers: c.Answers, metrics: c.Metrics, log: c.Log, now: c.Now,
		},
		tokenOperations:          tokens,
		financeOperations:        &financeOperations{repo: c.Repo, calls: stages, exportGate: c.Exports, answers: c.Answers, product: c.Name, now: c.Now},
		administrationOperations: &administrationOperations{repo: c.Repo, calls: stages, signin: service, now: c.Now},
		systemOperations:         &systemOperations{repo: c.Repo, limits: c.Limits, metrics: c.Metrics, now: c.Now},
		background: background{
			repo: c.Repo, stages: stages, signin: service, outbox: c.Outbox, mailbox: c.Mailbox, ledger: c.Ledger, limits: c.Limits,
			retention: c.Retention, refill: tokens.refillDue, metrics: c.Metrics, log: c.Log, away: seldom.New(c.Log), now: c.Now, started: c.Now(),
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
	strict := gen.NewStrictHandler(s, []gen.StrictMiddlewareFunc{rejectNilResponse})
	gen.RegisterHandlersWithOptions(stage.HeadRouter{Echo: e}, strict, gen.RegisterHandlersOptions{OperationMiddlewares: stages})
	s.addPages(e)
	return e
}

// rejectNilResponse returns an error for a handler that returned neither a response nor
// an error: the generated code would answer 200 with no body.
func rejectNilResponse(next gen.StrictHandlerFunc, operation string) gen.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		response, err := next(c, request)
		if response == nil && err == nil {
			err = fmt.Errorf("%s returned neither a response nor an error", operation)
		}
		return response, err
	}
}

// Stop makes the readiness check fail, so that load balancers stop sending calls.
// Calls that still arrive are served.
func (s *Server) Stop() { s.stopping.Store(true) }
