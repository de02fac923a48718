package stage

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
)

// limitRate counts the call against the operation's rate class, and rejects it if
// there were too many.
func (s *Stages) limitRate(op *contract.Operation) echo.MiddlewareFunc {
	limit, limited := s.rateLimit(op)
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
			decision := s.limits.Allow(ctx, limitBucket(op.Rate, call), limit)
			setRateHeaders(call.Header, op.Rate.Name, limit, decision)
			if !decision.Allowed {
				return problem.ErrRateLimited.After(decision.RetryAfter)
			}
			return next(c)
		}
	}
}

// rateLimit returns the operation's limit: that of the setting if there is one, and
// otherwise that of the contract.
func (s *Stages) rateLimit(op *contract.Operation) (limit meter.Limit, limited bool) {
	if op.Rate == nil {
		return meter.Limit{}, false
	}
	rate, ok := s.rates[op.Rate.Name]
	if !ok {
		rate = op.Rate.Rate
	}
	return meter.Limit(rate), rate != contract.Rate{}
}

// limitBucket returns the name of the bucket that the call is counted in. The limit of
// a plan is one bucket for all keys of an account.
func limitBucket(class *contract.RateClass, call *Call) string {
	if class.ByPlan && call.Principal.ByKey() {
		return class.Name + " key " + call.Principal.UserID.String()
	}
	switch {
	case class.By == contract.ByUser:
		return class.Name + " " + call.Principal.UserID.String()
	case class.By == contract.ByCredential && call.Principal.ByKey():
		return class.Name + " key " + call.Principal.KeyID.String()
	case class.By == contract.ByCredential && call.Principal.Known():
		return class.Name + " session " + call.Principal.SessionID.String()
	}
	return class.Name + " " + network(call.Address)
}

// network returns an IPv4 address unchanged, and the /64 network of an IPv6 address:
// a client usually has all addresses of such a network.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil || addr.Unmap().Is4() {
		return address
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}

// setRateHeaders tells the caller the state of the limit
// (draft-ietf-httpapi-ratelimit-headers-11).
func setRateHeaders(h http.Header, class string, limit meter.Limit, d meter.Decision) {
	h.Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", class, limit.Calls, seconds(limit.Window)))
	h.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", class, d.Remaining, seconds(d.Reset)))
}

// seconds rounds up, so that the duration has passed after that many seconds.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
