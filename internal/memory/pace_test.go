package memory

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestPercentFor(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 4 * mib: 400, 6 * mib: 400, 8 * mib: 300, 16 * mib: 100, 500 * mib: 100} {
		if got := percentFor(live); got != want {
			t.Errorf("%d MiB alive: %d %%, want %d %%", live/mib, got, want)
		}
	}
}

// TestPace: the pace follows the live heap, in both directions.
func TestPace(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(123))
	Pace()
	await := func(low, high int) {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
			runtime.GC()
			percent := debug.SetGCPercent(mostPercent)
			debug.SetGCPercent(percent)
			if percent >= low && percent <= high {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("GOGC is %d, want %d to %d", percent, low, high)
			}
		}
	}
	await(mostPercent, mostPercent)
	large := make([]byte, 64*mib)
	await(leastPercent, leastPercent)
	runtime.KeepAlive(large)
	large = nil
	await(mostPercent, mostPercent)
}
