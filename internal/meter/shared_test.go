package meter

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/alta/internal/testredis"
)

// newShared returns a Shared that never takes Redis for away, however busy the
// machine is.
func newShared(t testing.TB, redisURL string) *Shared {
	t.Helper()
	options, err := ParseRedisURL(redisURL)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := NewShared(options, NewLimiter(time.Now), log, func(bool) { t.Error("Redis is said to be away") })
	s.patience = time.Minute
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// clockedShared is a Shared that uses the test's clock. Its keys do not expire,
// since that would follow Redis' clock.
type clockedShared struct {
	*Shared
	*clock
	t testing.TB
}

func newClockedShared(t testing.TB) clockedShared {
	t.Helper()
	s := newShared(t, testredis.URL(t))
	script := sharedCount
	for old, replacement := range map[string]string{
		`redis.call("TIME")`:             `redis.call("MGET", "seconds", "microseconds")`,
		`math.ceil(ahead / 1000000) + 1`: `3600000`,
	} {
		if strings.Count(script, old) != 1 {
			t.Fatalf("the script has not one %q", old)
		}
		script = strings.Replace(script, old, replacement, 1)
	}
	s.count = redis.NewScript(script)
	return clockedShared{Shared: s, clock: newClock(), t: t}
}

func (s clockedShared) allow(key string, limit Limit) Decision {
	s.t.Helper()
	now := s.now
	if err := s.client.MSet(context.Background(), "seconds", now.Unix(), "microseconds", now.Nanosecond()/1000).Err(); err != nil {
		s.t.Fatal(err)
	}
	return s.Allow(context.Background(), key, limit)
}

func TestSharedAtOnceAndThenOneAtATime(t *testing.T) {
	for _, limit := range []Limit{
		{1, time.Second}, {2, time.Second}, {3, time.Second}, {7, time.Second}, {49, time.Hour}, {60, time.Minute},
		{120, time.Minute}, {600, time.Minute}, {5, time.Hour}, {1_000, time.Second}, {3, 90 * 24 * time.Hour},
	} {
		t.Run(fmt.Sprintf("%d in %v", limit.Calls, limit.Window), func(t *testing.T) {
			s := newClockedShared(t)
			for i := range limit.Calls {
				if d := s.allow("john", limit); !d.Allowed || d.Remaining != limit.Calls-1-i {
					t.Fatalf("call %d: %+v, want it allowed and %d remaining", i+1, d, limit.Calls-1-i)
				}
			}
			for i := range 3 {
				d := s.allow("john", limit)
				if d.Allowed {
					t.Fatalf("call %d is allowed: %+v", limit.Calls+i+1, d)
				}
				// Redis' clock has microseconds.
				s.advance((d.RetryAfter + time.Microsecond - 1).Truncate(time.Microsecond) - time.Microsecond)
				if d := s.allow("john", limit); d.Allowed || d.RetryAfter < 1 || d.RetryAfter > time.Microsecond {
					t.Fatalf("a microsecond early: %+v, want it refused for another", d)
				}
				s.advance(time.Microsecond)
				if d := s.allow("john", limit); !d.Allowed || d.Remaining != 0 {
					t.Fatalf("after RetryAfter: %+v, want it allowed and none remaining", d)
				}
			}
			s.advance(limit.Window)
			if d := s.allow("john", limit); !d.Allowed || d.Remaining != limit.Calls-1 {
				t.Errorf("after the window: %+v, want a whole limit", d)
			}
		})
	}
}

// TestSharedIsLimiter compares random histories of calls with Limiter's. The
// clock is set back now and then.
func TestSharedIsLimiter(t *testing.T) {
	s := newClockedShared(t)
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 0))
		limit := Limit{
			Calls:  1 + random.IntN(60),
			Window: []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour}[random.IntN(4)],
		}
		l := NewLimiter(s.Now)
		for step := range 100 {
			switch random.IntN(8) {
			case 0:
				s.advance(time.Duration(random.Int64N(int64(2 * limit.Window))).Truncate(time.Microsecond))
			case 1, 2:
				s.advance(time.Duration(random.Int64N(int64(limit.Window) / int64(limit.Calls))).Truncate(time.Microsecond))
			case 3:
				s.advance(-time.Duration(random.Int64N(int64(limit.Window) / 10)).Truncate(time.Microsecond))
			}
			key := fmt.Sprint(seed, " ", random.IntN(2))
			if got, want := s.allow(key, limit), l.Allow(t.Context(), key, limit); got != want {
				t.Fatalf("seed %d, step %d, %+v: %+v, Limiter says %+v", seed, step, limit, got, want)
			}
		}
	}
}

