package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// bare is what the processors do of bcrypt when they do nothing else.
type bare struct {
	perSecond float64
	share     float64 // of the processors that it got; less than 1 where other programs run
}

// bareBcrypt hashes for some time: one goroutine a processor, at ordinary
// priority.
func bareBcrypt(ctx context.Context, cost int, d time.Duration) (b bare) {
	rates := make([]float64, runtime.NumCPU())
	var done sync.WaitGroup
	start, spent := time.Now(), processorTime()
	for i := range rates {
		done.Go(func() {
			hashes := 0
			for time.Since(start) < d && ctx.Err() == nil {
				_, _ = bcrypt.GenerateFromPassword([]byte(password), cost) // fails for a bad cost, which no server starts with
				hashes++
			}
			rates[i] = float64(hashes) / time.Since(start).Seconds()
		})
	}
	done.Wait()
	for _, rate := range rates {
		b.perSecond += rate
	}
	b.share = float64(processorTime()-spent) / float64(time.Since(start)) / float64(len(rates))
	return b
}

// measurePasswords compares sign-ups and log-ins with bare bcrypt. The bare
// rate is taken before and after each, so that a machine whose speed changes
// shows. It returns the addresses that signed up, one a client at least.
func (b *bench) measurePasswords(ctx context.Context, s *server, r *report) ([]string, error) {
	users := &userList{}
	before := bareBcrypt(ctx, b.cost, b.duration)
	signUps := closedLoop(ctx, s, b.clients, b.duration, users.signUp)
	between := bareBcrypt(ctx, b.cost, b.duration)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.generator("sign-ups", signUps)
	b.compare(r, "sign-ups", signUps, before, between)

	if err := users.fill(ctx, s.address, b.clients); err != nil {
		return nil, err
	}
	logIns := closedLoop(ctx, s, b.clients, b.duration, func(c *client, number int) error {
		return logIn(c, users.emails[number], password, 200)
	})
	after := bareBcrypt(ctx, b.cost, b.duration)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.generator("log-ins", logIns)
	b.compare(r, "log-ins", logIns, between, after)
	last, err := b.measureAPISignUps(ctx, s, after, r)
	if idle := 1 - min(before.share, between.share, after.share, last.share); idle > 0.05 {
		r.note(fmt.Sprintf("THE MACHINE IS BUSY: other programs took up to %.0f %% of the processors", 100*idle))
	}
	return users.emails, err
}

// measureAPISignUps compares sign-ups at the API door, each of which sends two
// mails to the development mailbox, with the bare rate before them and the one
// after, which it returns.
func (b *bench) measureAPISignUps(ctx context.Context, s *server, before bare, r *report) (after bare, err error) {
	c := newClient(ctx, s.address)
	defer c.close()
	invite, err := s.redeemInvite(ctx, c, maxInviteUses)
	if err != nil {
		return before, err
	}
	signUps := closedLoop(ctx, s, b.clients, b.duration, func(c *client, _ int) error {
		return signUpAPI(c, newAddress(), invite)
	})
	after = bareBcrypt(ctx, b.cost, b.duration)
	if err := ctx.Err(); err != nil {
		return before, err
	}
	r.generator("sign-ups at the API door", signUps)
	b.compare(r, "sign-ups at the API door", signUps, before, after)
	return after, nil
}

func (b *bench) compare(r *report, what string, l *load, before, after bare) {
	mean := (before.perSecond + after.perSecond) / 2
	ratio := l.perSecond() / mean
	r.add(fmt.Sprintf("%s, %d clients, over bare bcrypt", what, b.clients), fmt.Sprintf("%.3f", ratio), ratio,
		atLeast(0.95, "0.95"), fmt.Sprintf("%.2f/s over %.2f/s at cost %d", l.perSecond(), mean, b.cost), l)
	r.info("  bare, before and after", fmt.Sprintf("%.2f/s, %.2f/s", before.perSecond, after.perSecond),
		fmt.Sprintf("with %.0f %%, %.0f %% of the processors", 100*before.share, 100*after.share))
	// What other programs take from the processors does not change this ratio.
	own := l.server.Seconds() / (l.perSecond() * l.elapsed.Seconds())
	hash := float64(runtime.NumCPU()) * (before.share/before.perSecond + after.share/after.perSecond) / 2
	r.info("  the same by processor time", fmt.Sprintf("%.3f", hash/own),
		fmt.Sprintf("a bare hash takes %.1f ms, a call %.1f ms of the server's process", 1000*hash, 1000*own), l)
	r.info("  time of a call", "p50 "+milliseconds(quantile(l.took, 0.5)), "p99 "+milliseconds(quantile(l.took, 0.99)), l)
}

// userList collects the addresses of those who signed up.
type userList struct {
	mu     sync.Mutex
	emails []string
}

func (u *userList) signUp(c *client, _ int) error {
	email := newAddress()
	if _, err := signUp(c, email); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.emails = append(u.emails, email)
	return nil
}

// fill signs more users up until there are n.
func (u *userList) fill(ctx context.Context, address string, n int) error {
	c := newClient(ctx, address)
	defer c.close()
	for len(u.emails) < n {
		if err := u.signUp(c, 0); err != nil {
			return err
		}
	}
	return nil
}
