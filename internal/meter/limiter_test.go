package meter

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// clock stands still until a test moves it.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 4, 14, 13, 20, 0, time.UTC)} }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

func TestAllowAtOnceAndThenOneAtATime(t *testing.T) {
	for _, limit := range []Limit{
		{1, time.Second}, {2, time.Second}, {3, time.Second}, {7, time.Second}, {60, time.Minute},
		{120, time.Minute}, {600, time.Minute}, {5, time.Hour}, {1_000, time.Second},
	} {
		t.Run(fmt.Sprintf("%d in %v", limit.Calls, limit.Window), func(t *testing.T) {
			c := newClock()
			l := NewLimiter(c.Now)
			for i := range limit.Calls {
				if d := l.Allow(t.Context(), "john", limit); !d.Allowed || d.Remaining != limit.Calls-1-i {
					t.Fatalf("call %d: %+v, want it allowed and %d remaining", i+1, d, limit.Calls-1-i)
				}
			}
			interval := limit.Window / time.Duration(limit.Calls)
			for i := range 3 {
				d := l.Allow(t.Context(), "john", limit)
				if d.Allowed {
					t.Fatalf("call %d is allowed: %+v", limit.Calls+i+1, d)
				}
				c.advance(d.RetryAfter - 1)
				if d := l.Allow(t.Context(), "john", limit); d.Allowed || d.RetryAfter != 1 {
					t.Fatalf("a nanosecond early: %+v, want it refused for another", d)
				}
				c.advance(1)
				if d := l.Allow(t.Context(), "john", limit); !d.Allowed || d.Remaining != 0 {
					t.Fatalf("after RetryAfter: %+v, want it allowed and none remaining", d)
				}
			}
			c.advance(interval)
			if d := l.Allow(t.Context(), "john", limit); !d.Allowed {
				t.Errorf("after %v: %+v, want it allowed", interval, d)
			}
			c.advance(limit.Window)
			if d := l.Allow(t.Context(), "john", limit); !d.Allowed || d.Remaining != limit.Calls-1 {
				t.Errorf("after the window: %+v, want a whole limit", d)
			}
		})
	}
}

func TestAllowDecision(t *testing.T) {
	limit := Limit{Calls: 3, Window: time.Minute}
	c := newClock()
	l := NewLimiter(c.Now)
	steps := []struct {
		after time.Duration
		want  Decision
	}{
		{0, Decision{Allowed: true, Remaining: 2, Reset: 20 * time.Second}},
		{5 * time.Second, Decision{Allowed: true, Remaining: 1, Reset: 35 * time.Second}},
		{0, Decision{Allowed: true, Remaining: 0, Reset: 55 * time.Second}},
		{0, Decision{Reset: 55 * time.Second, RetryAfter: 15 * time.Second}},
		// Refused calls are not counted, however many there are.
		{0, Decision{Reset: 55 * time.Second, RetryAfter: 15 * time.Second}},
		{14 * time.Second, Decision{Reset: 41 * time.Second, RetryAfter: time.Second}},
		{time.Second, Decision{Allowed: true, Remaining: 0, Reset: time.Minute}},
		{60 * time.Second, Decision{Allowed: true, Remaining: 2, Reset: 20 * time.Second}},
		{time.Hour, Decision{Allowed: true, Remaining: 2, Reset: 20 * time.Second}},
	}
	for i, step := range steps {
		c.advance(step.after)
		if got := l.Allow(t.Context(), "john", limit); got != step.want {
			t.Errorf("step %d: %+v, want %+v", i+1, got, step.want)
		}
	}
}

// If a clock is set back, nobody is locked out for longer than the window.
func TestAllowClockSetBack(t *testing.T) {
	limit := Limit{Calls: 2, Window: 10 * time.Second}
	c := newClock()
	l := NewLimiter(c.Now)
	l.Allow(t.Context(), "john", limit)
	c.advance(-time.Hour)
	d := l.Allow(t.Context(), "john", limit)
	if d.Allowed || d.RetryAfter != limit.Window/2 || d.Reset != limit.Window {
		t.Errorf("an hour back: %+v, want it refused for half a window", d)
	}
	c.advance(d.RetryAfter)
	if d := l.Allow(t.Context(), "john", limit); !d.Allowed {
		t.Errorf("after RetryAfter: %+v, want it allowed", d)
	}
}

