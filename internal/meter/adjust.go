package meter

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/repo"
)

// Adjust gives tokens to a user or, with a negative number, takes some, in the
// caller's transaction, and returns the row that says so. The endpoint and the
// request are those of whoever gives. Its errors are *Insufficient where there
// is less than is to be taken, and repo.ErrNotFound for a user without a
// ledger.
func Adjust(ctx context.Context, tx *repo.Tx, userID uuid.UUID, tokens int64, endpoint, requestID string) (repo.TokenRow, error) {
	e := newEntry(repo.TokensGrant, Debit{UserID: userID, Endpoint: endpoint, RequestID: requestID})
	b, err := load(ctx, tx, []*entry{e}, false)
	if err != nil {
		return repo.TokenRow{}, err
	}
	if _, err := b.apply(e); err != nil { // no ledger; or else a new month may have begun
		return repo.TokenRow{}, err
	}
	a := b.ledgers[userID]
	if a.Balance+tokens < 0 {
		return repo.TokenRow{}, &Insufficient{a.Balance, -tokens, a.Plan, *a.RefillAt}
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

// ChangePlan puts a user on another plan, in the caller's transaction, and
// reports whether that changed anything. A plan with more tokens gives the
// difference at once; one with fewer takes nothing before the next refill. A
// user without a plan gets the whole first month.
func ChangePlan(ctx context.Context, tx *repo.Tx, user repo.User, plan repo.Plan, endpoint, requestID string) (changed bool, err error) {
	if user.Plan == plan.Name {
		return false, nil
	}
	if user.Plan == repo.PlanNone {
		_, refillAt := Cycle(tx.Now(), tx.Now())
		return true, tx.OpenLedger(ctx, user.ID, plan, refillAt, endpoint, requestID)
	}
	old, err := tx.Plan(ctx, user.Plan)
	if err != nil {
		return false, err
	}
	if more := plan.TokensPerMonth - old.TokensPerMonth; more > 0 {
		if _, err := Adjust(ctx, tx, user.ID, more, endpoint, requestID); err != nil {
			return false, err
		}
	}
	return tx.SetPlan(ctx, user.ID, plan.Name)
}
