package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// load is the result of calls over a period.
type load struct {
	finished   []time.Duration // end of each successful call, from the start of the load
	took       []time.Duration // duration of each of them
	late       []time.Duration // open loop: delay of each call that an idle connection sent
	failures   int
	firstError error
	elapsed    time.Duration
	processors float64       // share of all processors that this process used
	offered    float64       // open loop: calls per second
	server     time.Duration // processor time of the server's process
}

// task makes one call. The number is that of the client in its load.
type task func(c *client, number int) error

// forever is the duration of a load that its context ends.
const forever = time.Hour

// closedLoop has clients make calls without pause until the time is up. Calls that
// are in flight then are cancelled and not counted.
func closedLoop(ctx context.Context, s *server, clients int, d time.Duration, run task) *load {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return runClients(ctx, s, clients, func(c *client, number int, start time.Time, part *load) {
		for ctx.Err() == nil {
			sent := time.Now()
			err := run(c, number)
			if ctx.Err() != nil {
				return
			}
			part.record(start, sent, err)
			if err != nil {
				time.Sleep(10 * time.Millisecond) // a server that fails must not be flooded
			}
		}
	})
}

// callers is closedLoop for a function of this process.
func callers(ctx context.Context, n int, d time.Duration, run func(number int) error) *load {
	return closedLoop(ctx, nil, n, d, func(_ *client, number int) error { return run(number) })
}

// offer is a rate of calls over a number of connections.
type offer struct {
	connections int
	rate        float64 // calls per second
	duration    time.Duration
}

// openLoop makes calls at a fixed rate. The duration of a call counts from the time
// when it was due, so that a server that stalls is charged for the calls that would
// have come meanwhile.
func openLoop(ctx context.Context, s *server, o offer, run task) *load {
	ctx, cancel := context.WithTimeout(ctx, o.duration+20*time.Second) // ends a call that hangs
	defer cancel()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU() + o.connections)) // see sleep
	var next atomic.Int64
	l := runClients(ctx, s, o.connections, func(c *client, number int, start time.Time, part *load) {
		for ctx.Err() == nil {
			due := start.Add(time.Duration(float64(next.Add(1)-1) / o.rate * float64(time.Second)))
			if due.Sub(start) >= o.duration {
				return
			}
			if wait := time.Until(due); wait > 0 {
				sleep(wait)
				part.late = append(part.late, time.Since(due))
			}
			part.record(start, due, run(c, number))
		}
	})
	l.offered = o.rate
	return l
}

func (l *load) record(start, from time.Time, err error) {
	if err != nil {
		l.failures++
		if l.firstError == nil {
			l.firstError = err
		}
		return
	}
	now := time.Now()
	l.finished = append(l.finished, now.Sub(start))
	l.took = append(l.took, now.Sub(from))
}

// append adds a later load of the same kind.
func (l *load) append(later *load) {
	for _, at := range later.finished {
		l.finished = append(l.finished, l.elapsed+at)
	}
	l.took = append(l.took, later.took...)
	l.failures += later.failures
	if l.firstError == nil {
		l.firstError = later.firstError
	}
	spent := l.processors*l.elapsed.Seconds() + later.processors*later.elapsed.Seconds()
	l.elapsed += later.elapsed
	l.processors = spent / l.elapsed.Seconds()
	l.server += later.server
}

// runClients runs a loop for each client and returns the sum of their loads. The
// server is nil for loops without calls.
func runClients(
	ctx context.Context, s *server, clients int, loop func(c *client, number int, start time.Time, part *load),
) *load {
	parts := make([]load, clients)
	var done sync.WaitGroup
	start, spent, served := time.Now(), processorTime(), s.processorTime()
	for number := range parts {
		done.Go(func() {
			var c *client
			if s != nil {
				c = newClient(ctx, s.address)
				defer c.close()
			}
			loop(c, number, start, &parts[number])
		})
	}
	done.Wait()
	total := &load{elapsed: time.Since(start), server: s.processorTime() - served}
	total.processors = float64(processorTime()-spent) / float64(total.elapsed) / float64(runtime.NumCPU())
	for _, part := range parts {
		total.finished = append(total.finished, part.finished...)
		total.took = append(total.took, part.took...)
		total.late = append(total.late, part.late...)
		total.failures += part.failures
		if total.firstError == nil {
			total.firstError = part.firstError
		}
	}
	return total
}

// perSecond returns the number of successful calls per second.
func (l *load) perSecond() float64 { return perSecond(l.finished) }

// generator adds the performance of the load generator to the report.
func (r *report) generator(name string, l *load) {
	offered, problem := "as fast as possible", ""
	if l.offered > 0 {
		kept := "kept"
		if served := float64(len(l.finished)) / l.elapsed.Seconds(); served < 0.99*l.offered {
			kept = fmt.Sprintf("NOT KEPT: %.0f/s", served)
		}
		offered = fmt.Sprintf("%.0f/s, %s; own delay p50 %s, p99 %s",
			l.offered, kept, milliseconds(quantile(l.late, 0.5)), milliseconds(quantile(l.late, 0.99)))
	}
	if l.firstError != nil {
		problem = l.firstError.Error()
	}
	r.loads = append(r.loads, []string{
		name, fmt.Sprint(len(l.finished)), fmt.Sprint(l.failures), fmt.Sprintf("%.1f %%", 100*l.processors), offered, problem,
	})
}
