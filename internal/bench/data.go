package main

import (
	"context"
	"fmt"
	"time"
)

// measureData compares data calls on a quiet server with the same calls during a
// flood of log-ins: at a rate that a quiet server sustains easily, and as fast as
// possible.
func (b *bench) measureData(ctx context.Context, s *server, users []string, r *report) error {
	c := newClient(ctx, s.address)
	defer c.close()
	token, err := signUp(c, newAddress())
	if err != nil {
		return err
	}
	list := func(c *client, _ int) error {
		_, err := c.get("/api/accounts", token, 200)
		return err
	}
	closedLoop(ctx, s, b.connections, time.Second, list) // warms up
	quietOpen, quietClosed := b.dataLoads(ctx, s, list)

	endFlood := b.startFlood(ctx, s, users)
	floodOpen, floodClosed := b.dataLoads(ctx, s, list)
	logIns := endFlood()
	if err := ctx.Err(); err != nil {
		return err
	}

	r.generator("data, quiet, offered", quietOpen)
	r.generator("data, quiet, as fast as possible", quietClosed)
	r.generator("data, flood, offered", floodOpen)
	r.generator("data, flood, as fast as possible", floodClosed)
	r.generator("the flood (the whole process)", logIns)
	b.reportData(r, fmt.Sprintf("data calls, %.0f/s offered", b.rate), quietOpen, floodOpen)
	b.reportData(r, "data calls, as fast as possible", quietClosed, floodClosed)
	r.info("  processor time per call, quiet", milliseconds(quietClosed.server/time.Duration(max(len(quietClosed.took), 1))),
		"of the server's process", quietClosed)
	r.info("log-ins during both", fmt.Sprintf("%.2f/s", logIns.perSecond()), fmt.Sprintf("%d clients without pause", b.clients), logIns)
	return nil
}

// startFlood has clients log in without pause until end is called. It returns
// when the queue of passwords is full.
func (b *bench) startFlood(ctx context.Context, s *server, users []string) (end func() *load) {
	flooding, stop := context.WithCancel(ctx)
	flood := make(chan *load)
	go func() {
		flood <- closedLoop(flooding, s, b.clients, time.Hour, func(c *client, number int) error {
			return logIn(c, users[number], password, 200)
		})
	}()
	time.Sleep(2 * time.Second)
	return func() *load {
		stop()
		return <-flood
	}
}

// dataLoads makes calls once at the offered rate and once as fast as possible.
func (b *bench) dataLoads(ctx context.Context, s *server, list task) (open, closed *load) {
	offer := offer{connections: b.connections, rate: b.rate, duration: b.duration}
	return openLoop(ctx, s, offer, list), closedLoop(ctx, s, b.connections, b.duration, list)
}

func (b *bench) reportData(r *report, what string, quiet, flood *load) {
	ratio := float64(quantile(flood.took, 0.99)) / float64(quantile(quiet.took, 0.99))
	r.add(figure{
		name: what + ", p99 in a log-in flood over quiet", text: fmt.Sprintf("%.2f", ratio), value: ratio, bar: atMost(2, "2.0"),
		note: fmt.Sprintf("GET /api/accounts by session, %d connections", b.connections),
	}, quiet, flood)
	for _, l := range []struct {
		name string
		*load
	}{{"quiet", quiet}, {"flood", flood}} {
		r.info("  "+l.name, "p99 "+milliseconds(quantile(l.took, 0.99)), fmt.Sprintf("p50 %s, longest %s, %.0f/s",
			milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 1)), l.perSecond()), l.load)
	}
}
