package handlers

import (
	"context"
	"sync"
)

// turnstile keeps log-ins apart that were let in and not yet decided. They
// are counted as failures before they are, and so lock a bucket before anybody
// guessed wrong: whoever finds such a lock waits for them to be decided.
type turnstile struct {
	mu      sync.Mutex
	buckets map[string]*undecided // those that somebody is at
}

type undecided struct {
	visitors int // guarded by turnstile.mu

	mu      sync.Mutex // held while a log-in is being counted
	pending int        // let in and not decided
	changed chan struct{}
}

func newTurnstile() *turnstile { return &turnstile{buckets: map[string]*undecided{}} }

// admit counts a log-in at the bucket, with count, which reports whether it
// is let in. While it is not, and others at the bucket are undecided, admit
// waits for one of them and counts again. When the log-in has been let in the
// caller must call decided once its outcome is in the database; a nil decided
// means that it was refused.
func (t *turnstile) admit(ctx context.Context, bucket string, count func() (bool, error)) (decided func(), err error) {
	b := t.enter(bucket)
	b.mu.Lock()
	for {
		admitted, err := count()
		if admitted {
			b.pending++
			b.mu.Unlock()
			return func() { t.decide(bucket, b) }, nil
		}
		changed, refused := b.changed, b.pending == 0
		b.mu.Unlock()
		if err != nil || refused {
			t.leave(bucket, b)
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.leave(bucket, b)
			return nil, ctx.Err()
		}
		b.mu.Lock()
	}
}

func (t *turnstile) decide(bucket string, b *undecided) {
	b.mu.Lock()
	b.pending--
	close(b.changed)
	b.changed = make(chan struct{})
	b.mu.Unlock()
	t.leave(bucket, b)
}

func (t *turnstile) enter(bucket string) *undecided {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.buckets[bucket]
	if b == nil {
		b = &undecided{changed: make(chan struct{})}
		t.buckets[bucket] = b
	}
	b.visitors++
	return b
}

func (t *turnstile) leave(bucket string, b *undecided) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.visitors--; b.visitors == 0 {
		delete(t.buckets, bucket)
	}
}
