package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"time"

	"example.com/alta/handlers"
	"example.com/alta/internal/connlimit"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/memory"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/openid"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

type serveCommand struct {
	ServeFlags `embed:""`
}

// stopTimeout bounds the calls that are in flight when the server is told to stop.
// It is longer than any call may take.
const stopTimeout = 50 * time.Second

// process has what the parts of a running server share.
type process struct {
	settings
	repo    *repo.Repo
	hasher  *identity.Hasher
	keys    *identity.Keyring
	log     *slog.Logger
	metrics *metrics.Metrics
	memory  memory.Limit
}

// Run serves until ctx ends. Then it finishes the calls in flight, writes queued
// data and returns.
func (c *serveCommand) Run(ctx context.Context, env *Environment) error {
	s, err := c.parse()
	if err != nil {
		return err
	}
	log, flush := newLog(env.Stderr, s.log)
	defer flush()
	limit := limitMemory(env.Getenv, log)
	go stage.ReadContract() // takes as long as opening the database
	keys, err := c.keyring()
	if err != nil {
		return err
	}
	return c.withRepo(ctx, func(r *repo.Repo) error {
		return c.serve(ctx, env, &process{settings: s, repo: r, keys: keys, log: log, metrics: metrics.New(), memory: limit})
	})
}

// serve assembles the server and runs it until ctx ends.
func (c *serveCommand) serve(ctx context.Context, env *Environment, p *process) error {
	listener, err := net.Listen("tcp", p.listen)
	if err != nil {
		return fmt.Errorf("ALTA_LISTEN: %w", err)
	}
	defer listener.Close() // needed only if serving does not begin
	if p.publicURL == nil {
		p.publicURL = &url.URL{Scheme: "http", Host: listener.Addr().String()}
	}
	p.hasher = identity.NewHasher(identity.HasherConfig{
		Cost: p.bcryptCost, Queue: p.hashQueue, Wait: p.hashWait, Waited: p.metrics.HashWaited,
	})
	defer p.hasher.Close()
	tuneRuntime(env.Getenv, p.hasher.Workers())
	limited, err := p.limitConnections(listener)
	if err != nil {
		return err
	}
	p.warnOfConns(ctx)
	p.metrics.Watch(p.hasher.Waiting, p.repo.WriteQueue, p.repo.Pools())
	p.metrics.WatchOutbox(p.repo.OutboxStatus, time.Now)
	if err := p.claimIdentities(ctx); err != nil {
		return err
	}
	config := p.config(env, c.DataDir)
	if p.redis != nil {
		shared := meter.NewShared(p.redis, meter.NewLimiter(time.Now), p.log, p.metrics.LimitsAway)
		defer shared.Close()
		config.Limits = shared
	}
	server, err := handlers.New(config)
	if err != nil {
		return err
	}
	go memory.Release() // that of the migrations and of reading the contract is not needed again
	defer ignoreHangUps(p.log)()
	defer p.repo.Claim()()
	p.log.Info("listening", "address", listener.Addr().String(), "public_url", p.publicURL.String())
	// If ctx ends here, start-up counts as successful and serve stops at once.
	if err := welcome(ctx, env.Stdout, p, repo.IsPostgres(c.databaseURL())); err != nil && ctx.Err() == nil {
		return err
	}
	return serveCalls(ctx, limited, server, p.log)
}

// tuneRuntime adapts Go's runtime to the server. Each thread that hashes passwords
// gets one more of Go's threads: the kernel, which knows their priorities, then
// divides the processors. Unless the operator has set GOGC, the runtime trades
// memory for time.
func tuneRuntime(getenv func(string) string, hashingThreads int) {
	runtime.GOMAXPROCS(runtime.NumCPU() + hashingThreads)
	if getenv("GOGC") == "" {
		memory.Pace()
	}
}

// config returns the configuration of the handlers.
func (p *process) config(env *Environment, dataDir string) handlers.Config {
	outbox, mailbox := p.outbox(dataDir)
	return handlers.Config{
		Repo:           p.repo,
		Hasher:         p.hasher,
		Keys:           p.keys,
		Ledger:         meter.NewLedger(p.repo, time.Now, p.log),
		Outbox:         outbox,
		Mailbox:        mailbox,
		Google:         p.issuer(),
		Now:            time.Now,
		Log:            p.log,
		Metrics:        p.metrics,
		Name:           p.mail.name,
		PublicURL:      p.publicURL,
		FrontendURL:    cmp.Or(p.frontendURL, p.publicURL),
		SessionTTL:     p.sessionTTL,
		Rates:          p.rates,
		TrustedProxies: p.proxies,
		CORSOrigins:    p.origins,
		MetricsToken:   p.metricsToken,

		SecurityContact: p.securityContact,
		Retention:       p.retention,
		Answers:         handlers.NewAnswerBudget(p.memory.Go / answersShare),
		BodyMemory:      p.memory.Go / bodiesShare,
		Document:        env.Contract,
		Changelog:       env.Changelog,
	}
}

// issuer returns the client of the sign-in issuer, or nil.
func (s settings) issuer() *openid.Client {
	if s.google == nil {
		return nil
	}
	config := *s.google
	config.RedirectURL = s.publicURL.JoinPath("/api/auth/google/callback").String()
	config.Now = time.Now
	return openid.New(config)
}

// claimIdentities gives the configured issuer to identities of earlier releases, which
// did not store theirs.
func (p *process) claimIdentities(ctx context.Context) error {
	if p.google == nil {
		return nil
	}
	return p.repo.InTx(ctx, func(tx *repo.Tx) error {
		claimed, err := tx.ClaimIdentities(ctx, repo.ProviderGoogle, p.google.Issuer)
		if claimed > 0 {
			p.log.Info("identities have got their issuer", "issuer", p.google.Issuer, "users", claimed)
		}
		return err
	})
}

// outbox returns the outbox. Without a mail server, it delivers to the development
// mailbox, which outbox then returns as well.
func (p *process) outbox(dataDir string) (*mail.Outbox, *mail.Mailbox) {
	sender, mailbox := p.mail.sender(dataDir)
	if mailbox != nil && !netaddr.IsLoopbackHost(p.publicURL.Hostname()) {
		p.log.Warn("ALTA_SMTP_URL is not set: emails are kept in a directory and reach nobody", "directory", dataDir+"/mail")
	}
	return mail.NewOutbox(mail.OutboxConfig{
		Repo: p.repo, Keys: p.keys, Sender: sender, Name: p.mail.name, PublicURL: p.publicURL, Timeout: p.mail.timeout, Caps: p.mail.caps,
		Now: time.Now, Log: p.log, Tried: p.metrics.MailTried,
	}), mailbox
}

// serveCalls answers calls until ctx ends and the last call has been answered.
func serveCalls(ctx context.Context, listener *connlimit.Listener, server *handlers.Server, log *slog.Logger) error {
	httpServer := &http.Server{
		Handler:           server,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second, // longer than a call may take
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaderBytes - headerSlop,
		ConnState:         listener.Track,
		ConnContext:       connlimit.With,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	background, stopBackground := context.WithCancel(context.WithoutCancel(ctx))
	finished := make(chan struct{})
	go memory.GiveBack(background)
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
