package repo

import (
	"context"

	"github.com/google/uuid"
)

// Plan is a row of plans: what a month of it gives and costs.
type Plan struct {
	Name              string `db:"name"`
	TokensPerMonth    int64  `db:"tokens_per_month"`
	RequestsPerMinute int    `db:"requests_per_minute"`
	PriceCents        int64  `db:"price_cents"` // US cents
}

// Kinds of token transactions.
const (
	TokensGrant = "grant"
)

// Plan returns the plan with the name, or ErrNotFound.
func (r reads) Plan(ctx context.Context, name string) (plan Plan, err error) {
	err = r.get(ctx, &plan, `SELECT name, tokens_per_month, requests_per_minute, price_cents FROM plans WHERE name = $1`, name)
	return plan, err
}

// TokenTransaction is a row of token_transactions: tokens that came (positive)
// or went (negative).
type TokenTransaction struct {
	UserID    uuid.UUID `db:"user_id"`
	Delta     int64     `db:"delta"`
	Kind      string    `db:"kind"`
	Endpoint  string    `db:"endpoint"` // method and path of the call
	RequestID string    `db:"request_id"`
}

// OpenLedger puts the user on the plan from now on and grants the first
// month's tokens, with a row that names the endpoint and the request.
func (t *Tx) OpenLedger(ctx context.Context, userID uuid.UUID, plan Plan, endpoint, requestID string) error {
	_, err := t.exec(ctx, `UPDATE users SET plan = $2, updated_at = $3 WHERE id = $1`, userID.String(), plan.Name, t.now)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO ledgers (user_id, balance, plan_started_at) VALUES ($1, $2, $3)`,
		userID.String(), plan.TokensPerMonth, t.now)
	if err != nil {
		return err
	}
	return t.addTransaction(ctx, TokenTransaction{userID, plan.TokensPerMonth, TokensGrant, endpoint, requestID})
}

func (t *Tx) addTransaction(ctx context.Context, tt TokenTransaction) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id.String(), tt.UserID.String(), tt.Delta, tt.Kind, tt.Endpoint, tt.RequestID, t.now)
	return err
}