func TestAllowKeysAreIndependent(t *testing.T) {
	limit := Limit{Calls: 1, Window: time.Minute}
	l := NewLimiter(newClock().Now)
	for i := range 1_000 { // many more than there are shards
		key := fmt.Sprint("key ", i)
		if d := l.Allow(t.Context(), key, limit); !d.Allowed {
			t.Fatalf("first call of %q: %+v, want it allowed", key, d)
		}
		if d := l.Allow(t.Context(), key, limit); d.Allowed {
			t.Fatalf("second call of %q: %+v, want it refused", key, d)
		}
	}
	if d := l.Allow(t.Context(), "", limit); !d.Allowed {
		t.Errorf("the empty key: %+v, want it allowed", d)
	}
}

func TestSweep(t *testing.T) {
	limit := Limit{Calls: 4, Window: time.Minute}
	c := newClock()
	l := NewLimiter(c.Now)
	if n := l.Sweep(); n != 0 {
		t.Errorf("a new limiter has %d keys", n)
	}
	for i := range 100 {
		l.Allow(t.Context(), fmt.Sprint("once ", i), limit)
	}
	for range 4 {
		l.Allow(t.Context(), "often", limit)
	}
	if n := l.Sweep(); n != 101 {
		t.Errorf("at once: %d keys remain, want 101", n)
	}
	c.advance(15*time.Second - 1)
	if n := l.Sweep(); n != 101 {
		t.Errorf("a nanosecond before their limit is whole: %d keys remain, want 101", n)
	}
	c.advance(1)
	if n := l.Sweep(); n != 1 {
		t.Errorf("when their limit is whole: %d keys remain, want 1", n)
	}
	if d := l.Allow(t.Context(), "often", limit); !d.Allowed || d.Remaining != 0 {
		t.Errorf("a key that remains: %+v, want its calls remembered", d)
	}
	if d := l.Allow(t.Context(), "once 1", limit); !d.Allowed || d.Remaining != 3 {
		t.Errorf("a key that was forgotten: %+v, want a whole limit", d)
	}
	c.advance(time.Hour)
	if n := l.Sweep(); n != 0 {
		t.Errorf("in the end %d keys remain, want 0", n)
	}
}

func TestAllowRace(t *testing.T) {
	const callers, each = 64, 50
	limit := Limit{Calls: 100, Window: time.Minute}
	l := NewLimiter(newClock().Now)
	var allowed, others atomic.Int64
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for range each {
				if l.Allow(t.Context(), "shared", limit).Allowed {
					allowed.Add(1)
				}
			}
			if l.Allow(t.Context(), fmt.Sprint("own ", i), limit).Allowed {
				others.Add(1)
			}
			l.Sweep()
		})
	}
	group.Wait()
	if allowed.Load() != int64(limit.Calls) || others.Load() != callers {
		t.Errorf("%d shared and %d own calls were allowed, want %d and %d", allowed.Load(), others.Load(), limit.Calls, callers)
	}
	if n := l.Sweep(); n != callers+1 {
		t.Errorf("%d keys remain, want %d", n, callers+1)
	}
}

// TestClockAheadBlocksNobody: a clock that was ahead, and is right again, makes nobody
// wait longer than a window.
func TestClockAheadBlocksNobody(t *testing.T) {
	clock := testkit.NewClock(time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC))
	l := NewLimiter(clock.Now)
	limit := Limit{Calls: 60, Window: time.Minute}
	right := clock.Now()
	clock.Set(right.AddDate(1, 0, 0))
	if !l.Allow(t.Context(), "ada", limit).Allowed {
		t.Fatal("the first call is refused")
	}
	clock.Set(right)
	d := l.Allow(t.Context(), "ada", limit)
	if d.RetryAfter > limit.Window || d.Reset > 2*limit.Window {
		t.Errorf("after the clock was set right: %+v", d)
	}
	clock.Advance(d.RetryAfter)
	if d := l.Allow(t.Context(), "ada", limit); !d.Allowed {
		t.Errorf("after the wait: %+v", d)
	}
	clock.Set(right.AddDate(-1, 0, 0)) // and one that was right, and is behind now
	if d := l.Allow(t.Context(), "ada", limit); d.RetryAfter > limit.Window {
		t.Errorf("with a clock that is behind: %+v", d)
	}
}
