package memory

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestGoShare: what Go's runtime does not see keeps its part, and Go at least half.
func TestGoShare(t *testing.T) {
	for total, want := range map[int64]int64{
		64 * mib: 32 * mib, 128 * mib: 80 * mib, 256 * mib: 192 * mib, 1024 * mib: 768 * mib, 20480 * mib: 20224 * mib,
	} {
		if got := goShare(total); got != want {
			t.Errorf("goShare(%d MiB) = %d MiB, want %d", total/mib, got/mib, want/mib)
		}
	}
}

// TestOperatorsLimitCounts: a GOMEMLIMIT, which the runtime has read, is left alone.
func TestOperatorsLimitCounts(t *testing.T) {
	before := debug.SetMemoryLimit(100 * mib)
	defer debug.SetMemoryLimit(before)
	limit := Set(func(string) string { return "100MiB" })
	if limit.Go != 100*mib || limit.From != "GOMEMLIMIT" || debug.SetMemoryLimit(-1) != 100*mib {
		t.Errorf("Set = %+v, and the runtime has %d", limit, debug.SetMemoryLimit(-1))
	}
}

// TestLimitIsSet: without GOMEMLIMIT the runtime gets a limit from the system.
func TestLimitIsSet(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	limit := Set(func(string) string { return "" })
	if limit.From == "" || limit.Go <= 0 || debug.SetMemoryLimit(-1) < limit.Go {
		t.Errorf("Set = %+v, and the runtime has %d", limit, debug.SetMemoryLimit(-1))
	}
}

// TestBudgetHolds: of 64 answers at once, the budget of all and that of each user are
// never exceeded, and all get their turn.
func TestBudgetHolds(t *testing.T) {
	const total, each, size = 8, 4, 2
	b := NewBudget(total, each, time.Minute)
	var all atomic.Int64
	var users [4]atomic.Int64
	var running sync.WaitGroup
	for i := range 64 {
		running.Go(func() {
			share, err := b.Take(t.Context(), fmt.Sprint(i%4), size)
			if err != nil {
				t.Error(err)
				return
			}
			if n := all.Add(size); n > total {
				t.Errorf("%d bytes of %d are in use", n, total)
			}
			if n := users[i%4].Add(size); n > each {
				t.Errorf("a user has %d bytes of %d", n, each)
			}
			time.Sleep(time.Millisecond)
			all.Add(-size)
			users[i%4].Add(-size)
			share.Free()
			share.Free() // has no effect
		})
	}
	running.Wait()
	if b.used != 0 || len(b.usedBy) != 0 || len(b.waiting) != 0 {
		t.Errorf("left: %d bytes, %v, %d waiting", b.used, b.usedBy, len(b.waiting))
	}
}

// TestBudgetRefuses: a user with too much waits in vain, and keeps nobody else
// waiting. An answer that is larger than the budget is the only one.
func TestBudgetRefuses(t *testing.T) {
	b := NewBudget(10, 5, 0)
	large, err := b.Take(t.Context(), "ada", 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, owner := range []string{"ada", "grace"} {
		if _, err := b.Take(t.Context(), owner, 1); !errors.Is(err, ErrBusy) {
			t.Errorf("%s beside an answer that takes all: %v", owner, err)
		}
	}
	large.Shrink(5)
	if _, err := b.Take(t.Context(), "ada", 1); !errors.Is(err, ErrBusy) {
		t.Errorf("beyond the user's share: %v", err)
	}
	if _, err := b.Take(t.Context(), "grace", 5); err != nil {
		t.Errorf("another user: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	b.wait = time.Minute
	if _, err := b.Take(cancelled, "grace", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	if len(b.waiting) != 0 {
		t.Errorf("%d are left waiting", len(b.waiting))
	}
}

// TestBurstIsGivenBack: memory is given back once after a burst, and not before the
// server is quiet.
func TestBurstIsGivenBack(t *testing.T) {
	given := 0
	k := &keeper{before: use{allocated: 100, held: 50 * mib}, least: 50 * mib}
	look := func(allocated, held uint64) {
		k.look(use{allocated: allocated, held: held}, func() { given++ }, func() use { return use{allocated: allocated, held: 52 * mib} })
	}
	look(1000*mib, 300*mib)
	if given != 0 {
		t.Error("memory was given back by a busy server")
	}
	look(1001*mib, 300*mib)
	look(1002*mib, 53*mib)
	if given != 1 {
		t.Errorf("memory was given back %d times, want once", given)
	}
	look(1003*mib, 100*mib)
	if given != 2 {
		t.Errorf("after another burst: %d times, want twice", given)
	}
}

// TestGiveBackReturnsMemory: the system gets back what a burst has taken.
func TestGiveBackReturnsMemory(t *testing.T) {
	k := newKeeper()
	k.look(readUse(), debug.FreeOSMemory, readUse)
	burst(t)
	after := readUse()
	k.look(after, debug.FreeOSMemory, readUse) // not quiet
	k.look(readUse(), debug.FreeOSMemory, readUse)
	if now := readUse(); now.held+32*mib > after.held {
		t.Errorf("%d MiB are held, after %d MiB in the burst", now.held/mib, after.held/mib)
	}
}

// burst takes 64 MiB and drops them.
func burst(t *testing.T) {
	t.Helper()
	blocks := make([][]byte, 64)
	for i := range blocks {
		blocks[i] = make([]byte, mib)
		blocks[i][i] = 1
	}
	if len(blocks[63]) != mib {
		t.Fatal("no burst")
	}
}
