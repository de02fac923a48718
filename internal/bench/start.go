package main

import (
	"context"
	"fmt"
	"time"
)

const (
	starts   = 9               // of which the median is taken
	idleTime = 4 * time.Second // before memory is looked at
)

// measureStart measures the time from the start of the process to the first
// 200 of /readyz, on the database that the loads have left, and what the
// server keeps in memory when nobody calls.
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
	r.add("start to ready, existing database", milliseconds(middle), middle.Seconds(), atMost(0.15, "150 ms"),
		fmt.Sprintf("median of %d starts, %s to %s", starts, milliseconds(quantile(took, 0)), milliseconds(quantile(took, 1))))
	r.add("resident memory, idle", fmt.Sprintf("%.1f MB", memory/1e6), memory, atMost(40e6, "40 MB"),
		fmt.Sprintf("VmRSS %s after ready", idleTime))
	return nil
}
