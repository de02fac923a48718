package signin

import (
	"context"
	"sync"
)

// loginGate tracks admitted log-ins whose outcome is not yet known. A log-in counts
// as a failure before its password is checked, so concurrent log-ins may lock a
// bucket although no password was wrong. A log-in that finds such a lock waits
// until one of them is done.
type loginGate struct {
	mu      sync.Mutex
	buckets map[string]*gateBucket // that are in use
}

type gateBucket struct {
	users int // calls of admit and pending log-ins; guarded by loginGate.mu

	mu      sync.Mutex    // held while a log-in is being counted
	pending int           // log-ins that are admitted and not done
	changed chan struct{} // closed and replaced when a log-in is done
}

func newLoginGate() *loginGate { return &loginGate{buckets: map[string]*gateBucket{}} }

// admit calls count, which counts a log-in in the bucket and reports whether it is
// admitted. While it is not admitted and others in the bucket are pending, admit
// waits for one of them and counts again. If the log-in is admitted, the caller
// must call done once its outcome is in the database. If it is rejected, done is
// nil. The errors are those of count and ctx.
func (g *loginGate) admit(ctx context.Context, bucket string, count func() (bool, error)) (done func(), err error) {
	b := g.acquire(bucket)
	defer func() {
		if done == nil {
			g.release(bucket, b)
		}
	}()
	for {
		admitted, changed, err := b.countLogin(count)
		if admitted {
			return func() { g.finish(bucket, b) }, nil
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

// countLogin counts a log-in. If it is not admitted and others are pending, changed
// is closed as soon as one of them is done; otherwise changed is nil.
func (b *gateBucket) countLogin(count func() (bool, error)) (admitted bool, changed chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock() // even if count panics: the bucket must not stay locked
	admitted, err = count()
	switch {
	case admitted:
		b.pending++
	case b.pending > 0:
		changed = b.changed
	}
	return admitted, changed, err
}

// finish records that a pending log-in is done.
func (g *loginGate) finish(bucket string, b *gateBucket) {
	b.mu.Lock()
	b.pending--
	close(b.changed)
	b.changed = make(chan struct{})
	b.mu.Unlock()
	g.release(bucket, b)
}

// acquire returns the bucket and keeps it in use until release is called.
func (g *loginGate) acquire(bucket string) *gateBucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.buckets[bucket]
	if b == nil {
		b = &gateBucket{changed: make(chan struct{})}
		g.buckets[bucket] = b
	}
	b.users++
	return b
}

func (g *loginGate) release(bucket string, b *gateBucket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.users--; b.users == 0 {
		delete(g.buckets, bucket)
	}
}
