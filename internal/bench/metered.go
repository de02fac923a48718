package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"example.com/alta/internal/identity"
)

// meteredConnections are the numbers of connections for calls with a key.
var meteredConnections = []int{1, 64, 256}

// barConnections is the number of connections for which there are bars.
const barConnections = 64

// measureMetered compares calls with a key with the same calls with a session. The
// key is looked up, counted against the limit of the plan and charged; a session
// costs nothing and has no limit here. Then it measures the parts of a call with a
// key.
func (b *bench) measureMetered(ctx context.Context, e *engine, r *report) error {
	err := b.withServer(ctx, e, b.cost, func(s *server) error {
		facts, err := s.doctor(ctx)
		if err != nil {
			return err
		}
		r.note(slices.Concat(e.facts, facts)...)
		d, err := s.newDeveloper(ctx)
		if err != nil {
			return err
		}
		for _, connections := range meteredConnections {
			if err := b.compareMetered(ctx, s, d, connections, r); err != nil {
				return err
			}
		}
		return b.measureKeyTiming(ctx, s, d, r)
	})
	if err != nil {
		return err
	}
	if err := b.measureLedger(ctx, e, r); err != nil {
		return err
	}
	return b.verifyLedgers(ctx, e, r)
}

// compareMetered makes both kinds of calls in turn, twice, so that a machine whose
// speed changes affects both alike.
func (b *bench) compareMetered(ctx context.Context, s *server, d *developer, connections int, r *report) error {
	kinds := []task{
		func(c *client, _ int) error { _, err := c.get("/api/accounts", d.session, 200); return err },
		func(c *client, _ int) error { _, err := c.getByKey("/api/accounts", d.key, 200); return err },
	}
	loads := [2]*load{{}, {}} // by session, by key
	for round := range 2 {
		for i, kind := range kinds {
			if round == 0 {
				closedLoop(ctx, s, connections, b.duration/20, kind) // warms up
			}
			loads[i].append(closedLoop(ctx, s, connections, b.duration/4, kind))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	session, key := loads[0], loads[1]
	r.generator(fmt.Sprintf("by session, %d connections", connections), session)
	r.generator(fmt.Sprintf("by key, %d connections", connections), key)
	ratioBar, tailBar := bar{}, bar{}
	if connections == barConnections {
		ratioBar, tailBar = atLeast(0.5, "0.50"), atMost(10, "10 ms")
		if s.engine.isPostgres() {
			ratioBar = atLeast(0.4, "0.40")
		}
	}
	ratio := key.perSecond() / session.perSecond()
	r.add(figure{
		name: fmt.Sprintf("calls by key over by session, %d connections", connections), text: fmt.Sprintf("%.3f", ratio), value: ratio,
		bar: ratioBar, note: fmt.Sprintf("GET /api/accounts, %.0f/s over %.0f/s", key.perSecond(), session.perSecond()),
	}, session, key)
	tail := quantile(key.took, 0.99)
	r.add(figure{
		name: "  by key, p99", text: milliseconds(tail), value: float64(tail) / float64(time.Millisecond),
		bar: tailBar, note: describeMetered(key),
	}, key)
	// This ratio does not depend on the processor time of other programs.
	own := func(l *load) float64 { return l.server.Seconds() / float64(max(len(l.took), 1)) }
	r.info("  the same by the server's processor time", fmt.Sprintf("%.3f", own(session)/own(key)), "", session, key)
	r.info("  by session, p99", milliseconds(quantile(session.took, 0.99)), describeMetered(session), session)
	return nil
}

func describeMetered(l *load) string {
	return fmt.Sprintf("p50 %s, longest %s, %.0f µs of the server's processor time per call",
		milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 1)),
		float64(l.server.Microseconds())/float64(max(len(l.took), 1)))
}

// measureKeyTiming compares the times of a valid key, a revoked one and an unknown
// one, over one connection and in turn. The last two both get 401.
func (b *bench) measureKeyTiming(ctx context.Context, s *server, d *developer, r *report) error {
	revoked, err := addRevokedKey(ctx, s.engine, d.email)
	if err != nil {
		return err
	}
	c := newClient(ctx, s.address)
	defer c.close()
	var took [3][]time.Duration
	start := time.Now()
	for round := 0; time.Since(start) < b.duration/2; round++ {
		keys := [3]string{d.key, revoked, identity.NewAPIKey()}
		for n := range keys {
			which := (n + round) % len(keys)
			if round%2 == 1 { // no key always follows the same other key
				which = len(keys) - 1 - which
			}
			want := 401
			if which == 0 {
				want = 200
			}
			sent := time.Now()
			if _, err := c.getByKey("/api/accounts", keys[which], want); err != nil {
				return err
			}
			took[which] = append(took[which], time.Since(sent))
		}
	}
	for i, name := range []string{"is valid (200, charged)", "was revoked (401)", "is unknown (401)"} {
		r.info("call by a key that "+name, "p50 "+milliseconds(quantile(took[i], 0.5)),
			fmt.Sprintf("p10 to p90 is %s to %s; %d of each in turn, one connection",
				milliseconds(quantile(took[i], 0.1)), milliseconds(quantile(took[i], 0.9)), len(took[i])))
	}
	return nil
}

// verifyLedgers runs alta ledger verify.
func (b *bench) verifyLedgers(ctx context.Context, e *engine, r *report) error {
	start := time.Now()
	text, err := output((&server{binary: b.binary, engine: e}).alta(ctx, "ledger", "verify"))
	if err != nil {
		return err
	}
	r.info("alta ledger verify", "agrees", fmt.Sprintf("%s; in %s", text, time.Since(start).Round(time.Millisecond)))
	return nil
}
