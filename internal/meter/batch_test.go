package meter

import (
	"runtime"
	"testing"

	"example.com/alta/repo"
)

// TestTwiceInOneBatch: a debit or refund that occurs twice in one transaction
// is written once, and does not keep the others from being written.
func TestTwiceInOneBatch(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 20)
		given, call, other := debit(user, 5), debit(user, 3), debit(user, 1)
		mustCharge(t, p.Ledger, given, 15)
		p.suspend()
		entries := []*entry{newEntry(repo.TokensDebit, call), newEntry(repo.TokensDebit, call), newEntry(repo.TokensDebit, other)}
		for _, e := range entries {
			p.entries <- e
		}
		p.Refund(given)
		p.Refund(given)
		p.runToEnd()
		for i, want := range []int64{12, 12, 11} {
			<-entries[i].done
			if e := entries[i]; e.err != nil || e.balance > want+5 || e.balance < want {
				t.Errorf("call %d: %d, %v; want %d, or 5 more after the refund", i, e.balance, e.err, want)
			}
		}
		if n := p.refunds.waiting(); n != 0 {
			t.Errorf("%d refunds were left", n)
		}
		kinds := map[string]int{}
		for _, row := range p.rows(t, user) {
			kinds[row.Kind]++
		}
		if kinds[repo.TokensDebit] != 3 || kinds[repo.TokensRefund] != 1 {
			t.Errorf("there are %v, want three debits and a refund", kinds)
		}
		p.checkLedger(t)
	})
}

// TestRefundsAreWrittenMeanwhile: refunds are written while the process runs,
// however many there are.
func TestRefundsAreWrittenMeanwhile(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 5)
		call := debit(user, 5)
		mustCharge(t, p.Ledger, call, 0)
		for range 2 * maxBatch { // of calls that were never charged
			p.Refund(debit(user, 1))
		}
		p.Refund(call)
		for p.refunds.waiting() > 0 {
			runtime.Gosched()
		}
		mustRefill(t, p.Ledger, user, 5)
		p.checkLedger(t)
	})
}
