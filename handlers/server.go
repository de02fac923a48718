// Package handlers serves the contract over HTTP: each operation is a method
// of Server, in the file of its tag. What all calls go through is set up here,
// in one order.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
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

// Server implements every operation of the contract.
type Server struct {
	Config
	contract  *contract.Contract
	calls     *stage.Stages
	cookies   stage.Cookies
	tokens    *identity.Tokens
	turnstile *turnstile
	requested chan struct{} // wakes who answers mail requests
	exports   chan struct{} // a place for each that is being read
	echo      *echo.Echo
	stopping  atomic.Bool
}

var _ gen.StrictServerInterface = (*Server)(nil)

// New reads the contract and returns a Server that is ready for calls. The
// error names each operation that the server cannot serve as it stands.
func New(config Config) (*Server, error) {
	parsed, err := stage.ReadContract()
	if err != nil {
		return nil, fmt.Errorf("the contract: %w", err)
	}
	s := &Server{
		Config:    config,
		contract:  parsed,
		cookies:   stage.Cookies{Secure: config.PublicURL.Scheme == "https"},
		tokens:    identity.NewTokens(config.Keys, config.Now),
		turnstile: newTurnstile(),
		requested: make(chan struct{}, 1),
		exports:   make(chan struct{}, exportsAtOnce),
	}
	if s.Limits == nil {
		s.Limits = meter.NewLimiter(config.Now)
	}
	if s.Exports == nil {
		s.Exports = export.NewGate(runtime.NumCPU(), exportWait)
	}
	s.calls, err = stage.New(stage.Config{
		Contract: parsed, Repo: s.Repo, Keys: s.Keys, Tokens: s.tokens, Ledger: s.Ledger, Limits: s.Limits, Metrics: s.Metrics,
		Log: s.Log, Now: s.Now, PublicURL: s.PublicURL, Rates: s.Rates,
		TrustedProxies: s.TrustedProxies, CORSOrigins: s.CORSOrigins, MetricsToken: s.MetricsToken,
	})
	if err != nil {
		return nil, err
	}
	s.echo = s.routes()
	return s, nil
}

// ServeHTTP answers one call.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// routes mounts the operations behind their stages, and the pages.
func (s *Server) routes() *echo.Echo {
	e := echo.New()
	s.calls.Install(e)
	stages := map[string][]echo.MiddlewareFunc{}
	for id, op := range s.contract.Operations {
		stages[id] = s.calls.For(op)
	}
	strict := gen.NewStrictHandler(s, []gen.StrictMiddlewareFunc{refuseNil})
	gen.RegisterHandlersWithOptions(e, strict, gen.RegisterHandlersOptions{OperationMiddlewares: stages})
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

// Stop makes readiness fail, so that load balancers send calls elsewhere.
// Calls that come all the same are served.
func (s *Server) Stop() { s.stopping.Store(true) }

// Run does what goes on beside calls, until ctx ends: it sends mails, records
// when sessions were last used, forgets idle rate limits and deletes what is
// past its retention. It returns when all of it is written.
func (s *Server) Run(ctx context.Context) {
	var workers sync.WaitGroup
	workers.Go(func() { s.answerRequests(ctx) })
	workers.Go(func() { s.Outbox.Run(ctx) })
	workers.Go(func() { s.Ledger.Run(ctx) })
	workers.Go(func() { s.keepHouse(ctx) })
	workers.Wait()
}

// SendMails answers the mail requests that there are and sends every mail that
// is due, once, and returns when that is done. Run does so all the time.
func (s *Server) SendMails(ctx context.Context) error {
	return errors.Join(s.answerPending(ctx), s.Outbox.Flush(ctx))
}

func (s *Server) keepHouse(ctx context.Context) {
	seen := time.NewTicker(10 * time.Second)
	limits := time.NewTicker(time.Minute)
	sweep := time.NewTicker(time.Hour)
	defer seen.Stop()
	defer limits.Stop()
	defer sweep.Stop()
	s.sweep(ctx)
	s.refillDue(ctx)
	for {
		select {
		case <-ctx.Done():
			s.flushLastSeen(context.WithoutCancel(ctx))
			return
		case <-seen.C:
			s.flushLastSeen(ctx)
		case <-limits.C:
			s.Limits.Sweep()
			s.refillDue(ctx)
		case <-sweep.C:
			s.sweep(ctx)
		}
	}
}

func (s *Server) flushLastSeen(ctx context.Context) {
	if err := s.calls.Flush(ctx); err != nil {
		s.Log.Warn("could not record when sessions and keys were last used; trying again", "error", err)
	}
}

func (s *Server) sweep(ctx context.Context) {
	deleted, err := s.Repo.Sweep(ctx, s.Retention)
	switch {
	case errors.Is(err, context.Canceled):
	case err != nil:
		s.Log.Warn("retention sweep failed; trying again in an hour", "error", err)
	case deleted > 0:
		s.Log.Info("retention sweep", "deleted", deleted)
	}
	if s.Mailbox != nil {
		if _, err := s.Mailbox.Prune(s.Now().Add(-s.Retention.Mail)); err != nil {
			s.Log.Warn("could not delete old mails of the development mailbox; trying again in an hour", "error", err)
		}
	}
}
