package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// timingCost is the lowest cost that a server accepts. A fast hash allows more
// attempts and hides less of a difference in time.
const timingCost = 10

// triesEach is the number of attempts per address. One more would lock it.
const triesEach = 4

// measureTiming compares the times of a wrong password for known addresses and for
// unknown ones. The attempts alternate between both kinds, one at a time, and the
// first kind changes.
func (b *bench) measureTiming(ctx context.Context, e *engine, r *report) error {
	return b.withServer(ctx, e, timingCost, func(s *server) error {
		c := newClient(ctx, s.address)
		defer c.close()
		var took [2][]time.Duration // known, unknown
		spent := time.Duration(0)
		for spent < 3*b.duration {
			known, unknown := newAddress(), newAddress()
			if _, err := signUp(c, known); err != nil {
				return err
			}
			for i := range 2 * triesEach {
				which := (i + i/2) % 2 // known, unknown, unknown, known, …
				start := time.Now()
				if err := logIn(c, [2]string{known, unknown}[which], wrongPassword, 401); err != nil {
					return err
				}
				took[which] = append(took[which], time.Since(start))
				spent += time.Since(start)
			}
		}
		reportTiming(r, "wrong password", took[0], took[1])
		return b.measureRequestTiming(c, r)
	})
}

// mailRequests are the calls that may send a mail, and whose responses do not show
// whether they do.
var mailRequests = []struct{ what, path string }{
	{"forgotten password", "/api/v1/auth/forgetpassword"},
	{"new verification link", "/api/v1/auth/resend-verification"},
}

// measureRequestTiming compares the times of a request for a mail for a known
// address, which gets one, and for an unknown one. It also compares the times of
// the next call, which work after the response could delay. Work after earlier
// responses affects both alike.
func (b *bench) measureRequestTiming(c *client, r *report) error {
	var took, after [2][2][]time.Duration // by request; known, unknown
	start := time.Now()
	for round := 0; time.Since(start) < 3*b.duration; round++ {
		addresses := [2]string{newAddress(), newAddress()}
		if _, err := signUp(c, addresses[0]); err != nil {
			return err
		}
		for i, request := range mailRequests {
			for n := range 2 {
				which := (n + round) % 2
				first, err := timeRequest(c, request.path, addresses[which])
				if err != nil {
					return err
				}
				next, err := timeRequest(c, request.path, "nobody@example.com")
				if err != nil {
					return err
				}
				took[i][which] = append(took[i][which], first)
				after[i][which] = append(after[i][which], next)
			}
		}
	}
	for i, request := range mailRequests {
		reportTiming(r, request.what, took[i][0], took[i][1])
		reportTiming(r, request.what+", the call after it", after[i][0], after[i][1])
	}
	return nil
}

func timeRequest(c *client, path, email string) (time.Duration, error) {
	start := time.Now()
	_, err := c.post(path, map[string]string{"email": email}, 200)
	return time.Since(start), err
}

func reportTiming(r *report, what string, known, unknown []time.Duration) {
	all := append(append([]time.Duration{}, known...), unknown...)
	spread := quantile(all, 0.9) - quantile(all, 0.1)
	difference := quantile(known, 0.5) - quantile(unknown, 0.5)
	share := math.Abs(float64(difference)) / float64(spread)
	// Two standard errors of a difference of medians. The deviation is estimated from
	// the quartiles, as for a normal distribution.
	deviation := float64(quantile(all, 0.75)-quantile(all, 0.25)) / 1.349
	noise := 2 * 1.2533 * deviation * math.Sqrt(2/float64(len(known))) / float64(spread)
	r.add(figure{
		name: what + ", known against unknown address", text: fmt.Sprintf("%.1f %%", 100*share), value: share, bar: atMost(0.05, "5 %"),
		note: fmt.Sprintf("of the spread; noise of the figure ± %.1f %%", 100*noise),
	})
	r.info("  medians", fmt.Sprintf("%s, %s", milliseconds(quantile(known, 0.5)), milliseconds(quantile(unknown, 0.5))),
		fmt.Sprintf("known, unknown; p10 to p90 is %s; %d attempts of each in turn, at cost %d (the lowest)",
			milliseconds(spread), len(known), timingCost))
}
