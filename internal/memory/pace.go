package memory

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// paceHeap is how large the heap may grow between two collections if the live
	// part of it is small, in bytes.
	paceHeap = 32 * mib
	// The bounds of GOGC. With a live heap of a few megabytes, Go's default would
	// collect dozens of times a second under load.
	leastPercent, mostPercent = 100, 400
)

// Pace trades memory for time while there is little to lose: it sets GOGC after each
// collection so that the heap grows to paceHeap in between, to five times its live part
// at most and to twice at least. It lasts as long as the process.
func Pace() {
	percent := debug.SetGCPercent(mostPercent)
	var watch func()
	watch = func() {
		// An object without references: the next collection finds it.
		runtime.AddCleanup(&cycle{}, func(struct{}) {
			if want := percentFor(liveHeap()); want != percent {
				percent = want
				debug.SetGCPercent(percent)
			}
			watch()
		}, struct{}{})
	}
	watch()
}

// cycle is an object that the runtime allocates by itself, since it has a pointer.
type cycle struct{ _ *byte }

// percentFor returns GOGC for that many bytes of live heap.
func percentFor(live uint64) int {
	if live == 0 {
		return mostPercent
	}
	return min(max(int(paceHeap*100/live)-100, leastPercent), mostPercent)
}

// liveHeap returns how many bytes the last collection has found alive.
func liveHeap() uint64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64()
}
