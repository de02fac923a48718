package handlers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// background is what goes on beside calls.
type background struct {
	repo      *repo.Repo
	stages    *stage.Stages
	signin    *signin.Service
	outbox    *mail.Outbox
	mailbox   *mail.Mailbox // nil: mails go to a mail server
	ledger    *meter.Ledger
	limits    meter.Limits
	retention repo.Retention
	refill    func(context.Context) // the balances whose month is over
	log       *slog.Logger
	now       func() time.Time
}

// Run does what goes on beside calls, until ctx ends: it sends mails, takes tokens,
// records when sessions were last used, forgets idle rate limits and deletes what
// is past its retention. It returns when all of it is written.
func (b *background) Run(ctx context.Context) {
	var workers sync.WaitGroup
	workers.Go(func() { b.signin.Run(ctx) })
	workers.Go(func() { b.outbox.Run(ctx) })
	workers.Go(func() { b.ledger.Run(ctx) })
	workers.Go(func() { b.runMaintenance(ctx) })
	workers.Wait()
}

// SendMails answers the mail requests that there are and sends every mail that is
// due, once, and returns when that is done. Run does so all the time.
func (b *background) SendMails(ctx context.Context) error {
	return errors.Join(b.signin.AnswerRequests(ctx), b.outbox.Flush(ctx))
}

func (b *background) runMaintenance(ctx context.Context) {
	seen := time.NewTicker(10 * time.Second)
	limits := time.NewTicker(time.Minute)
	sweep := time.NewTicker(time.Hour)
	defer seen.Stop()
	defer limits.Stop()
	defer sweep.Stop()
	b.sweep(ctx)
	b.refill(ctx)
	for {
		select {
		case <-ctx.Done():
			b.flushLastSeen(context.WithoutCancel(ctx))
			return
		case <-seen.C:
			b.flushLastSeen(ctx)
		case <-limits.C:
			b.limits.Sweep()
			b.refill(ctx)
		case <-sweep.C:
			b.sweep(ctx)
		}
	}
}

func (b *background) flushLastSeen(ctx context.Context) {
	if err := b.stages.Flush(ctx); err != nil {
		b.log.Warn("could not record when sessions and keys were last used; trying again", "error", err)
	}
}

func (b *background) sweep(ctx context.Context) {
	deleted, err := b.repo.Sweep(ctx, b.retention)
	switch {
	case errors.Is(err, context.Canceled):
	case err != nil:
		b.log.Warn("retention sweep failed; trying again in an hour", "error", err)
	case deleted > 0:
		b.log.Info("retention sweep", "deleted", deleted)
	}
	if b.mailbox != nil {
		if _, err := b.mailbox.Prune(b.now().Add(-b.retention.Mail)); err != nil {
			b.log.Warn("could not delete old mails of the development mailbox; trying again in an hour", "error", err)
		}
	}
}
