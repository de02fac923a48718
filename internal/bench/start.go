package main

import (
	"context"
	"fmt"
	"time"
)

const (
	starts   = 9               // the figure is their median
	idleTime = 4 * time.Second // before memory is measured
)

// measureStart measures the time from the start of the process to the first 200 of
// /readyz, on the database with the data of the loads, and the memory of an idle
// server.
func (b *bench) measureStart(ctx context.Context, e *engine, r *report) error {
	var took []time.Duration
	var memory float64
	for i := range starts {
		start := time.Now()
		err := b.withServer(ctx, e, b.cost, func(s *server) (err error) {
			took = append(took, time.Since(start))
			if i < starts-1 {
				return nil
			}
			time.Sleep(idleTime)
			memory, err = s.residentMemory()
			return err
		})
		if err != nil {
			return err
		}
	}
	middle := quantile(took, 0.5)
	r.add(figure{
		name: "start to ready, existing database", text: milliseconds(middle), value: middle.Seconds(), bar: atMost(0.15, "150 ms"),
		note: fmt.Sprintf("median of %d starts, %s to %s", starts, milliseconds(quantile(took, 0)), milliseconds(quantile(took, 1))),
	})
	r.add(figure{
		name: "resident memory, idle", text: fmt.Sprintf("%.1f MB", memory/1e6), value: memory, bar: atMost(40e6, "40 MB"),
		note: fmt.Sprintf("VmRSS %s after ready", idleTime),
	})
	return nil
}
