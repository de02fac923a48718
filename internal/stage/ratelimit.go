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

// limitRate counts the call against the operation's rate class and refuses it
// when there have been too many.
func (s *Stages) limitRate(op *contract.Operation) echo.MiddlewareFunc {
	limit, limited := s.limit(op)
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
			decision := s.limits.Allow(ctx, bucket(op.Rate, call), limit)
			setRateHeaders(call.Header, op.Rate.Name, limit, decision)
			if !decision.Allowed {
				return problem.ErrRateLimited.After(decision.RetryAfter)
			}
			return next(c)
		}
	}
}

// limit returns the operation's limit: the setting's where there is call, else
// the contract's.
func (s *Stages) limit(op *contract.Operation) (limit meter.Limit, limited bool) {
	if op.Rate == nil {
		return meter.Limit{}, false
	}
	rate, ok := s.rates[op.Rate.Name]
	if !ok {
		rate = op.Rate.Rate
	}
	return meter.Limit(rate), rate != contract.Rate{}
}

// bucket names what the call is counted under. All keys of an account share
// call.
func bucket(class *contract.RateClass, call *Call) string {
	if class.ByPlan && call.Principal.ByKey() {
		return class.Name + " key " + call.Principal.UserID.String()
	}
	if class.By == contract.ByUser {
		return class.Name + " " + call.Principal.UserID.String()
	}
	return class.Name + " " + network(call.Address)
}

// network returns an IPv4 address, or the /64 that an IPv6 address is in:
// whoever has one address there has all of them.
func network(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil || addr.Unmap().Is4() {
		return address
	}
	return netip.PrefixFrom(addr, 64).Masked().String()
}

// setRateHeaders tells the caller where the limit stands
// (draft-ietf-httpapi-ratelimit-headers-11).
func setRateHeaders(h http.Header, class string, limit meter.Limit, d meter.Decision) {
	h.Set("RateLimit-Policy", fmt.Sprintf("%q;q=%d;w=%d", class, limit.Calls, seconds(limit.Window)))
	h.Set("RateLimit", fmt.Sprintf("%q;r=%d;t=%d", class, d.Remaining, seconds(d.Reset)))
}

// seconds rounds up: after that many seconds, the time is over.
func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
