package meter

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// bucket models a limit as a leaky bucket: it holds Calls drops, each call adds
// one, and one leaks per Window/Calls. Its level is the time that it takes to
// run empty.
type bucket struct {
	level time.Duration
	at    time.Time
}

func (b *bucket) allow(now time.Time, limit Limit) bool {
	drop := limit.Window / time.Duration(limit.Calls)
	b.level = max(0, b.level-now.Sub(b.at))
	b.at = now
	if b.level+drop > drop*time.Duration(limit.Calls) {
		return false
	}
	b.level += drop
	return true
}

// TestAllowModel compares random histories of calls with the bucket. Idle keys
// are forgotten now and then.
func TestAllowModel(t *testing.T) {
	keys := []string{"john", "jane", "joe"}
	for seed := range uint64(200) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			limit := Limit{
				Calls:  1 + random.IntN(20),
				Window: []time.Duration{time.Second, time.Minute, time.Hour}[random.IntN(3)],
			}
			interval := limit.Window / time.Duration(limit.Calls)
			c := newClock()
			l := NewLimiter(c.Now)
			model := map[string]*bucket{}
			allowed := map[string][]time.Time{}
			for _, key := range keys {
				model[key] = &bucket{at: c.now}
			}
			for step := range 400 {
				switch random.IntN(12) {
				case 0:
					c.advance(time.Duration(random.Int64N(int64(2 * limit.Window))))
				case 1, 2, 3:
					c.advance(time.Duration(random.Int64N(int64(interval))))
				case 4:
					c.advance(interval)
				case 5:
					l.Sweep()
				}
				key := keys[random.IntN(len(keys))]
				got := l.Allow(t.Context(), key, limit)
				want := model[key].allow(c.now, limit)
				if got.Allowed != want {
					t.Fatalf("step %d, %+v: %+v, the model says %t", step, limit, got, want)
				}
				checkDecision(t, got, limit, model[key].level)
				if got.Allowed {
					allowed[key] = append(allowed[key], c.now)
				}
			}
			for key, times := range allowed {
				checkSpread(t, key, times, limit)
			}
		})
	}
}

func checkDecision(t *testing.T, d Decision, limit Limit, level time.Duration) {
	t.Helper()
	interval := limit.Window / time.Duration(limit.Calls)
	if d.Reset != level {
		t.Fatalf("%+v: Reset is %v, want %v", limit, d.Reset, level)
	}
	window := interval * time.Duration(limit.Calls)
	if want := int((window - level) / interval); d.Remaining != want {
		t.Fatalf("%+v: Remaining is %d, want %d", limit, d.Remaining, want)
	}
	var retry time.Duration
	if !d.Allowed {
		retry = level + interval - window
	}
	if d.RetryAfter != retry {
		t.Fatalf("%+v: RetryAfter is %v, want %v", limit, d.RetryAfter, retry)
	}
}

// checkSpread checks that no span of time has more calls than the whole limit
// plus those that were regained during the span.
func checkSpread(t *testing.T, key string, times []time.Time, limit Limit) {
	t.Helper()
	interval := limit.Window / time.Duration(limit.Calls)
	for first := range times {
		for last := first; last < len(times); last++ {
			span := times[last].Sub(times[first])
			most := int((limit.Window + span) / interval)
			if n := last - first + 1; n > most {
				t.Fatalf("%+v: %s had %d calls in %v, want at most %d", limit, key, n, span, most)
			}
		}
	}
}
