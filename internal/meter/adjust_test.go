package meter

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// adjust gives tokens, or takes some, which must succeed.
func (d *desk) adjust(t testing.TB, user repo.User, tokens int64) (row repo.TokenRow) {
	t.Helper()
	d.inTx(t, func(tx *repo.Tx) (err error) {
		row, err = Adjust(t.Context(), tx, user.ID, tokens, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
		return err
	})
	return row
}

// change puts the user on a plan, which must succeed.
func (d *desk) change(t testing.TB, user *repo.User, name string) (changed bool) {
	t.Helper()
	d.inTx(t, func(tx *repo.Tx) error {
		plan, err := tx.Plan(t.Context(), name)
		if err != nil {
			return err
		}
		changed, err = ChangePlan(t.Context(), tx, *user, plan, repo.TokenCause{Endpoint: "alta user plan", RequestID: uuid.NewString()})
		return err
	})
	got, err := d.repo.UserByID(t.Context(), user.ID)
	if err != nil || got.Plan != name {
		t.Errorf("the user is on %q, %v; want %q", got.Plan, err, name)
	}
	*user = got
	return changed
}

func TestAdjust(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		user := d.user(t, 10)
		row := d.adjust(t, user, 5)
		if rows := d.rows(t, user); row.ID != rows[1].ID || row.Delta != 5 || row.Kind != repo.TokensGrant || row.Endpoint != "POST /grants" {
			t.Errorf("Adjust returned %+v, and wrote %+v", row, rows[1])
		}
		if row := d.adjust(t, user, -15); row.Delta != -15 || row.Kind != repo.TokensAdjustment {
			t.Errorf("Adjust returned %+v", row)
		}
		d.clock.Set(february)
		// The new month comes first, though nobody has called in it.
		if row := d.adjust(t, user, -3); row.Delta != -3 || row.Kind != repo.TokensAdjustment {
			t.Errorf("Adjust in a new month returned %+v", row)
		}
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensGrant, 5, 15}, line{repo.TokensAdjustment, -15, 0},
			line{repo.TokensRefill, 10, 10}, line{repo.TokensAdjustment, -3, 7})
		if usage := d.usage(t); len(usage) != 0 {
			t.Errorf("gifts count as usage: %v", usage)
		}
	})
}

func TestAdjustRefusals(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 10)
		err := d.repo.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := Adjust(t.Context(), tx, user.ID, -11, repo.TokenCause{Endpoint: "POST /grants", RequestID: "request"})
			return err
		})
		poor := (*Insufficient)(nil)
		if !errors.As(err, &poor) || poor.Balance != 10 || poor.Cost != 11 || poor.Plan != repo.PlanFree || !poor.RefillAt.Equal(february) {
			t.Errorf("taking 11 of 10: %v, %+v", err, poor)
		}
		stranger := d.stranger(t)
		err = d.repo.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := Adjust(t.Context(), tx, stranger.ID, 1, repo.TokenCause{Endpoint: "POST /grants", RequestID: "request"})
			return err
		})
		if !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("tokens for a user without a ledger: %v, want ErrNotFound", err)
		}
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10})
	})
}

// TestAdjustAmongCharges: gifts and calls at once lose nothing of each other.
func TestAdjustAmongCharges(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		user := d.user(t, 32)
		atOnce(64, func(i int) {
			if i%2 == 0 {
				if _, err := d.Charge(debit(user, 1)); err != nil {
					t.Errorf("Charge: %v", err)
				}
				return
			}
			if err := d.repo.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := Adjust(t.Context(), tx, user.ID, 2, repo.TokenCause{Endpoint: "POST /grants", RequestID: uuid.NewString()})
				return err
			}); err != nil {
				t.Errorf("Adjust: %v", err)
			}
		})
		mustRefill(t, d.Ledger, user, 64)
		d.audit(t)
	})
}

func TestChangePlan(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		d.quota(t, repo.PlanPaid, 100)
		user := d.stranger(t)
		if !d.change(t, &user, repo.PlanFree) { // from none
			t.Error("none to free changed nothing")
		}
		d.wantRefillAt(t, user, february)
		mustCharge(t, d.Ledger, debit(user, 4), 6)
		if !d.change(t, &user, repo.PlanPaid) {
			t.Error("free to paid changed nothing")
		}
		if d.change(t, &user, repo.PlanPaid) {
			t.Error("paid to paid changed something")
		}
		mustRefill(t, d.Ledger, user, 96)
		if !d.change(t, &user, repo.PlanFree) {
			t.Error("paid to free changed nothing")
		}
		mustRefill(t, d.Ledger, user, 96)
		d.clock.Set(february)
		mustCharge(t, d.Ledger, debit(user, 90), 6)
		d.clock.Set(march)
		mustRefill(t, d.Ledger, user, 10)
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -4, 6}, line{repo.TokensGrant, 90, 96},
			line{repo.TokensRefill, 0, 96}, line{repo.TokensDebit, -90, 6}, line{repo.TokensRefill, 4, 10})
	})
}

// TestChangePlanInANewMonth: the month's tokens come by the plan that it began
// on, and the difference after them.
func TestChangePlanInANewMonth(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desk) {
		d.quota(t, repo.PlanFree, 10)
		d.quota(t, repo.PlanPaid, 100)
		user := d.user(t, 10)
		mustCharge(t, d.Ledger, debit(user, 7), 3)
		d.clock.Set(february)
		d.change(t, &user, repo.PlanPaid)
		d.wantLines(t, user, line{repo.TokensGrant, 10, 10}, line{repo.TokensDebit, -7, 3}, line{repo.TokensRefill, 7, 10},
			line{repo.TokensGrant, 90, 100})
		d.wantRefillAt(t, user, march)
	})
}
