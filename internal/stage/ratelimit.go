package stage

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/problem"
)

// limitRate counts the call against the operation's rate class, and rejects it if
// there were too many.
func (s *Stages) limitRate(op *contract.Operation) echo.MiddlewareFunc {
	limit, limited := s.rateLimit(op.Rate)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if op.Rate == nil {
			return next
		}
		return func(c echo.Context) error {
			ctx := c.Request().Context()
			call, limit, limited := From(ctx), limit, limited
			if op.Rate.ByPlan && call.Principal.ByKey() {
				limit, limited = meter.Limit{Calls: call.Principal.RequestsPerMinute, Window: time.Minute}, true
			}
			if !limited {
				return next(c)
			}
			if err := s.count(ctx, op.Rate.Name, limit, limitBuckets(op.Rate, call)); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// rateLimit returns the limit of the class: that of the setting if there is one, and
// otherwise that of the contract. nil is the class of operations without a limit.
func (s *Stages) rateLimit(class *contract.RateClass) (limit meter.Limit, limited bool) {
	if class == nil {
		return meter.Limit{}, false
	}
	rate, ok := s.rates[class.Name]
	if !ok {
		rate = class.Rate
	}
	return meter.Limit(rate), rate != contract.Rate{}
}

// count counts the call in each of the buckets, and stops at the one that is full. The
// response tells the state of the caller's own, the first, or of the full one. Its error
// is problem.ErrRateLimited.
func (s *Stages) count(ctx context.Context, class string, limit meter.Limit, buckets []bucket) error {
	for i, b := range buckets {
		limit := meter.Limit{Calls: limit.Calls * b.factor, Window: limit.Window}
		decision := s.limits.Allow(ctx, class+" "+b.name, limit)
		if i == 0 || !decision.Allowed {
			setRateHeaders(From(ctx).Header, class, limit, decision)
		}
		if !decision.Allowed {
			return problem.ErrRateLimited.After(decision.RetryAfter)
		}
	}
	return nil
}

// bucket is where calls are counted. Its limit is that of the class times the factor.
type bucket struct {
	name   string
	factor int
}

// limitBuckets returns the buckets that the call is counted in. The limit of a plan is
// one bucket for all keys of an account.
func limitBuckets(class *contract.RateClass, call *Call) []bucket {
	name := ""
	switch p := call.Principal; {
	case class.ByPlan && p.ByKey():
		name = "key " + p.UserID.String()
	case class.By == contract.ByUser:
		name = p.UserID.String()
	case class.By == contract.ByCredential && p.ByKey():
		name = "key " + p.KeyID.String()
	case class.By == contract.ByCredential && p.Known():
		name = "session " + p.SessionID.String()
	default:
		return networkBuckets(call.Address)
	}
	return []bucket{{name: name, factor: 1}}
}

// Factors of the limits of networks that one client may have as a whole. An IPv4 /24
// has many clients, and so does an IPv4 address behind a translator.
var (
	factors4 = []int{1, 10}   // the address, its /24
	factors6 = []int{1, 2, 4} // the /64, /56 and /48
)

// networkBuckets returns the buckets of the networks around the address, the smallest
// first: a call that a small one refuses does not count in a larger one.
func networkBuckets(address string) (buckets []bucket) {
	networks := netaddr.Networks(address)
	factors := factors4
	if len(networks) > len(factors) {
		factors = factors6
	}
	for i, name := range networks {
		buckets = append(buckets, bucket{name: name, factor: factors[i]})
	}
	return buckets
}

// failedClass is the rate class of calls that are refused for their credential.
const failedClass = "failed"

// refusals are the errors of calls whose credential is not valid, or not for them. No
// other limit counts them.
var refusals = []error{
	problem.ErrUnauthorized, problem.ErrSuspended, problem.ErrKeyUnverified, problem.ErrKeyRefused, problem.ErrRole,
}

// cookieFactor is the factor of the limit for cookies. They are counted apart from keys
// and tokens, because browsers go on sending the cookie of a session that has ended.
const cookieFactor = 10

// limitFailed counts a call that is refused for its credential, and returns err unless
// its network has made too many: then problem.ErrRateLimited. Calls with a valid one are
// not affected.
func (s *Stages) limitFailed(r *http.Request, err error) error {
	class, declared := s.contract.Rates[failedClass]
	limit, limited := s.rateLimit(&class)
	if !declared || !limited || !slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }) {
		return err
	}
	call := From(r.Context())
	buckets := networkBuckets(call.Address)
	switch {
	case hasCredential(r):
	case s.cookies.Value(call, SessionCookie) != "":
		for i := range buckets {
			buckets[i] = bucket{name: "cookie " + buckets[i].name, factor: cookieFactor * buckets[i].factor}
		}
	default: // there is nothing that somebody may be guessing
		return err
	}
	if full := s.count(r.Context(), failedClass, limit, buckets); full != nil {
		return full
	}
	for _, name := range []string{"RateLimit", "RateLimit-Policy"} { // of the operation's class, in other responses
		call.Header.Del(name)
	}
	return err
}

// network returns an IPv4 address unchanged, and the /64 network of an IPv6 address:
// a client usually has all addresses of such a network.
func network(address string) string { return netaddr.Networks(address)[0] }

// setRateHeaders tells the caller the state of the limit
// (draft-ietf-httpapi-ratelimit-headers-11).
func setRateHeaders(h http.Header, class string, limit meter.Limit, d meter.Decision) {
	h.Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", class, limit.Calls, seconds(limit.Window)))
	h.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", class, d.Remaining, seconds(d.Reset)))
}

// seconds rounds up, so that the duration has passed after that many seconds.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
