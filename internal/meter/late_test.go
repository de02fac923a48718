package meter

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// TestChargesEndWithTheirTime: calls whose time is over are answered although the
// ledger stands still, and are not charged when it goes on.
func TestChargesEndWithTheirTime(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 100)
		p.stop()
		p.Ledger = NewLedger(p.repo, p.clock.Now, slog.New(slog.DiscardHandler)) // nobody runs it
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		atOnce(64, func(int) {
			if _, err := p.Charge(ctx, debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("Charge: %v", err)
			}
		})
		if _, err := p.Refill(ctx, user.ID); !errors.Is(err, repo.ErrUnavailable) {
			t.Errorf("Refill: %v", err)
		}
		p.run()
		mustCharge(t, p.Ledger, debit(user, 1), 99)
		p.checkLedger(t)
	})
}

// TestLateDebitsAreRefunded: calls whose time ends while the ledger writes their debits
// get the tokens back.
func TestLateDebitsAreRefunded(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 100)
		locked, goOn := make(chan struct{}), make(chan struct{})
		var holding sync.WaitGroup
		holding.Go(func() {
			p.inTx(t, func(tx *repo.Tx) error { // keeps the ledger from writing
				_, err := tx.LockLedgers(context.Background(), []uuid.UUID{user.ID})
				close(locked)
				<-goOn
				return err
			})
		})
		<-locked
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		atOnce(64, func(int) {
			if _, err := p.Charge(ctx, debit(user, 1)); !errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("Charge: %v", err)
			}
		})
		close(goOn)
		holding.Wait()
		p.flush()
		mustCharge(t, p.Ledger, debit(user, 1), 99)
		p.checkLedger(t)
	})
}
