package meter

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var errRedisURL = errors.New("want redis://[user:password@]host[:port][/database], rediss:// likewise for TLS, or unix:///path[?db=database]")

const (
	sharedPrefix = "alta:limit:"
	// sharedPatience is how long a call waits for Redis. Only calls under way
	// when Redis falls silent wait that long. With 20 ms, two goroutines that
	// hash passwords on two CPUs already made Redis look away, and too many
	// calls then passed.
	sharedPatience = 100 * time.Millisecond
	// No call waits for these: the pause before a Redis that is away is asked
	// again, and how long it then has to answer.
	sharedPause     = time.Second
	sharedPingLimit = time.Second
)

// sharedCount is Limiter.Allow as a script. It returns how many nanoseconds of
// the window the call would use up, and counts the call if they are not too
// many. A key holds the microsecond of its last call and the nanoseconds used
// up then: Lua's numbers are exact up to 2^53, which nanoseconds since 1970
// exceed. If Redis' clock was ahead at that call, no more than the window counts as
// used up. redis_rate's script counts in fractions of seconds instead, and is
// not exact: after one of 49 calls per hour it says that 47 remain.
const sharedCount = `
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local function keep(ahead)
  local life = math.ceil(ahead / 1000000) + 1
  redis.call("SET", KEYS[1], string.format("%.0f %.0f", now, ahead), "PX", life)
end
local at, ahead = string.match(redis.call("GET", KEYS[1]) or "", "^(%d+) (%d+)$")
ahead = at and math.max(0, ahead - (now - at) * 1000) or 0
if ahead > window then
  ahead = window
  keep(ahead)
end
ahead = ahead + interval
if ahead <= window then
  keep(ahead)
end
return ahead`

// Limits decides whether a call may proceed. Limiter decides for this process
// alone, Shared for all processes that use one Redis.
type Limits interface {
	// Allow counts a call of key against limit and reports whether it may
	// proceed. A refused call is not counted.
	Allow(ctx context.Context, key string, limit Limit) Decision
	// Sweep forgets keys whose limit is whole again and returns how many remain
	// in this process. It must be called now and then.
	Sweep() (remaining int)
}

var _, _ Limits = (*Limiter)(nil), (*Shared)(nil)

// Shared limits calls by key across all processes that use the same Redis
// (version 5 or newer), by that server's clock. While Redis is away, each
// process counts for itself. Keys expire when their limit is whole again.
// Shared is safe for concurrent use.
type Shared struct {
	client *redis.Client
	count  *redis.Script
	own    *Limiter
	log    *slog.Logger
	notify func(away bool)

	patience, pause time.Duration

	life    context.Context // ends with Close
	end     context.CancelFunc
	waiting sync.WaitGroup

	away   atomic.Bool
	mu     sync.Mutex // held while away changes, so that changes are reported in order
	closed bool
}

// NewShared returns a Shared on the Redis that options name. It does not
// connect yet; see Ping. While Redis is away, own decides. Each time that Redis
// goes away or comes back, that is logged once and passed to away, which must
// not block. NewShared sets the retries and time-outs of options itself.
func NewShared(options *redis.Options, own *Limiter, log *slog.Logger, away func(bool)) *Shared {
	o := *options
	o.MaxRetries, o.DialerRetries = -1, 1
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = sharedPingLimit, sharedPingLimit, sharedPingLimit
	// An older Redis refuses these commands, which would cost a round trip per
	// connection.
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	s := &Shared{
		client: redis.NewClient(&o),
		count:  redis.NewScript(sharedCount),
		own:    own, log: log, notify: away,
		patience: sharedPatience, pause: sharedPause,
	}
	s.life, s.end = context.WithCancel(context.Background())
	return s
}

// Allow counts a call of key against limit and reports whether it may proceed.
// It waits at most 100 ms for Redis, and not at all while Redis is away. The
// call is counted even if ctx is done.
func (s *Shared) Allow(ctx context.Context, key string, limit Limit) Decision {
	if s.away.Load() {
		return s.own.Allow(ctx, key, limit)
	}
	// A client that hangs up must not look like a Redis that is away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.patience)
	defer cancel()
	decision, err := s.countInRedis(ctx, key, limit)
	if err != nil {
		s.markAway(err)
		return s.own.Allow(ctx, key, limit)
	}
	if decision.Allowed {
		s.own.Allow(ctx, key, limit) // otherwise the limit would be whole again once Redis is away
	}
	return decision
}

