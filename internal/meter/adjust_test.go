package meter

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// adjust gives the user tokens, or takes some, and must succeed.
func (p *process) adjust(t testing.TB, user repo.User, tokens int64) (row repo.TokenRow) {
	t.Helper()
	p.inTx(t, func(tx *repo.Tx) (err error) {
		row, err = Adjust(t.Context(), tx, user.ID, tokens, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
		return err
	})
	return row
}

// changePlan puts the user on a plan, and must succeed.
func (p *process) changePlan(t testing.TB, user *repo.User, name string) (changed bool) {
	t.Helper()
	p.inTx(t, func(tx *repo.Tx) error {
		plan, err := tx.Plan(t.Context(), name)
		if err != nil {
			return err
		}
		changed, err = ChangePlan(t.Context(), tx, *user, plan, repo.TokenCause{Endpoint: "alta user plan", RequestID: uuid.NewString()})
		return err
	})
	got, err := p.repo.UserByID(t.Context(), user.ID)
	if err != nil || got.Plan != name {
		t.Errorf("the user is on %q, %v; want %q", got.Plan, err, name)
	}
	*user = got
	return changed
}

func TestAdjust(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		user := p.newUser(t, 10)
		row := p.adjust(t, user, 5)
		if rows := p.rows(t, user); row.ID != rows[1].ID || row.Delta != 5 || row.Kind != repo.TokensGrant || row.Endpoint != "POST /grants" {
			t.Errorf("Adjust returned %+v, and wrote %+v", row, rows[1])
		}
		if row := p.adjust(t, user, -15); row.Delta != -15 || row.Kind != repo.TokensAdjustment {
			t.Errorf("Adjust returned %+v", row)
		}
		p.clock.Set(february)
		// The refill of the new month comes first, although no call has been
		// made in it.
		if row := p.adjust(t, user, -3); row.Delta != -3 || row.Kind != repo.TokensAdjustment {
			t.Errorf("Adjust in a new month returned %+v", row)
		}
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensGrant, 5, 15}, line{repo.TokensAdjustment, -15, 0},
			line{repo.TokensRefill, 10, 10}, line{repo.TokensAdjustment, -3, 7})
		if usage := p.usage(t); len(usage) != 0 {
			t.Errorf("gifts count as usage: %v", usage)
		}
	})
}

func TestAdjustRefusals(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 10)
		err := p.repo.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := Adjust(t.Context(), tx, user.ID, -11, repo.TokenCause{Endpoint: "POST /grants", RequestID: "request"})
			return err
		})
		insufficient := (*Insufficient)(nil)
		if !errors.As(err, &insufficient) || insufficient.Balance != 10 || insufficient.Cost != 11 || insufficient.Plan != repo.PlanFree || !insufficient.RefillAt.Equal(february) {
			t.Errorf("taking 11 of 10: %v, %+v", err, insufficient)
		}
		stranger := p.newUserWithoutPlan(t)
		err = p.repo.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := Adjust(t.Context(), tx, stranger.ID, 1, repo.TokenCause{Endpoint: "POST /grants", RequestID: "request"})
			return err
		})
		if !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("tokens for a user without a ledger: %v, want ErrNotFound", err)
		}
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10})
	})
}

// TestAdjustAmongCharges: no grant and no charge is lost if they are
// concurrent.
func TestAdjustAmongCharges(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		user := p.newUser(t, 32)
		atOnce(64, func(i int) {
			if i%2 == 0 {
				if _, err := p.Charge(context.Background(), debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
				return
			}
			if err := p.repo.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := Adjust(t.Context(), tx, user.ID, 2, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
				return err
			}); err != nil {
				t.Errorf("Adjust: %v", err)
			}
		})
		mustRefill(t, p.Ledger, user, 64)
		p.checkLedger(t)
	})
}

func TestChangePlan(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		p.setQuota(t, repo.PlanPaid, 100)
		user := p.newUserWithoutPlan(t)
		if !p.changePlan(t, &user, repo.PlanFree) { // from no plan
			t.Error("none to free changed nothing")
		}
		p.wantRefillAt(t, user, february)
		mustCharge(t, p.Ledger, debit(user, 4), 6)
		if !p.changePlan(t, &user, repo.PlanPaid) {
			t.Error("free to paid changed nothing")
		}
		if p.changePlan(t, &user, repo.PlanPaid) {
			t.Error("paid to paid changed something")
		}
		mustRefill(t, p.Ledger, user, 96)
		if !p.changePlan(t, &user, repo.PlanFree) {
			t.Error("paid to free changed nothing")
		}
		mustRefill(t, p.Ledger, user, 96)
		p.clock.Set(february)
		mustCharge(t, p.Ledger, debit(user, 90), 6)
		p.clock.Set(march)
		mustRefill(t, p.Ledger, user, 10)
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6}, line{repo.TokensGrant, 90, 96},
			line{repo.TokensRefill, 0, 96}, line{repo.TokensDebit, -90, 6}, line{repo.TokensRefill, 4, 10})
	})
}

// TestChangePlanInANewMonth: the month's refill follows the old plan, and the
// difference to the new plan comes after it.
func TestChangePlanInANewMonth(t *testing.T) {
	eachEngine(t, func(t *testing.T, p *process) {
		p.setQuota(t, repo.PlanFree, 10)
		p.setQuota(t, repo.PlanPaid, 100)
		user := p.newUser(t, 10)
		mustCharge(t, p.Ledger, debit(user, 7), 3)
		p.clock.Set(february)
		p.changePlan(t, &user, repo.PlanPaid)
		p.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -7, 3}, line{repo.TokensRefill, 7, 10},
			line{repo.TokensGrant, 90, 100})
		p.wantRefillAt(t, user, march)
	})
}
