// Package memory keeps the server within the memory that it has: a limit for Go's
// runtime, a budget for answers that take much memory, and the return of memory
// after a burst.
package memory

import (
	"math"
	"runtime/debug"
	"strings"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

const (
	mib = 1 << 20

	// The part of the memory that Go's runtime does not see: the cache of SQLite,
	// the stacks of threads, the program itself, and the kernel's part of open
	// connections.
	minOutside = 48 * mib
	maxOutside = 256 * mib

	// unlimited is how much the server plans with if nothing limits it.
	unlimited = 1 << 30
)

// Limit says how much memory the server may use.
type Limit struct {
	Go   int64  // bytes that Go's runtime aims to stay below
	From string // who sets the limit: GOMEMLIMIT, or the control group or the machine; empty: nobody
}

// Set limits the memory of Go's runtime, and returns the limit. GOMEMLIMIT counts if
// getenv has it. Otherwise the limit is a share of the memory of the control group
// (version 1 or 2) or, without a limit there, of the machine.
func Set(getenv func(string) string) Limit {
	if strings.TrimSpace(getenv("GOMEMLIMIT")) != "" { // the runtime has read it, whatever it is
		return Limit{Go: capped(debug.SetMemoryLimit(-1)), From: "GOMEMLIMIT"}
	}
	from := "control group"
	total, err := memlimit.FromCgroup()
	if err != nil {
		from = "machine"
		total, err = memlimit.FromSystem()
	}
	if err != nil || total == 0 || total > math.MaxInt64 {
		return Limit{Go: unlimited}
	}
	limit := goShare(int64(total))
	debug.SetMemoryLimit(limit)
	return Limit{Go: capped(limit), From: from}
}

// goShare returns the part of the memory for Go's runtime.
func goShare(total int64) int64 {
	outside := min(max(total/4, minOutside), maxOutside)
	return total - min(outside, total/2)
}

// capped returns the limit, or unlimited if the limit is larger: nothing is planned
// to take more than that.
func capped(limit int64) int64 { return min(limit, unlimited) }
