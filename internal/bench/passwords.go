package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// bareRate is the rate of bcrypt on processors that do nothing else.
type bareRate struct {
	perSecond float64
	share     float64 // share of the processors; less than 1 if other programs run
}

// measureBcrypt hashes for the duration: one goroutine per processor, at normal
// priority.
func measureBcrypt(ctx context.Context, cost int, d time.Duration) (b bareRate) {
	rates := make([]float64, runtime.NumCPU())
	var done sync.WaitGroup
	start, spent := time.Now(), processorTime()
	for i := range rates {
		done.Go(func() {
			hashes := 0
			for time.Since(start) < d && ctx.Err() == nil {
				_, _ = bcrypt.GenerateFromPassword([]byte(password), cost) // fails only for an invalid cost, with which no server starts
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

// measurePasswords compares sign-ups and log-ins with bare bcrypt. It measures the
// bare rate before and after each, to show whether the speed of the machine
// changes. It returns the addresses that signed up, at least one per client.
func (b *bench) measurePasswords(ctx context.Context, s *server, r *report) ([]string, error) {
	users := &userList{}
	before := measureBcrypt(ctx, b.cost, b.duration)
	signUps := closedLoop(ctx, s, b.clients, b.duration, users.signUp)
	between := measureBcrypt(ctx, b.cost, b.duration)
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
	after := measureBcrypt(ctx, b.cost, b.duration)
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

// measureAPISignUps compares sign-ups at the API door with the bare rates before
// and after. Each sign-up sends two mails to the development mailbox. It returns
// the later bare rate.
func (b *bench) measureAPISignUps(ctx context.Context, s *server, before bareRate, r *report) (after bareRate, err error) {
	c := newClient(ctx, s.address)
	defer c.close()
	invite, err := s.redeemInvite(ctx, c, maxInviteUses)
	if err != nil {
		return before, err
	}
	signUps := closedLoop(ctx, s, b.clients, b.duration, func(c *client, _ int) error {
		return signUpAPI(c, newAddress(), invite)
	})
	after = measureBcrypt(ctx, b.cost, b.duration)
	if err := ctx.Err(); err != nil {
		return before, err
	}
	r.generator("sign-ups at the API door", signUps)
	b.compare(r, "sign-ups at the API door", signUps, before, after)
	return after, nil
}

func (b *bench) compare(r *report, what string, l *load, before, after bareRate) {
	mean := (before.perSecond + after.perSecond) / 2
	ratio := l.perSecond() / mean
	r.add(figure{
		name: fmt.Sprintf("%s, %d clients, over bare bcrypt", what, b.clients), text: fmt.Sprintf("%.3f", ratio), value: ratio,
		bar: atLeast(0.95, "0.95"), note: fmt.Sprintf("%.2f/s over %.2f/s at cost %d", l.perSecond(), mean, b.cost),
	}, l)
	r.info("  bare, before and after", fmt.Sprintf("%.2f/s, %.2f/s", before.perSecond, after.perSecond),
		fmt.Sprintf("with %.0f %%, %.0f %% of the processors", 100*before.share, 100*after.share))
	// This ratio does not depend on the processor time of other programs.
	own := l.server.Seconds() / (l.perSecond() * l.elapsed.Seconds())
	hash := float64(runtime.NumCPU()) * (before.share/before.perSecond + after.share/after.perSecond) / 2
	r.info("  the same by processor time", fmt.Sprintf("%.3f", hash/own),
		fmt.Sprintf("a bare hash takes %.1f ms, a call %.1f ms of the server's process", 1000*hash, 1000*own), l)
	r.info("  duration of a call", "p50 "+milliseconds(quantile(l.took, 0.5)), "p99 "+milliseconds(quantile(l.took, 0.99)), l)
}

// userList collects the addresses that signed up.
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

// fill signs up further users until there are n.
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