// Sweep forgets keys of this process whose limit is whole again and returns how
// many remain. Keys in Redis expire by themselves.
func (s *Shared) Sweep() (remaining int) { return s.own.Sweep() }

// Ping returns an error if Redis does not count a call within a second, because
// it is away or refuses. The error does not contain the password.
func (s *Shared) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sharedPingLimit)
	defer cancel()
	// Redis may answer PING and still refuse to count: when its memory is full,
	// or as a read-only replica. This limit is never used up.
	_, err := s.countInRedis(ctx, "ping", Limit{Calls: 1_000_000, Window: time.Second})
	return err
}

// Close ends the connections to Redis. Afterwards each call counts in this
// process only.
func (s *Shared) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	err := s.client.Close()
	s.waiting.Wait()
	return err
}

// countInRedis lets Redis count the call. The limit is part of the key, so a client
// whose limit changes starts with the whole new limit.
func (s *Shared) countInRedis(ctx context.Context, key string, limit Limit) (Decision, error) {
	interval := limit.Window.Nanoseconds() / int64(limit.Calls)
	window := interval * int64(limit.Calls)
	name := fmt.Sprintf("%s%d/%v:%s", sharedPrefix, limit.Calls, limit.Window, key)
	ahead, err := s.count.Run(ctx, s.client, []string{name}, interval, window).Int64()
	if err != nil {
		return Decision{}, s.withoutPassword(err)
	}
	return decide(ahead, interval, window), nil
}

// decide returns the outcome for a call that would use up ahead of the window;
// all arguments are in nanoseconds.
func decide(ahead, interval, window int64) Decision {
	if ahead > window {
		return Decision{
			Reset:      time.Duration(ahead - interval),
			RetryAfter: time.Duration(ahead - window),
		}
	}
	return Decision{Allowed: true, Remaining: int((window - ahead) / interval), Reset: time.Duration(ahead)}
}

// markAway notes that Redis is away, and waits for it in the background.
func (s *Shared) markAway(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.away.Load() {
		return
	}
	s.away.Store(true)
	s.log.Warn("Redis is away: each process limits calls by what it has seen itself", "error", err)
	s.notify(true)
	s.waiting.Go(s.awaitRedis)
}

func (s *Shared) awaitRedis() {
	for {
		select {
		case <-s.life.Done():
			return
		case <-time.After(s.pause):
		}
		if s.Ping(s.life) == nil {
			break
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away.Store(false)
	s.log.Warn("Redis is back: limits are shared again")
	s.notify(false)
}

// withoutPassword returns err without the password. Of an error from Redis it
// keeps the first word, which names the problem, because some errors repeat the
// command and so the password.
func (s *Shared) withoutPassword(err error) error {
	if reply := redis.Error(nil); errors.As(err, &reply) {
		code, _, _ := strings.Cut(reply.Error(), " ")
		return fmt.Errorf("refused by Redis: %s", code)
	}
	if password := s.client.Options().Password; password != "" && strings.Contains(err.Error(), password) {
		return errors.New("what answers is not Redis")
	}
	return err
}

// ParseRedisURL reads redis://[user:password@]host[:port][/database], rediss://
// for TLS, or unix://[user:password@]/path[?db=database]. Its error says which
// forms are accepted and does not repeat the text, which may contain a
// password.
func ParseRedisURL(text string) (*redis.Options, error) {
	options, err := redis.ParseURL(text)
	u, urlErr := url.Parse(text)
	if err != nil || urlErr != nil || options.DB < 0 {
		return nil, errRedisURL
	}
	query := u.Query()
	if u.Scheme == "unix" {
		delete(query, "db")
	} else if u.Hostname() == "" { // go-redis would use localhost
		return nil, errRedisURL
	}
	if len(query) > 0 || u.Fragment != "" { // go-redis would apply these as settings, such as not verifying certificates
		return nil, errRedisURL
	}
	return options, nil
}
