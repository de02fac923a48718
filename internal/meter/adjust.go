package meter

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Adjust gives the user tokens or, if tokens is negative, takes some. It does so
// in the caller's transaction and returns the row that it wrote, which names the
// cause. Its errors are *Insufficient if the balance is too low, and
// repo.ErrNotFound for a user without a ledger.
func Adjust(ctx context.Context, tx *repo.Tx, userID uuid.UUID, tokens int64, cause repo.TokenCause) (repo.TokenRow, error) {
	b, e, err := loadOne(ctx, tx, userID, cause)
	if err != nil {
		return repo.TokenRow{}, err
	}
	a := b.ledgers[userID]
	if a.Balance+tokens < 0 {
		return repo.TokenRow{}, a.insufficient(-tokens)
	}
	kind := repo.TokensGrant
	if tokens < 0 {
		kind = repo.TokensAdjustment
	}
	b.change(a, tokens, kind, e.Debit)
	if err := b.store(ctx, tx); err != nil {
		return repo.TokenRow{}, err
	}
	return b.rows[len(b.rows)-1], nil
}

// loadOne locks the user's ledger, and refills it if a new month has begun. The entry
// names the cause of what the caller changes.
func loadOne(ctx context.Context, tx *repo.Tx, userID uuid.UUID, cause repo.TokenCause) (*batch, *entry, error) {
	e := newEntry(repo.TokensGrant, Debit{UserID: userID, Endpoint: cause.Endpoint, RequestID: cause.RequestID})
	b, err := load(ctx, tx, []*entry{e}, false)
	if err == nil {
		_, err = b.apply(e)
	}
	return b, e, err
}

// ChangePlan puts the user on another plan in the caller's transaction, and
// reports whether that changed anything. A plan with more tokens gives the
// difference at once, as far as the user has not had it this month; a plan with
// fewer takes effect at the next refill. So a user who goes back and forth gets each
// month's tokens once. A user without a plan gets the whole first month. The rows
// that it writes name the cause.
func ChangePlan(ctx context.Context, tx *repo.Tx, user repo.User, plan repo.Plan, cause repo.TokenCause) (changed bool, err error) {
	if user.Plan == plan.Name {
		return false, nil
	}
	if user.Plan == repo.PlanNone {
		_, refillAt := Cycle(tx.Now(), tx.Now())
		return true, tx.OpenLedger(ctx, user.ID, plan, refillAt, cause)
	}
	b, e, err := loadOne(ctx, tx, user.ID, cause)
	if err != nil {
		return false, err
	}
	a := b.ledgers[user.ID]
	if more := plan.TokensPerMonth - max(a.Quota, a.CycleQuota); more > 0 {
		b.change(a, more, repo.TokensGrant, e.Debit)
		a.CycleQuota = plan.TokensPerMonth
	}
	if err := b.store(ctx, tx); err != nil {
		return false, err
	}
	return tx.SetPlan(ctx, user.ID, plan.Name)
}
