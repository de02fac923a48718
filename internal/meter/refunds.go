package meter

import (
	"context"
	"sync"
	"time"

	"example.com/alta/repo"
)

// refunds are debits that have to be refunded. They stay until that is written.
type refunds struct {
	mu   sync.Mutex
	list []Debit
	wake chan struct{}
}

func (r *refunds) add(d Debit) {
	r.mu.Lock()
	r.list = append(r.list, d)
	r.mu.Unlock()
	r.signal()
}

func (r *refunds) signal() {
	select {
	case r.wake <- struct{}{}:
	default: // it has been signalled already
	}
}

func (r *refunds) waiting() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.list)
}

// first returns up to a batch of the debits.
func (r *refunds) first() []Debit {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Debit{}, r.list[:min(len(r.list), maxBatch)]...)
}

func (r *refunds) drop(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append([]Debit{}, r.list[n:]...)
}

// writeRefunds writes a batch of refunds. If that fails, it arranges for
// another attempt and returns false. A debit that was never written, or that
// was refunded before, is not refunded.
func (l *Ledger) writeRefunds(ctx context.Context) (written bool) {
	debits := l.refunds.first()
	if len(debits) == 0 {
		return true
	}
	entries := make([]*entry, len(debits))
	for i, d := range debits {
		entries[i] = newEntry(repo.TokensRefund, d)
	}
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	if err := l.write(ctx, entries, true); err != nil {
		l.seldom.Warn("ledger: refunds could not be written; trying again", "refunds", l.refunds.waiting(), "error", err)
		time.AfterFunc(time.Second, l.refunds.signal)
		return false
	}
	l.refunds.drop(len(debits))
	if l.refunds.waiting() > 0 {
		l.refunds.signal()
	}
	return true
}
