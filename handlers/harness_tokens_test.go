package handlers_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

const sandbox = "/api/v1/sandbox"

// charged fails the test unless the answer's headers have this cost and balance.
func (r *response) charged(cost, balance string) {
	r.t.Helper()
	if c, b := r.Header().Get("X-Token-Cost"), r.Header().Get("X-Token-Balance"); c != cost || b != balance {
		r.t.Errorf("the headers say cost %q and balance %q, want %q and %q", c, b, cost, balance)
	}
}

// setBalance grants or takes tokens so that the user has n.
func (h *harness) setBalance(c customer, n int64) {
	h.t.Helper()
	h.write(func(tx *repo.Tx) error {
		_, err := meter.Adjust(context.Background(), tx, c.id, n-h.balance(c), repo.TokenCause{Endpoint: "test", RequestID: uuid.NewString()})
		return err
	})
}

func (h *harness) balance(c customer) int64 {
	h.t.Helper()
	return must(h.repo.Ledger(context.Background(), c.id)).Balance
}

// tokenDeltas returns the deltas of the user's token rows of those kinds, the oldest
// first.
func (h *harness) tokenDeltas(c customer, kinds ...string) (deltas []int64) {
	h.t.Helper()
	rows := must(h.repo.TokenRows(context.Background(), c.id, 10_000))
	for i := len(rows) - 1; i >= 0; i-- {
		for _, kind := range kinds {
			if rows[i].Kind == kind {
				deltas = append(deltas, rows[i].Delta)
			}
		}
	}
	return deltas
}

// callDeltas returns the debits and refunds of the user's calls.
func (h *harness) callDeltas(c customer) []int64 {
	h.t.Helper()
	return h.tokenDeltas(c, repo.TokensDebit, repo.TokensRefund)
}

// wantTokenDeltas fails the test unless the debits (below zero) and refunds of the
// user's calls are these, in order, and the ledger adds up.
func (h *harness) wantTokenDeltas(c customer, want ...int64) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.callDeltas(c)); diff != "" {
		h.t.Errorf("debits and refunds of %s (-want +got):\n%s", c.email, diff)
	}
	h.verify()
}

// awaitRefunds makes the ledger write the pending refunds. The ledger writes
// them between other entries, so each entry here is an occasion.
func (h *harness) awaitRefunds(c customer, refunds int) {
	h.t.Helper()
	for range 1000 {
		if len(h.tokenDeltas(c, repo.TokensRefund)) >= refunds {
			return
		}
		if _, err := h.config.Ledger.Refill(context.Background(), c.id); err != nil {
			h.t.Fatal(err)
		}
	}
	h.t.Fatalf("there are no %d refunds", refunds)
}

// stopLedger makes the ledger write what waits and refuse everything after that.
func (h *harness) stopLedger() {
	h.t.Helper()
	h.endLedger()
	if _, err := h.config.Ledger.Charge(context.Background(), meter.Debit{}); !errors.Is(err, repo.ErrUnavailable) {
		h.t.Fatalf("the ledger takes tokens still: %v", err)
	}
}

// verify fails the test unless each balance is the sum of its rows.
func (h *harness) verify() {
	h.t.Helper()
	if bad, total, err := h.repo.VerifyLedgers(context.Background()); err != nil || len(bad) > 0 || total == 0 {
		h.t.Errorf("of %d ledgers these do not add up: %v %v", total, bad, err)
	}
}

// putOnPaidPlan puts the user on the paid plan.
func (h *harness) putOnPaidPlan(c customer) {
	h.t.Helper()
	h.write(func(tx *repo.Tx) error {
		plan, err := tx.Plan(context.Background(), repo.PlanPaid)
		if err != nil {
			return err
		}
		_, err = meter.ChangePlan(context.Background(), tx, h.user(c.email), plan, repo.TokenCause{Endpoint: "test", RequestID: "test"})
		return err
	})
}

// TestAwaitRefunds: a requested refund is written when awaitRefunds returns.
func TestAwaitRefunds(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	ada := h.customer("ada@example.com")
	d := meter.Debit{UserID: ada.id, Cost: 10, Endpoint: "GET /", RequestID: uuid.NewString()}
	must(h.config.Ledger.Charge(context.Background(), d))
	h.config.Ledger.Refund(d)
	h.awaitRefunds(ada, 1)
	if n := h.balance(ada); n != 2000 {
		t.Errorf("the balance is %d, want 2000", n)
	}
}
