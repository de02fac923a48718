package meter

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"

	"example.com/alta/repo"
)

// idle replaces the desk's Ledger by one that nobody runs yet.
func (d *desk) idle() {
	d.flush()
	d.end()
	d.Ledger = NewLedger(d.repo, d.clock.Now, d.Ledger.log)
	d.end = func() {}
}

// last runs the Ledger as a process does that is told to end at once.
func (d *desk) last() {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	d.Run(ctx)
}

// TestRunEnds: calls that wait when the process is told to end get their
// answer, more than a transaction takes; refunds are written; and calls that
// come later are refused.
func TestRunEnds(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		const calls = 2*maxBatch + 3
		user := d.user(t, calls+5)
		given := debit(user, 5)
		mustCharge(t, d.Ledger, given, calls)
		d.idle()
		var waiting sync.WaitGroup
		for range calls {
			waiting.Go(func() {
				if _, err := d.Charge(debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
			})
		}
		for len(d.entries) < calls {
			runtime.Gosched()
		}
		d.Refund(given)
		d.last()
		waiting.Wait()
		if n := d.refunds.waiting(); n != 0 {
			t.Errorf("%d refunds were left", n)
		}
		for range 10 {
			if _, err := d.Charge(debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("Charge after the end: %v, want ErrUnavailable", err)
			}
		}
		if l, err := d.repo.Ledger(t.Context(), user.ID); err != nil || l.Balance != 5 {
			t.Errorf("the balance is %d, %v; want 5", l.Balance, err)
		}
		d.audit(t)
	})
}

// TestQueueFull: what does not fit is refused at once, and what waits is not
// forgotten.
func TestQueueFull(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, maxQueue+1)
		d.idle()
		entries := make([]*entry, maxQueue)
		for i := range entries {
			entries[i] = newEntry(repo.TokensDebit, debit(user, 1))
			d.entries <- entries[i]
		}
		if _, err := d.Charge(debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Charge: %v, want ErrUnavailable", err)
		}
		if _, err := d.Refill(user.ID); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Refill: %v, want ErrUnavailable", err)
		}
		d.last()
		for i, e := range entries { // in the order of arrival
			<-e.done
			if want := int64(maxQueue - i); e.err != nil || e.balance != want {
				t.Fatalf("call %d: %d, %v; want %d", i, e.balance, e.err, want)
			}
		}
		d.audit(t)
	})
}
