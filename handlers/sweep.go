package handlers

import (
	"context"
	"errors"
	"time"

	"example.com/alta/repo"
)

// Bounds of the trust in the clock.
const (
	maxJump   = time.Hour          // of the wall clock against the monotonic one
	maxSilent = 7 * 24 * time.Hour // since the newest audit event, at the start
	probation = 24 * time.Hour     // of a clock that has made a leap
)

// clockReading is what the clocks show: the wall clock, and how much time has passed
// since the start by the monotonic clock.
type clockReading struct {
	wall   time.Time
	passed time.Duration
}

// clockWatch tells whether the wall clock may be ahead: rows that are not old must
// not be deleted then.
type clockWatch struct {
	last *clockReading // the previous one; nil: none
	leap *clockReading // at the latest leap forward; nil: none
}

// doubts reports whether the clock has made a leap forward less than a day ago. newest
// is the time of the newest row that an earlier process wrote, or zero.
func (w *clockWatch) doubts(now clockReading, newest time.Time) bool {
	if w.last == nil {
		if !newest.IsZero() && now.wall.Sub(newest) > maxSilent {
			w.leap = &now
		}
	} else {
		switch leap := now.wall.Sub(w.last.wall) - (now.passed - w.last.passed); {
		case leap > maxJump:
			w.leap = &now
		case leap < -maxJump:
			w.leap = nil
		}
	}
	w.last = &now
	return w.leap != nil && now.passed-w.leap.passed < probation
}

// readClock reads both clocks. A clock of a test has no monotonic reading; its wall
// clock stands for it.
func (b *background) readClock() clockReading {
	now := b.now()
	return clockReading{wall: now.Round(0), passed: now.Sub(b.started)}
}

// sweep deletes what retention does not keep.
func (b *background) sweep(ctx context.Context) {
	newest, err := b.repo.NewestAuditEvent(ctx, b.started)
	switch {
	case errors.Is(err, context.Canceled):
		return
	case err != nil:
		b.log.Warn("retention sweep failed; trying again in an hour", "error", err)
		return
	case b.clock.doubts(b.readClock(), newest):
		b.log.Error("nothing is deleted for a day: the clock has made a leap forward, or the server was away for a week",
			"now", b.now().UTC(), "newest_audit_event", newest.UTC())
		return
	}
	b.sweepUnproved(ctx)
	b.sweepRows(ctx)
	if b.mailbox != nil {
		if _, err := b.mailbox.Prune(b.now().Add(-b.retention.Mail)); err != nil {
			b.log.Warn("could not delete old mails of the development mailbox; trying again in an hour", "error", err)
		}
	}
}

// sweepUnproved deletes users who have not verified their address in time.
func (b *background) sweepUnproved(ctx context.Context) {
	if b.retention.Unproved == 0 {
		return
	}
	deleted, err := b.signin.DeleteUnproved(ctx, b.now().Add(-b.retention.Unproved))
	if err != nil && !errors.Is(err, context.Canceled) {
		b.log.Warn("could not delete users with unverified addresses; trying again in an hour", "error", err)
	}
	if deleted > 0 {
		b.log.Info("users whose addresses were not verified were deleted", "deleted", deleted)
	}
}

func (b *background) sweepRows(ctx context.Context) {
	deleted, err := b.repo.Sweep(ctx, b.retention)
	switch {
	case errors.Is(err, context.Canceled):
	case errors.Is(err, repo.ErrSweepLimited):
		b.log.Error("retention sweep deleted as much as it may; check the clock and ALTA_RETENTION", "deleted", deleted, "error", err)
	case err != nil:
		b.log.Warn("retention sweep failed; trying again in an hour", "error", err)
	case deleted > 0:
		b.log.Info("retention sweep", "deleted", deleted)
	}
}
