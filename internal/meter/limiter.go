// Package meter limits how often clients call, and charges tokens for their
// calls.
package meter

import (
	"context"
	"hash/maphash"
	"sync"
	"time"
)

// Limit is a number of calls per window; both are above 0. All calls may come
// at once; after that, one more is allowed per Window/Calls.
type Limit struct {
	Calls  int
	Window time.Duration
}

// Decision is the outcome for one call.
type Decision struct {
	Allowed    bool
	Remaining  int           // calls that would be allowed now
	Reset      time.Duration // until the limit is whole again
	RetryAfter time.Duration // until the next call is allowed; 0 if this one was
}

const shardCount = 64

// Limiter limits calls by key within this process (GCRA, one time stamp per
// key). It measures time from its start by the monotonic clock, where the given
// clock has one: a wall clock that is corrected neither blocks nor frees anybody.
// The zero value is not usable; see NewLimiter.
type Limiter struct {
	now    func() time.Time
	start  time.Time
	seed   maphash.Seed
	shards [shardCount]shard
}

type shard struct {
	mu sync.Mutex
	// due holds, by key, the theoretical arrival time of the next call, in
	// nanoseconds since the start. A key whose time is past counts as absent.
	due map[string]int64
}

// NewLimiter returns a Limiter that uses the given clock.
func NewLimiter(now func() time.Time) *Limiter {
	l := &Limiter{now: now, start: now(), seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].due = map[string]int64{}
	}
	return l
}

// Allow counts a call of key against limit and reports whether it may proceed.
// A refused call is not counted. Allow uses no context.
func (l *Limiter) Allow(_ context.Context, key string, limit Limit) Decision {
	now := l.elapsed()
	interval := limit.Window.Nanoseconds() / int64(limit.Calls)
	window := interval * int64(limit.Calls) // rounded down, so that rounding never lets an additional call pass

	s := &l.shards[maphash.String(l.seed, key)%shardCount]
	s.mu.Lock()
	defer s.mu.Unlock()
	due, known := s.due[key]
	switch {
	case !known:
		due = now
	case due > now+window: // a clock without monotonic time was ahead: nobody waits longer than a window
		due = now + window
		s.due[key] = due
	}
	due = max(due, now) + interval
	ahead := due - now // how much of the window would be used up
	if ahead <= window {
		s.due[key] = due
	}
	return decide(ahead, interval, window)
}

// elapsed returns the nanoseconds since the start.
func (l *Limiter) elapsed() int64 { return l.now().Sub(l.start).Nanoseconds() }

// Sweep forgets keys whose limit is whole again and returns how many remain. It
// must be called now and then, or memory grows with every address ever seen.
func (l *Limiter) Sweep() (remaining int) {
	now := l.elapsed()
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		for key, due := range s.due {
			if due <= now {
				delete(s.due, key)
			}
		}
		remaining += len(s.due)
		s.mu.Unlock()
	}
	return remaining
}
