package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testredis"
)

// callAtOnce calls each server 100 times by key, from ten clients. It returns how
// many calls each server let pass, and how long that took.
func callAtOnce(t *testing.T, servers []*server, key string) (passed []int, took time.Duration) {
	t.Helper()
	begin, passed := time.Now(), make([]int, len(servers))
	var all sync.WaitGroup
	var mu sync.Mutex
	for i, s := range servers {
		for range 10 {
			all.Go(func() {
				for range 10 {
					a, err := s.try(t.Context(), "GET", "/api/accounts", "", byKey(key))
					mu.Lock()
					switch {
					case err == nil && a.status == 200:
						passed[i]++
					case err != nil || a.status != 429 || a.header.Get("Retry-After") == "":
						t.Errorf("got %d %s (%v), want 200 or 429", a.status, a.body, err)
					}
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	return passed, time.Since(begin)
}

// replicas are two servers on one PostgreSQL and one Redis.
type replicas struct {
	databaseURL string
	servers     []*server
	asked       int // developers so far
}

// newDeveloper returns the key of somebody who has made no calls yet.
func (r *replicas) newDeveloper(t *testing.T) string {
	t.Helper()
	r.asked++
	return r.servers[0].developer(t, r.databaseURL, fmt.Sprintf("user%d@example.com", r.asked)).key
}

// warnings counts how often Redis has been away.
func (r *replicas) warnings() (n int) {
	for _, s := range r.servers {
		n += strings.Count(s.log.String(), "Redis is away: each process limits calls by what it has seen itself")
	}
	return n
}

// awaitAway waits until the metric of both servers says that Redis is away (1), or
// not (0).
func (r *replicas) awaitAway(t *testing.T, want int) {
	t.Helper()
	for _, s := range r.servers {
		eventually(t, fmt.Sprintf("alta_shared_limits_away is %d", want), func() error {
			body := s.call(t, 200, "GET", "/metrics", "").body
			if line := fmt.Sprintf("\nalta_shared_limits_away %d\n", want); !strings.Contains(body, line) {
				return fmt.Errorf("the metrics lack %q", line)
			}
			return nil
		})
	}
}

// checkShared fails the test unless both servers together let sixty calls
// pass. On a machine so busy that Redis was taken for away in the middle, it
// tries again.
func (r *replicas) checkShared(t *testing.T) {
	t.Helper()
	for range 5 {
		r.awaitAway(t, 0)
		before := r.warnings()
		passed, took := callAtOnce(t, r.servers, r.newDeveloper(t))
		if r.warnings() > before {
			continue
		}
		sum, more := passed[0]+passed[1], int(took/time.Second)+1 // one a second is let in again
		if sum < 60 || sum > 60+more {
			t.Errorf("%v calls passed in %s, want 60 to %d altogether", passed, took, 60+more)
		}
		return
	}
	t.Error("Redis looked away again and again")
}

// TestReplicasShareLimits stops the Redis that two servers share, and starts it
// again.
func TestReplicasShareLimits(t *testing.T) {
	t.Parallel()
	redis := testredis.Start(t)
	r := &replicas{databaseURL: testdb.Postgres(t)}
	for range 2 {
		r.servers = append(r.servers, start(t, r.databaseURL, "--redis-url", redis.URL))
	}
	r.checkShared(t)

	redis.Stop()
	key := r.newDeveloper(t)
	passed, took := callAtOnce(t, r.servers, key)
	for i, n := range passed {
		if more := int(took/time.Second) + 1; n < 60 || n > 60+more {
			t.Errorf("without Redis: %d calls passed at server %d in %s, want 60 to %d", n, i, took, 60+more)
		}
	}
	r.awaitAway(t, 1)
	for _, s := range r.servers {
		if entry, ok := s.logged("Redis is away: each process limits calls by what it has seen itself"); !ok || entry["level"] != "WARN" {
			t.Errorf("there is no warning: %v", entry)
		}
	}

	redis.Restart()
	r.awaitAway(t, 0)
	for _, s := range r.servers {
		if _, ok := s.logged("Redis is back: limits are shared again"); !ok {
			t.Error("the log does not say that Redis is back")
		}
	}
	r.checkShared(t)
}
