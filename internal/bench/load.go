package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// load is what came of calls made for some time.
type load struct {
	finished   []time.Duration // when each call that succeeded ended, from the start
	took       []time.Duration // how long each of them took
	late       []time.Duration // open loop: how much after its time each idle connection sent
	failures   int
	firstError error
	elapsed    time.Duration
	processors float64       // share of all processors that this process took
	offered    float64       // open loop: calls a second
	server     time.Duration // processor time that the server's process took
}

// task makes one call. Number tells the clients of a load apart.
type task func(c *client, number int) error

// closedLoop has clients make calls, each without pause, until the time is
// up. Calls that are under way then are given up and not counted.
func closedLoop(ctx context.Context, s *server, clients int, d time.Duration, run task) *load {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return gather(ctx, s, clients, func(c *client, number int, start time.Time, part *load) {
		for ctx.Err() == nil {
			sent := time.Now()
			err := run(c, number)
			if ctx.Err() != nil {
				return
			}
			part.note(start, sent, err)
			if err != nil {
				time.Sleep(10 * time.Millisecond) // a server that refuses is not to be hammered
			}
		}
	})
}

// callers calls a function of this process as closedLoop does a server.
func callers(ctx context.Context, n int, d time.Duration, run func(number int) error) *load {
	return closedLoop(ctx, nil, n, d, func(_ *client, number int) error { return run(number) })
}

// openLoop offers calls at a fixed rate over a number of connections. Each
// call's time counts from when it was due, so that a server that stalls does
// not get out of the calls that would have come meanwhile.
func openLoop(ctx context.Context, s *server, connections int, rate float64, d time.Duration, run task) *load {
	ctx, cancel := context.WithTimeout(ctx, d+20*time.Second) // a stuck call ends then
	defer cancel()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.NumCPU() + connections)) // see sleep
	var next atomic.Int64
	l := gather(ctx, s, connections, func(c *client, number int, start time.Time, part *load) {
		for ctx.Err() == nil {
			due := start.Add(time.Duration(float64(next.Add(1)-1) / rate * float64(time.Second)))
			if due.Sub(start) >= d {
				return
			}
			if wait := time.Until(due); wait > 0 {
				sleep(wait)
				part.late = append(part.late, time.Since(due))
			}
			part.note(start, due, run(c, number))
		}
	})
	l.offered = rate
	return l
}

func (l *load) note(start, from time.Time, err error) {
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

// join adds a later load of the same kind.
func (l *load) join(later *load) {
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

// gather runs a loop for each client and puts together what they noted. Without
// a server the clients call nobody.
func gather(
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

// perSecond returns how many calls were answered a second.
func (l *load) perSecond() float64 { return perSecond(l.finished) }

// generator adds to the report how the load generator did.
func (r *report) generator(name string, l *load) {
	offered, problem := "as many as go", ""
	if l.offered > 0 {
		kept := "kept"
		if served := float64(len(l.finished)) / l.elapsed.Seconds(); served < 0.99*l.offered {
			kept = fmt.Sprintf("NOT KEPT: %.0f/s", served)
		}
		offered = fmt.Sprintf("%.0f/s, %s; itself late p50 %s, p99 %s",
			l.offered, kept, milliseconds(quantile(l.late, 0.5)), milliseconds(quantile(l.late, 0.99)))
	}
	if l.firstError != nil {
		problem = l.firstError.Error()
	}
	r.loads = append(r.loads, []string{
		name, fmt.Sprint(len(l.finished)), fmt.Sprint(l.failures), fmt.Sprintf("%.1f %%", 100*l.processors), offered, problem,
	})
}
