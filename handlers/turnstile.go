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
	defer func() {
		if decided == nil {
			t.leave(bucket, b)
		}
	}()
	for {
		admitted, changed, err := b.try(count)
		if admitted {
			return func() { t.decide(bucket, b) }, nil
		}
		if err != nil || changed == nil {
			return nil, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try counts a log-in. When it is not let in and others are undecided, changed
// is closed as soon as one of them is decided; else changed is nil.
func (b *undecided) try(count func() (bool, error)) (admitted bool, changed chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock() // whatever becomes of count: the bucket must not stay shut
	admitted, err = count()
	switch {
	case admitted:
		b.pending++
	case b.pending > 0:
		changed = b.changed
	}
	return admitted, changed, err
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
