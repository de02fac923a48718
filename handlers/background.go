package handlers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/metrics"
	"example.com/alta/internal/seldom"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// background is the work that no call waits for.
type background struct {
	repo      *repo.Repo
	stages    *stage.Stages
	signin    *signin.Service
	outbox    *mail.Outbox
	mailbox   *mail.Mailbox // nil: mails are sent to a mail server
	ledger    *meter.Ledger
	limits    meter.Limits
	retention repo.Retention
	refill    func(context.Context) // renews the balances whose month has ended
	metrics   *metrics.Metrics
	log       *slog.Logger
	away      *seldom.Log // for what an outage of the database repeats
	now       func() time.Time
	started   time.Time
	clock     clockWatch
}

// Run does the background work until ctx ends: it sends mails, charges tokens, records
// when sessions were last used, deletes idle rate limits, deletes rows after their
// retention, and probes the storage. It returns when all results are written.
func (b *background) Run(ctx context.Context) {
	var workers sync.WaitGroup
	workers.Go(func() { b.signin.Run(ctx) })
	workers.Go(func() { b.outbox.Run(ctx) })
	workers.Go(func() { b.ledger.Run(ctx) })
	workers.Go(func() { b.runMaintenance(ctx) })
	workers.Go(func() { b.watchStorage(ctx) })
	workers.Wait()
}

// SendMails answers the pending mail requests, tries to send every due mail once, and
// returns the errors. Run does so all the time.
func (b *background) SendMails(ctx context.Context) error {
	return errors.Join(b.signin.AnswerRequests(ctx), b.outbox.Flush(ctx))
}

func (b *background) runMaintenance(ctx context.Context) {
	lastSeen := time.NewTicker(10 * time.Second)
	minutely := time.NewTicker(time.Minute)
	sweep := time.NewTicker(time.Hour)
	defer lastSeen.Stop()
	defer minutely.Stop()
	defer sweep.Stop()
	b.sweep(ctx)
	b.refill(ctx)
	for {
		select {
		case <-ctx.Done():
			b.flushLastSeen(context.WithoutCancel(ctx))
			return
		case <-lastSeen.C:
			b.flushLastSeen(ctx)
		case <-minutely.C:
			b.limits.Sweep()
			b.refill(ctx)
			b.giveBack(ctx)
		case <-sweep.C:
			b.sweep(ctx)
		}
	}
}

// giveBack deletes responses to calls with an Idempotency-Key beyond their bounds, and
// gives back the disk space that a burst of writes has taken.
func (b *background) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := errors.Join(b.stages.TrimAnswers(ctx), b.repo.ShrinkLog(ctx)); err != nil {
		b.log.Warn("could not give back disk space; trying again in a minute", "error", err)
	}
}

// flushTimeout bounds a flush, so that a database that hangs does not keep the rest of
// the maintenance, and the end of the process, waiting.
const flushTimeout = 10 * time.Second

func (b *background) flushLastSeen(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := b.stages.Flush(ctx); err != nil {
		b.away.Warn("could not record when sessions and keys were last used; trying again", "error", err)
	}
}
