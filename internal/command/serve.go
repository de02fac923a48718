package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/openid"
	"example.com/alta/repo"
)

type serveCommand struct {
	ServeFlags `embed:""`
}

// stopTimeout is how long calls in flight may take to finish when the server
// is told to stop. It is longer than any call may take.
const stopTimeout = 50 * time.Second

// Run serves until ctx ends; then it finishes the calls in flight, writes
// what is queued and returns.
func (c *serveCommand) Run(ctx context.Context, env *Environment) error {
	s, err := c.parse()
	if err != nil {
		return err
	}
	log := newLog(env.Stderr, s.log)
	keys, err := c.keyring()
	if err != nil {
		return err
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		listener, err := net.Listen("tcp", s.listen)
		if err != nil {
			return fmt.Errorf("ALTA_LISTEN: %w", err)
		}
		defer listener.Close() // where serving has not begun
		if s.publicURL == nil {
			s.publicURL = &url.URL{Scheme: "http", Host: listener.Addr().String()}
		}
		counters := metrics.New()
		hasher := identity.NewHasher(identity.HasherConfig{
			Cost: s.bcryptCost, Queue: s.hashQueue, Wait: s.hashWait, Waited: counters.HashWaited,
		})
		defer hasher.Close()
		// One more thread of Go's for each that hashes: the kernel, which knows
		// their priorities, then shares the processors out.
		runtime.GOMAXPROCS(runtime.NumCPU() + hasher.Workers())
		collectLess(env.Getenv)
		counters.Watch(hasher.Waiting, r.Pools())
		counters.WatchOutbox(r.OutboxStatus, time.Now)
		config := s.config(r, hasher, keys, log, counters)
		config.Document, config.Changelog = env.Contract, env.Changelog
		config.Outbox, config.Mailbox = s.outbox(c.DataDir, config)
		config.Ledger = meter.NewLedger(r, time.Now, log)
		if s.redis != nil {
			shared := meter.NewShared(s.redis, meter.NewLimiter(time.Now), log, counters.LimitsAway)
			defer shared.Close()
			config.Limits = shared
		}
		server, err := handlers.New(config)
		if err != nil {
			return err
		}
		go debug.FreeOSMemory() // what reading the contract took is not needed again
		log.Info("listening", "address", listener.Addr().String(), "public_url", s.publicURL.String())
		// Who is told to stop meanwhile has started, and stops.
		if err := welcome(ctx, env.Stdout, r, s, repo.IsPostgres(c.databaseURL())); err != nil && ctx.Err() == nil {
			return err
		}
		return serve(ctx, listener, server, log)
	})
}

// collectLess trades memory for time, unless the operator has set GOGC: what
// lives on the heap is a few megabytes, so that Go would collect garbage dozens
// of times a second under load.
func collectLess(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

func (s settings) config(
	r *repo.Repo, hasher *identity.Hasher, keys *identity.Keyring, log *slog.Logger, counters *metrics.Metrics,
) handlers.Config {
	return handlers.Config{
		Repo: r, Hasher: hasher, Keys: keys, Now: time.Now, Log: log, Metrics: counters,
		PublicURL: s.publicURL, FrontendURL: cmp.Or(s.frontendURL, s.publicURL), SessionTTL: s.sessionTTL, Rates: s.rates, TrustedProxies: s.proxies,
		CORSOrigins: s.origins, MetricsToken: s.metricsToken, Retention: s.retention, Google: s.issuer(),
	}
}

// issuer returns what people may sign in by, or nil.
func (s settings) issuer() *openid.Client {
	if s.google == nil {
		return nil
	}
	config := *s.google
	config.RedirectURL = s.publicURL.JoinPath("/api/auth/google/callback").String()
	config.Now = time.Now
	return openid.New(config)
}

// outbox returns what sends the mails; and the development mailbox, where it
// delivers to that.
func (s settings) outbox(dataDir string, c handlers.Config) (*mail.Outbox, *mail.Mailbox) {
	sender, mailbox := s.mail.sender(dataDir)
	if mailbox != nil && !netaddr.IsLoopbackHost(s.publicURL.Hostname()) {
		c.Log.Warn("ALTA_SMTP_URL is not set: mails are kept in a directory and reach nobody", "directory", dataDir+"/mail")
	}
	return mail.NewOutbox(mail.OutboxConfig{
		Repo: c.Repo, Keys: c.Keys, Sender: sender, PublicURL: s.publicURL, Timeout: s.mail.timeout,
		Now: c.Now, Log: c.Log, Tried: c.Metrics.MailTried,
	}), mailbox
}

// serve answers calls until ctx ends and the last of them is answered.
func serve(ctx context.Context, listener net.Listener, server *handlers.Server, log *slog.Logger) error {
	httpServer := &http.Server{
		Handler:           server,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // longer than a call may take
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		server.Run(background)
	}()
	defer func() {
		stopBackground()
		<-finished
	}()
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: calls in flight are finished")
	server.Stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := httpServer.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("stop: %w", err), httpServer.Close())
	}
	log.Info("stopped")
	return nil
}

// newLog writes text for people at a terminal and JSON for collectors.
func newLog(w io.Writer, format string) *slog.Logger {
	if format == "" {
		format = "json"
		if file, ok := w.(*os.File); ok {
			if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				format = "text"
			}
		}
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, nil))
	}
	return slog.New(slog.NewJSONHandler(w, nil))
}
