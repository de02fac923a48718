package meter

import (
	"runtime"
	"testing"

	"example.com/alta/repo"
)

// TestTwiceInOneBatch: what comes twice in one transaction is written once,
// and does not keep the others in it from being written.
func TestTwiceInOneBatch(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 20)
		given, call, other := debit(user, 5), debit(user, 3), debit(user, 1)
		mustCharge(t, d.Ledger, given, 15)
		d.idle()
		entries := []*entry{newEntry(repo.TokensDebit, call), newEntry(repo.TokensDebit, call), newEntry(repo.TokensDebit, other)}
		for _, e := range entries {
			d.entries <- e
		}
		d.Refund(given)
		d.Refund(given)
		d.last()
		for i, want := range []int64{12, 12, 11} {
			<-entries[i].done
			if e := entries[i]; e.err != nil || e.balance > want+5 || e.balance < want {
				t.Errorf("call %d: %d, %v; want %d, or 5 more after the refund", i, e.balance, e.err, want)
			}
		}
		if n := d.refunds.waiting(); n != 0 {
			t.Errorf("%d refunds were left", n)
		}
		kinds := map[string]int{}
		for _, row := range d.rows(t, user) {
			kinds[row.Kind]++
		}
		if kinds[repo.TokensDebit] != 3 || kinds[repo.TokensRefund] != 1 {
			t.Errorf("there are %v, want three debits and a refund", kinds)
		}
		d.audit(t)
	})
}

// TestRefundsAreWrittenMeanwhile: refunds do not wait for the process to end,
// however many there are.
func TestRefundsAreWrittenMeanwhile(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 5)
		call := debit(user, 5)
		mustCharge(t, d.Ledger, call, 0)
		for range 2 * maxBatch { // of calls that were never charged
			d.Refund(debit(user, 1))
		}
		d.Refund(call)
		for d.refunds.waiting() > 0 {
			runtime.Gosched()
		}
		mustRefill(t, d.Ledger, user, 5)
		d.audit(t)
	})
}
