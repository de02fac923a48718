package main

import (
	"context"
	"fmt"
	"time"
)

// measureData compares data calls on a quiet server with the same during a
// flood of log-ins: at a rate that a quiet server holds easily, and as many
// as go.
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
	closedLoop(ctx, s, b.connections, time.Second, list) // what is done once is done
	quietOpen, quietFlat := b.dataLoads(ctx, s, list)

	flooding, endFlood := context.WithCancel(ctx)
	defer endFlood()
	flood := make(chan *load)
	go func() {
		flood <- closedLoop(flooding, s, b.clients, time.Hour, func(c *client, number int) error {
			return logIn(c, users[number], password, 200)
		})
	}()
	time.Sleep(2 * time.Second) // until the queue is full
	floodOpen, floodFlat := b.dataLoads(ctx, s, list)
	endFlood()
	logIns := <-flood
	if err := ctx.Err(); err != nil {
		return err
	}

	r.generator("data, quiet, offered", quietOpen)
	r.generator("data, quiet, flat out", quietFlat)
	r.generator("data, flood, offered", floodOpen)
	r.generator("data, flood, flat out", floodFlat)
	r.generator("the flood (all this process)", logIns)
	b.reportData(r, fmt.Sprintf("data calls, %.0f/s offered", b.rate), quietOpen, floodOpen)
	b.reportData(r, "data calls, flat out", quietFlat, floodFlat)
	r.info("  processor time of a call, quiet", milliseconds(quietFlat.server/time.Duration(max(len(quietFlat.took), 1))),
		"of the server's process", quietFlat)
	r.info("log-ins during both", fmt.Sprintf("%.2f/s", logIns.perSecond()), fmt.Sprintf("%d clients without pause", b.clients), logIns)
	return nil
}

// dataLoads calls once at the offered rate and once flat out.
func (b *bench) dataLoads(ctx context.Context, s *server, list task) (open, flat *load) {
	open = openLoop(ctx, s, b.connections, b.rate, b.duration, list)
	return open, closedLoop(ctx, s, b.connections, b.duration, list)
}

func (b *bench) reportData(r *report, what string, quiet, flood *load) {
	ratio := float64(quantile(flood.took, 0.99)) / float64(quantile(quiet.took, 0.99))
	r.add(what+", p99 in a log-in flood over quiet", fmt.Sprintf("%.2f", ratio), ratio, atMost(2, "2.0"),
		fmt.Sprintf("GET /api/accounts by session, %d connections", b.connections), quiet, flood)
	for _, l := range []struct {
		name string
		*load
	}{{"quiet", quiet}, {"flood", flood}} {
		r.info("  "+l.name, "p99 "+milliseconds(quantile(l.took, 0.99)), fmt.Sprintf("p50 %s, longest %s, %.0f/s",
			milliseconds(quantile(l.took, 0.5)), milliseconds(quantile(l.took, 1)), l.perSecond()), l.load)
	}
}
