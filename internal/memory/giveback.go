package memory

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// givePeriod is how often the server looks whether it is idle.
	givePeriod = 10 * time.Second
	// quietBytes is how much an idle server allocates in a period, at most.
	quietBytes = 16 * mib
	// giveBytes is the least that is worth to be given back: returning memory
	// collects all garbage.
	giveBytes = 16 * mib
)

// GiveBack returns memory to the system when the server is idle after a burst, until
// ctx ends. Go's runtime alone would keep most of it.
func GiveBack(ctx context.Context) {
	ticker := time.NewTicker(givePeriod)
	defer ticker.Stop()
	k := newKeeper()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			k.look(readUse(), Release, readUse)
		}
	}
}

// Release returns to the system what the process does not need at once: free memory,
// and pages of the program.
func Release() {
	// A pool keeps what it has for one collection more.
	debug.FreeOSMemory()
	debug.FreeOSMemory()
	_ = dropProgram() // pages that stay do no harm
}

// use is how much memory Go's runtime uses.
type use struct {
	allocated uint64 // bytes since the start
	held      uint64 // bytes that the system has given and not got back
}

// keeper remembers what the last look has found.
type keeper struct {
	before use
	least  uint64 // held after memory was given back
}

func newKeeper() *keeper { return &keeper{before: readUse()} }

// look gives memory back by give if little was allocated since the last look, and if
// more is held than after the last time. measure is asked after it.
func (k *keeper) look(now use, give func(), measure func() use) {
	quiet := now.allocated-k.before.allocated < quietBytes
	k.before = now
	k.least = min(k.least, now.held)
	if quiet && now.held >= k.least+giveBytes {
		give()
		k.before = measure()
		k.least = k.before.held
	}
}

// readUse asks the runtime.
func readUse() use {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return use{allocated: samples[0].Value.Uint64(), held: samples[1].Value.Uint64() - samples[2].Value.Uint64()}
}
