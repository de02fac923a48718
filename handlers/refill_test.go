package handlers_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/handlers"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRefillWithoutCalls runs a server after the months of some users have ended.
// Each of them is refilled once, without a call, and no other user is.
func TestRefillWithoutCalls(t *testing.T) {
	h := start(t, testdb.SQLite(t), func(c *handlers.Config) { c.Ledger = meter.NewLedger(c.Repo, c.Now, c.Log) })
	var due []customer
	for n := range 3 {
		c := h.customer(fmt.Sprintf("due%d@example.com", n))
		h.setBalance(c, int64(10*n))
		due = append(due, c)
	}
	h.clock.Advance(20 * 24 * time.Hour)
	fresh := h.customer("fresh@example.com")
	h.setBalance(fresh, 7)
	h.clock.Advance(20 * 24 * time.Hour)
	for range 2 { // the second time there is nothing to do
		h.runUntil(func() bool {
			return h.balance(due[0]) == 2000 && h.balance(due[1]) == 2000 && h.balance(due[2]) == 2000
		})
	}
	for n, c := range due {
		if diff := cmp.Diff([]int64{2000 - int64(10*n)}, h.tokenDeltas(c, repo.TokensRefill)); diff != "" {
			t.Errorf("refills of %s (-want +got):\n%s", c.email, diff)
		}
	}
	if balance, refills := h.balance(fresh), h.tokenDeltas(fresh, repo.TokensRefill); balance != 7 || len(refills) != 0 {
		t.Errorf("a user in the middle of the month has %d tokens, refills %v", balance, refills)
	}
	h.verify()
}

// runUntil runs the server's background work until done returns true.
func (h *harness) runUntil(done func() bool) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.Run(ctx) })
	defer running.Wait()
	defer cancel()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatal("it did not come to that")
		}
	}
}
