package meter

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"example.com/alta/repo"
)

// suspend stops the Ledger and replaces it with one that does not run yet.
func (p *process) suspend() {
	p.flush()
	p.stop()
	p.Ledger = NewLedger(p.repo, p.clock.Now, p.Ledger.log)
	p.stop = func() {}
}

// runToEnd runs the Ledger as a process does that is told to stop at once.
func (p *process) runToEnd() {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p.Run(ctx)
}

// TestRunEnds: when the process is told to stop, waiting calls are answered,
// even more than one transaction holds; refunds are written; and later calls
// are refused.
func TestRunEnds(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		const calls = 2*maxBatch + 3
		user := p.newUser(t, calls+5)
		given := debit(user, 5)
		mustCharge(t, p.Ledger, given, calls)
		p.suspend()
		var waiting sync.WaitGroup
		for range calls {
			waiting.Go(func() {
				if _, err := p.Charge(context.Background(), debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
			})
		}
		for len(p.entries) < calls {
			runtime.Gosched()
		}
		p.Refund(given)
		p.runToEnd()
		waiting.Wait()
		if n := p.refunds.waiting(); n != 0 {
			t.Errorf("%d refunds were left", n)
		}
		for range 10 {
			if _, err := p.Charge(context.Background(), debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("Charge after the end: %v, want ErrUnavailable", err)
			}
		}
		if l, err := p.repo.Ledger(t.Context(), user.ID); err != nil || l.Balance != 5 {
			t.Errorf("the balance is %d, %v; want 5", l.Balance, err)
		}
		p.checkLedger(t)
	})
}

// TestQueueFull: calls that do not fit into the queue are refused at once, and
// waiting calls are still answered.
func TestQueueFull(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, maxQueue+1)
		p.suspend()
		entries := make([]*entry, maxQueue)
		for i := range entries {
			entries[i] = newEntry(repo.TokensDebit, debit(user, 1))
			p.entries <- entries[i]
		}
		if _, err := p.Charge(context.Background(), debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Charge: %v, want ErrUnavailable", err)
		}
		if _, err := p.Refill(context.Background(), user.ID); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Refill: %v, want ErrUnavailable", err)
		}
		p.runToEnd()
		for i, e := range entries { // in the order of arrival
			<-e.done
			if want := int64(maxQueue - i); e.err != nil || e.balance != want {
				t.Fatalf("call %d: %d, %v; want %d", i, e.balance, e.err, want)
			}
		}
		p.checkLedger(t)
	})
}
