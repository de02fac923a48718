package repo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// probeTime is how long the write of a probe may take.
	probeTime = 10 * time.Second
	// healthyPause is the time between two probes, and sickPause while they fail.
	healthyPause = 10 * time.Second
	sickPause    = 2 * time.Second
	// probePause is the least time between two probes, however many calls fail.
	probePause = time.Second
)

// health is what the last probe has found.
type health struct {
	mu   sync.Mutex
	err  error
	wake chan struct{} // asks WatchHealth for a probe now
}

func newHealth() *health { return &health{wake: make(chan struct{}, 1)} }

// ask asks for a probe now.
func (h *health) ask() {
	select {
	case h.wake <- struct{}{}:
	default: // it has been asked already
	}
}

// note asks for a probe if the outcome of a transaction contradicts the last one.
func (h *health) note(err error) {
	failed := errors.Is(err, ErrUnavailable)
	if failed == (h.get() != nil) || err != nil && !failed {
		return
	}
	h.ask()
}

func (h *health) get() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

func (h *health) set(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = err
}

// WriteError returns why the database took no write when that was last probed, or nil.
// It asks the database nothing. The error is ErrUnavailable.
func (r *Repo) WriteError() error { return r.health.get() }

// ProbeWrite writes a row, so that WriteError knows whether that works, and returns
// what WriteError then does. A transaction of another process that holds a lock says
// nothing about the storage.
func (r *Repo) ProbeWrite(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	err := r.retry(ctx, func() error {
		return r.try(ctx, lockWait, func(tx *Tx) error { return tx.writeProbe(ctx) })
	})
	switch {
	case errors.Is(err, context.Canceled), r.engine.isConflict(err):
	case err == nil, errors.Is(err, ErrUnavailable):
		r.health.set(err)
	default:
		r.health.set(fmt.Errorf("%w: %w", ErrUnavailable, err))
	}
	return r.WriteError()
}

// writeProbe writes the one row of the table of probes.
func (t *writes) writeProbe(ctx context.Context) error {
	_, err := t.exec(ctx, `
INSERT INTO storage_probe (id, probed_at) VALUES (1, $1)
ON CONFLICT (id) DO UPDATE SET probed_at = excluded.probed_at`, t.now)
	return err
}

// WatchHealth probes whether the database takes writes until ctx ends: every ten
// seconds, and soon after a transaction failed although the last probe did not.
// It calls found after each probe.
func (r *Repo) WatchHealth(ctx context.Context, found func(error)) {
	pause := healthyPause
	for {
		if err := r.ProbeWrite(ctx); ctx.Err() == nil {
			found(err)
			pause = healthyPause
			if err != nil {
				pause = sickPause
			}
		}
		if !wait(ctx, probePause, nil) || !wait(ctx, pause-probePause, r.health.wake) {
			return
		}
	}
}

// wait waits for d, or until there is something in early. It reports false if ctx
// has ended.
func wait(ctx context.Context, d time.Duration, early <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-early:
	}
	return ctx.Err() == nil
}
