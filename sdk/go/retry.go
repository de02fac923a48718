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

// Retries bounds the retries of a call. A call is repeated:
//
//   - after 429 and 503, because the server has done nothing, and after 409 if a call with the same
//     Idempotency-Key is still in progress;
//   - after a broken connection, an answer that breaks off or is not the promised JSON, and other 5xx, if a
//     repetition does no harm: GET, PUT, DELETE, and calls with an Idempotency-Key.
type Retries struct {
	Max     int           // largest number of repetitions
	Backoff time.Duration // approximate first pause, if the server asks for none; it doubles with each repetition
	MaxWait time.Duration // longest pause; if the server asks for a longer one, the call fails at once
}

// DefaultRetries are the retries of a client without [WithRetries].
var DefaultRetries = Retries{Max: 3, Backoff: 250 * time.Millisecond, MaxWait: 30 * time.Second}

// send makes the call until it succeeds, fails for good or reaches the number of
// repetitions. The error is that of the last attempt. If ctx ended during a pause,
// the error wraps its cause, too.
func (c *Client) send(ctx context.Context, r *request, options []CallOption) (response, error) {
	if err := r.prepare(options); err != nil {
		return response{}, err
	}
	for tries := 0; ; tries++ {
		got, err := c.try(ctx, r)
		if err == nil || ctx.Err() != nil || tries == c.retries.Max || !mayRepeat(r, err) {
			return got, err
		}
		wait, worthwhile := c.retries.pause(tries, err)
		if deadline, ok := ctx.Deadline(); !worthwhile || ok && time.Until(deadline) < wait {
			return response{}, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return response{}, fmt.Errorf("%w, while waiting after: %w", context.Cause(ctx), err)
		}
	}
}

// mayRepeat reports whether the call may be repeated after the failure and may then
// succeed.
func mayRepeat(r *request, err error) bool {
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

// pause returns the time to wait before the next attempt. It reports false if the
// server asks for a longer pause than the caller allows.
func (p Retries) pause(tries int, err error) (wait time.Duration, worthwhile bool) {
	var refusal *Error
	if errors.As(err, &refusal) {
		if after, named := retryAfter(refusal.header, time.Now()); named {
			return after, after <= p.MaxWait
		}
	}
	wait = p.MaxWait
	if doubled := p.Backoff << tries; doubled>>tries == p.Backoff { // it does not overflow
		wait = min(doubled, p.MaxWait)
	}
	// Clients that failed together must not retry together.
	return wait/2 + rand.N(wait/2+1), true
}

// retryAfter returns the pause that the server asks for, which may be in seconds or
// up to a date. named reports whether the server asks for one.
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
