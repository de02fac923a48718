package meter

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/repo"
)

func TestRefund(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 10)
		kept, given := debit(user, 2), debit(user, 5)
		mustCharge(t, p.Ledger, kept, 8)
		mustCharge(t, p.Ledger, given, 3)
		p.Refund(given)
		p.flush()
		want := []line{
			{repo.TokensGrant, 10, 10}, {repo.TokensDebit, -2, 8}, {repo.TokensDebit, -5, 3}, {repo.TokensRefund, 5, 8},
		}
		p.wantLines(t, user, want...)
		rows := p.rows(t, user)
		if refund := rows[3]; refund.RequestID != given.RequestID || refund.Endpoint != endpoint || refund.CycleStart != nil {
			t.Errorf("the refund is %+v, want one of %+v", refund, given)
		}

		// Further refunds, in one transaction and in others, give nothing.
		for range 3 {
			p.Refund(given)
			p.Refund(given)
			p.flush()
		}
		p.wantLines(t, user, want...)

		// A refunded debit does not pay for the call when it is made again.
		given.MaybeCharged = true
		for range 2 {
			if balance, err := p.Charge(context.Background(), given); !errors.Is(err, ErrRefunded) || balance != 8 {
				t.Errorf("Charge after the refund = %d, %v; want ErrRefunded", balance, err)
			}
		}
		given.RequestID = uuid.NewString()
		mustCharge(t, p.Ledger, given, 3)
	})
}

// TestRefundOfNothing: only debits are refunded, and only to the user who paid.
func TestRefundOfNothing(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user, other := p.newUser(t, 10), p.newUser(t, 10)
		call, insufficient := debit(user, 5), debit(user, 100)
		mustCharge(t, p.Ledger, call, 5)
		if _, err := p.Charge(context.Background(), insufficient); err == nil {
			t.Error("100 tokens were taken of 5")
		}
		hers := call
		hers.UserID = other.ID
		for _, nothing := range []Debit{debit(user, 5), insufficient, hers, debit(p.newUserWithoutPlan(t), 5), debit(repo.User{ID: uuid.New()}, 5)} {
			p.Refund(nothing)
		}
		p.flush()
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -5, 5})
		p.wantLines(t, other, line{repo.TokensGrant, 10, 10})
		// A refund before its debit does not make the call free.
		early := debit(user, 5)
		p.Refund(early)
		p.flush()
		mustCharge(t, p.Ledger, early, 0)
	})
}

// TestRefundOnTheDayOfTheCall: a refund lowers the usage of the day of its
// call, and of no other day.
func TestRefundOnTheDayOfTheCall(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 100)
		p.clock.Set(time.Date(2026, 2, 1, 23, 59, 59, 999999000, time.UTC))
		late, kept := debit(user, 5), debit(user, 1)
		mustCharge(t, p.Ledger, late, 95)
		mustCharge(t, p.Ledger, kept, 94)
		p.clock.Advance(time.Microsecond)
		next := debit(user, 10)
		next.Endpoint = "POST /api/v1/things"
		mustCharge(t, p.Ledger, next, 84)
		mustCharge(t, p.Ledger, debit(user, 25), 59)
		p.Refund(late)
		p.Refund(next)
		p.flush()
		want := map[usageLine]usageSum{
			{User: user.ID.String(), Day: "2026-02-01", Endpoint: endpoint}:              {1, 1},
			{User: user.ID.String(), Day: "2026-02-02", Endpoint: endpoint}:              {25, 1},
			{User: user.ID.String(), Day: "2026-02-02", Endpoint: "POST /api/v1/things"}: {0, 0},
		}
		if diff := cmp.Diff(want, p.usage(t)); diff != "" {
			t.Errorf("usage (-want +got):\n%s", diff)
		}
		p.checkLedger(t)
	})
}

// TestRefundsByProcesses: if two processes refund the same calls in different
// batches, each call is refunded once.
func TestRefundsByProcesses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		processes := []*process{startProcess(t, databaseURL, clock), startProcess(t, databaseURL, clock)}
		const calls = 300 // more than one batch holds
		user := processes[0].newUser(t, calls)
		debits := make([]Debit, calls)
		for i := range debits {
			debits[i] = debit(user, 1)
		}
		atOnce(calls, func(i int) {
			if _, err := processes[i%2].Charge(context.Background(), debits[i]); err != nil {
				t.Errorf("Charge: %v", err)
			}
		})
		atOnce(calls, func(i int) {
			processes[i%2].Refund(debits[i])
			processes[(i+1)%2].Refund(debits[i])
		})
		atOnce(2, func(i int) { processes[i].flush() })
		mustRefill(t, processes[0].Ledger, user, calls)
		if n := len(processes[0].rows(t, user)); n != 1+2*calls {
			t.Errorf("there are %d rows, want a debit and a refund of each of %d calls", n, calls)
		}
		processes[0].checkLedger(t)
	})
}
