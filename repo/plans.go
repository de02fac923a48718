package repo

import "context"

// Plan is a row of plans: what a month on the plan gives and costs.
type Plan struct {
	Name              string `db:"name"`
	TokensPerMonth    int64  `db:"tokens_per_month"`
	RequestsPerMinute int    `db:"requests_per_minute"`
	PriceCents        int64  `db:"price_cents"` // US cents
}

const sqlSelectPlan = `SELECT name, tokens_per_month, requests_per_minute, price_cents FROM plans`

// Plan returns the plan with the name, or ErrNotFound.
func (r reads) Plan(ctx context.Context, name string) (plan Plan, err error) {
	err = r.get(ctx, &plan, sqlSelectPlan+` WHERE name = $1`, name)
	return plan, err
}

// Plans returns all plans, the cheapest first.
func (r reads) Plans(ctx context.Context) (plans []Plan, err error) {
	err = r.list(ctx, &plans, sqlSelectPlan+` ORDER BY price_cents, name`)
	return plans, err
}

// PlanUpdate holds new values for a plan; a nil field is left as it is.
type PlanUpdate struct {
	TokensPerMonth    *int64
	RequestsPerMinute *int
	PriceCents        *int64
}

// UpdatePlan changes what a plan gives and costs, and returns it. A new number
// of tokens applies from each user's next refill on, everything else at once.
// Its error is ErrNotFound.
func (t tokenWrites) UpdatePlan(ctx context.Context, name string, u PlanUpdate) (Plan, error) {
	_, err := t.exec(ctx, `
UPDATE plans SET tokens_per_month = COALESCE($2, tokens_per_month), requests_per_minute = COALESCE($3, requests_per_minute),
       price_cents = COALESCE($4, price_cents)
WHERE name = $1`, name, u.TokensPerMonth, u.RequestsPerMinute, u.PriceCents)
	if err != nil {
		return Plan{}, err
	}
	return t.Plan(ctx, name)
}