func TestSharedRace(t *testing.T) {
	const callers, each = 64, 10
	limit := Limit{Calls: 100, Window: 24 * time.Hour}
	redisURL := testredis.URL(t)
	replicas := []*Shared{newShared(t, redisURL), newShared(t, redisURL)}
	var allowed, others atomic.Int64
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for j := range each {
				if replicas[(i+j)%2].Allow(t.Context(), "shared", limit).Allowed {
					allowed.Add(1)
				}
			}
			if replicas[i%2].Allow(t.Context(), fmt.Sprint("own ", i), limit).Allowed {
				others.Add(1)
			}
			replicas[i%2].Sweep()
		})
	}
	group.Wait()
	if allowed.Load() != int64(limit.Calls) || others.Load() != callers {
		t.Errorf("%d shared and %d own calls were allowed, want %d and %d", allowed.Load(), others.Load(), limit.Calls, callers)
	}
}

func TestSharedKeys(t *testing.T) {
	redisURL := testredis.URL(t)
	s, client := newShared(t, redisURL), testredis.Connect(t, redisURL)
	limit := Limit{Calls: 3, Window: time.Hour}
	d := s.Allow(t.Context(), "read 192.0.2.7", limit)
	const key = "alta:limit:3/1h0m0s:read 192.0.2.7"
	if keys := client.Keys(t.Context(), "*").Val(); len(keys) != 1 || keys[0] != key {
		t.Fatalf("the keys are %q, want %q", keys, key)
	}
	if life := client.PTTL(t.Context(), key).Val(); life <= 0 || life > d.Reset+2*time.Millisecond {
		t.Errorf("the key expires in %v, want it to when the limit is whole, in %v", life, d.Reset)
	}
	if d := s.Allow(t.Context(), "read 192.0.2.7", Limit{Calls: 1, Window: time.Hour}); !d.Allowed {
		t.Errorf("under another limit: %+v, want a whole one", d)
	}
	if d := s.Allow(t.Context(), "", limit); !d.Allowed || d.Remaining != 2 {
		t.Errorf("the empty key: %+v, want a whole limit", d)
	}
	if err := client.Set(t.Context(), key, "nonsense", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if d := s.Allow(t.Context(), "read 192.0.2.7", limit); !d.Allowed || d.Remaining != 2 {
		t.Errorf("a key that somebody else wrote: %+v, want a whole limit", d)
	}
	if n := s.Sweep(); n != 2 {
		t.Errorf("%d keys remain in this process, want 2", n)
	}
}

func TestParseRedisURL(t *testing.T) {
	for text, want := range map[string]string{
		"redis://localhost":                   "localhost:6379   0",
		"redis://redis.example:6380/3":        "redis.example:6380   3",
		"redis://jane:sesame@192.0.2.1":       "192.0.2.1:6379 jane sesame 0",
		"rediss://:sesame@[2001:db8::1]:6380": "[2001:db8::1]:6380  sesame 0 TLS",
		"unix:///run/redis.sock?db=2":         "/run/redis.sock   2",
		"unix://jane:sesame@/run/redis.sock":  "/run/redis.sock jane sesame 0",
	} {
		options, err := ParseRedisURL(text)
		if err != nil {
			t.Errorf("%q: %v, want %q", text, err, want)
			continue
		}
		got := fmt.Sprintf("%s %s %s %d", options.Addr, options.Username, options.Password, options.DB)
		if options.TLSConfig != nil {
			got += " TLS"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseRedisURLRefuses(t *testing.T) {
	for _, text := range []string{
		"", "localhost:6379", "http://sesame@localhost", "redis-sentinel://jane:sesame@localhost",
		"redis://", "redis://:sesame@", "unix://", "redis://localhost/#sesame",
		"redis://jane:sesame@localhost:port", "redis://jane:sesame@localhost\x7f", "redis://jane:sesame%@localhost",
		"redis://jane:sesame@localhost/one", "redis://jane:sesame@localhost/-1", "redis://localhost/1/sesame",
		"redis://localhost?max_retries=3", "rediss://localhost?skip_verify=true", "unix:///run/redis.sock?pool_size=-1",
	} {
		options, err := ParseRedisURL(text)
		if err == nil {
			t.Errorf("%q: %+v, want it refused", text, options)
		} else if !strings.HasPrefix(err.Error(), "want redis://") || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q: the error is %q, want what it takes and not what it is", text, err)
		}
	}
}

func BenchmarkShared(b *testing.B) {
	s := newShared(b, testredis.URL(b))
	limit := Limit{Calls: 1_000_000, Window: time.Hour}
	for b.Loop() {
		s.Allow(b.Context(), "john", limit)
	}
}
