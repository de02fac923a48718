package meter

import (
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
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 10)
		kept, given := debit(user, 2), debit(user, 5)
		mustCharge(t, d.Ledger, kept, 8)
		mustCharge(t, d.Ledger, given, 3)
		d.Refund(given)
		d.flush()
		want := []line{
			{repo.TokensGrant, 10, 10}, {repo.TokensDebit, -2, 8}, {repo.TokensDebit, -5, 3}, {repo.TokensRefund, 5, 8},
		}
		d.wantLines(t, user, want...)
		rows := d.rows(t, user)
		if refund := rows[3]; refund.RequestID != given.RequestID || refund.Endpoint != endpoint || refund.CycleStart != nil {
			t.Errorf("the refund is %+v, want one of %+v", refund, given)
		}

		// Once more, in one transaction and in others, it gives nothing.
		for range 3 {
			d.Refund(given)
			d.Refund(given)
			d.flush()
		}
		d.wantLines(t, user, want...)

		// The call may not be made again on a debit that was given back.
		given.MaybeCharged = true
		for range 2 {
			if balance, err := d.Charge(given); !errors.Is(err, ErrRefunded) || balance != 8 {
				t.Errorf("Charge after the refund = %d, %v; want ErrRefunded", balance, err)
			}
		}
		given.RequestID = uuid.NewString()
		mustCharge(t, d.Ledger, given, 3)
	})
}

// TestRefundOfNothing: only what was taken is given back, and only to whom it
// was taken from.
func TestRefundOfNothing(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user, other := d.user(t, 10), d.user(t, 10)
		call, poor := debit(user, 5), debit(user, 100)
		mustCharge(t, d.Ledger, call, 5)
		if _, err := d.Charge(poor); err == nil {
			t.Error("100 tokens were taken of 5")
		}
		hers := call
		hers.UserID = other.ID
		for _, nothing := range []Debit{debit(user, 5), poor, hers, debit(d.stranger(t), 5), debit(repo.User{ID: uuid.New()}, 5)} {
			d.Refund(nothing)
		}
		d.flush()
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -5, 5})
		d.wantLines(t, other, line{repo.TokensGrant, 10, 10})
		// A refund that came before its debit does not make the call free.
		early := debit(user, 5)
		d.Refund(early)
		d.flush()
		mustCharge(t, d.Ledger, early, 0)
	})
}

// TestRefundOnTheDayOfTheCall: usage of a day does not fall because a call of
// another day was given back.
func TestRefundOnTheDayOfTheCall(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 100)
		d.clock.Set(time.Date(2026, 2, 1, 23, 59, 59, 999999000, time.UTC))
		late, kept := debit(user, 5), debit(user, 1)
		mustCharge(t, d.Ledger, late, 95)
		mustCharge(t, d.Ledger, kept, 94)
		d.clock.Advance(time.Microsecond)
		next := debit(user, 10)
		next.Endpoint = "POST /api/v1/things"
		mustCharge(t, d.Ledger, next, 84)
		mustCharge(t, d.Ledger, debit(user, 25), 59)
		d.Refund(late)
		d.Refund(next)
		d.flush()
		want := map[usageLine]usageSum{
			{User: user.ID.String(), Day: "2026-02-01", Endpoint: endpoint}:              {1, 1},
			{User: user.ID.String(), Day: "2026-02-02", Endpoint: endpoint}:              {25, 1},
			{User: user.ID.String(), Day: "2026-02-02", Endpoint: "POST /api/v1/things"}: {0, 0},
		}
		if diff := cmp.Diff(want, d.usage(t)); diff != "" {
			t.Errorf("usage (-want +got):\n%s", diff)
		}
		d.audit(t)
	})
}

// TestRefundsByProcesses: two processes that give the same calls back, in
// other batches, give each of them back once.
func TestRefundsByProcesses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		clock := testkit.NewClock(begun)
		desks := []*desk{openDesk(t, databaseURL, clock), openDesk(t, databaseURL, clock)}
		const calls = 300 // more than a batch
		user := desks[0].user(t, calls)
		debits := make([]Debit, calls)
		for i := range debits {
			debits[i] = debit(user, 1)
		}
		atOnce(calls, func(i int) {
			if _, err := desks[i%2].Charge(debits[i]); err != nil {
				t.Errorf("Charge: %v", err)
			}
		})
		atOnce(calls, func(i int) {
			desks[i%2].Refund(debits[i])
			desks[(i+1)%2].Refund(debits[i])
		})
		atOnce(2, func(i int) { desks[i].flush() })
		mustRefill(t, desks[0].Ledger, user, calls)
		if n := len(desks[0].rows(t, user)); n != 1+2*calls {
			t.Errorf("there are %d rows, want a debit and a refund of each of %d calls", n, calls)
		}
		desks[0].audit(t)
	})
}
