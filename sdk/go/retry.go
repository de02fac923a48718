package alta

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Retries says how often and when a call is made again that failed for now:
//
//   - after 429 and 503, by which the server says that it has done nothing, and after the 409 of a call
//     under the same Idempotency-Key that is still under way;
//   - after a broken connection and other 5xx where making it twice does no harm: GET, PUT, DELETE, and
//     whatever has an Idempotency-Key.
type Retries struct {
	Max     int           // so often, at most, after the first time
	Backoff time.Duration // the first pause, about; each is twice the one before, where the server names none
	MaxWait time.Duration // the longest pause; a server that asks for a longer one is not asked again
}

// DefaultRetries is what a client does unless [WithRetries] says otherwise.
var DefaultRetries = Retries{Max: 3, Backoff: 250 * time.Millisecond, MaxWait: 30 * time.Second}

// send makes the call until it succeeds, fails for good or has been made often
// enough. Its error is that of the last try; and, where ctx ended meanwhile,
// that, too.
func (c *Client) send(ctx context.Context, r *request, options []CallOption) (answer, error) {
	if err := r.prepare(options); err != nil {
		return answer{}, err
	}
	for tries := 0; ; tries++ {
		got, err := c.try(ctx, r)
		if err == nil || ctx.Err() != nil || tries == c.retries.Max || !mayPass(r, err) {
			return got, err
		}
		wait, worthwhile := c.retries.pause(tries, err)
		if deadline, ok := ctx.Deadline(); !worthwhile || ok && time.Until(deadline) < wait {
			return answer{}, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return answer{}, fmt.Errorf("%w, while waiting after: %w", context.Cause(ctx), err)
		}
	}
}

// mayPass reports whether the call may be made again after the failure, and
// may then succeed.
func mayPass(r *request, err error) bool {
	var refusal *Error
	if !errors.As(err, &refusal) {
		return r.isSafe()
	}
	switch refusal.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return true
	case http.StatusConflict:
		return refusal.header.Get("Retry-After") != ""
	}
	return refusal.Status >= 500 && r.isSafe()
}

// pause returns how long to wait before the next try. It reports false when
// the server wants a longer pause than the caller.
func (p Retries) pause(tries int, err error) (wait time.Duration, worthwhile bool) {
	var refusal *Error
	if errors.As(err, &refusal) {
		if after, named := retryAfter(refusal.header, time.Now()); named {
			return after, after <= p.MaxWait
		}
	}
	wait = p.MaxWait
	if doubled := p.Backoff << tries; doubled>>tries == p.Backoff { // it is not too much for a Duration
		wait = min(doubled, p.MaxWait)
	}
	// Clients that failed together must not come back together.
	return wait/2 + rand.N(wait/2+1), true
}

// retryAfter returns the pause that the server asks for, if it does: in
// seconds, or up to a date.
func retryAfter(header http.Header, now time.Time) (wait time.Duration, named bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}
