package signin

import (
	"context"
	"sync"
)

// loginGate tracks admitted log-ins whose outcome is not yet known. A log-in is
// counted as a failure before its password is looked at, so log-ins under way may
// lock a bucket although nobody guessed wrong. A log-in that finds such a lock
// waits until one of them is done.
type loginGate struct {
	mu      sync.Mutex
	buckets map[string]*gateBucket // with visitors
}

type gateBucket struct {
	visitors int // guarded by loginGate.mu

	mu      sync.Mutex    // held while a log-in is being counted
	pending int           // admitted and not done
	changed chan struct{} // closed and replaced when one is done
}

func newLoginGate() *loginGate { return &loginGate{buckets: map[string]*gateBucket{}} }

// admit counts a log-in at the bucket, with count, which reports whether the
// log-in is admitted. While it is not, and others at the bucket are pending, admit
// waits for one of them and counts again. The caller of an admitted log-in must
// call done once its outcome is in the database. A nil done means that the log-in
// was refused.
func (g *loginGate) admit(ctx context.Context, bucket string, count func() (bool, error)) (done func(), err error) {
	b := g.enter(bucket)
	defer func() {
		if done == nil {
			g.leave(bucket, b)
		}
	}()
	for {
		admitted, changed, err := b.try(count)
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

// try counts a log-in. If it is not admitted and others are pending, changed is
// closed as soon as one of them is done; else changed is nil.
func (b *gateBucket) try(count func() (bool, error)) (admitted bool, changed chan struct{}, err error) {
	b.mu.Lock()
	defer b.mu.Unlock() // even if count panics: the bucket must not stay shut
	admitted, err = count()
	switch {
	case admitted:
		b.pending++
	case b.pending > 0:
		changed = b.changed
	}
	return admitted, changed, err
}

func (g *loginGate) finish(bucket string, b *gateBucket) {
	b.mu.Lock()
	b.pending--
	close(b.changed)
	b.changed = make(chan struct{})
	b.mu.Unlock()
	g.leave(bucket, b)
}

func (g *loginGate) enter(bucket string) *gateBucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.buckets[bucket]
	if b == nil {
		b = &gateBucket{changed: make(chan struct{})}
		g.buckets[bucket] = b
	}
	b.visitors++
	return b
}

func (g *loginGate) leave(bucket string, b *gateBucket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.visitors--; b.visitors == 0 {
		delete(g.buckets, bucket)
	}
}
