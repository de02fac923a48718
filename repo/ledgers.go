package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Ledger is a user's token balance, with the plan that refills it.
type Ledger struct {
	UserID        uuid.UUID  `db:"user_id"`
	Balance       int64      `db:"balance"`
	Plan          string     `db:"plan"`
	Quota         int64      `db:"tokens_per_month"`
	PlanStartedAt time.Time  `db:"plan_started_at"`
	RefillAt      *time.Time `db:"refill_at"`   // nil: to be computed from PlanStartedAt
	CycleQuota    int64      `db:"cycle_quota"` // the largest quota that the user had the tokens of in this month
}

const sqlSelectLedger = `
SELECT l.user_id, l.balance, u.plan, p.tokens_per_month, l.plan_started_at, l.refill_at, l.cycle_quota
FROM ledgers l JOIN users u ON u.id = l.user_id JOIN plans p ON p.name = u.plan`

// Ledger returns the user's ledger, or ErrNotFound for a user without a plan.
func (r reads) Ledger(ctx context.Context, userID uuid.UUID) (ledger Ledger, err error) {
	err = r.get(ctx, &ledger, sqlSelectLedger+` WHERE l.user_id = $1`, userID.String())
	return ledger, err
}

// maxCycle is longer than any month of a plan.
const maxCycle = 32 * 24 * time.Hour

// DueRefills returns up to limit users whose next refill is due at the given
// time.
func (r reads) DueRefills(ctx context.Context, at time.Time, limit int) (users []uuid.UUID, err error) {
	err = r.list(ctx, &users, `SELECT user_id FROM ledgers WHERE refill_at IS NULL OR refill_at <= $1 LIMIT $2`, at, limit)
	return users, err
}

// FarRefills returns up to limit users whose next refill is further away from the
// given time than a month: it was written when a clock was ahead.
func (r reads) FarRefills(ctx context.Context, at time.Time, limit int) (users []uuid.UUID, err error) {
	err = r.list(ctx, &users, `SELECT user_id FROM ledgers WHERE refill_at > $1 AND refill_at < $2 LIMIT $3`, at.Add(maxCycle), NoRefill, limit)
	return users, err
}

// ReopenCycles lets the months that begin at the given time or later be refilled:
// their refills were written when a clock was ahead.
func (t tokenWrites) ReopenCycles(ctx context.Context, userID uuid.UUID, from time.Time) error {
	_, err := t.exec(ctx, `UPDATE token_transactions SET cycle_start = NULL WHERE user_id = $1 AND cycle_start >= $2`, userID.String(), from)
	return err
}

// LockLedgers returns the users' ledgers, sorted by id, and locks them until
// the transaction ends. Users without a ledger are left out.
func (t tokenWrites) LockLedgers(ctx context.Context, users []uuid.UUID) (ledgers []Ledger, err error) {
	err = inChunks(len(users), func(from, to int) error {
		var part []Ledger
		args := make([]any, 0, to-from)
		for _, user := range users[from:to] {
			args = append(args, user.String())
		}
		err := t.list(ctx, &part, sqlSelectLedger+` WHERE l.user_id IN (`+placeholders(len(args))+
			`) ORDER BY l.user_id`+t.engine.forUpdate("l"), args...)
		ledgers = append(ledgers, part...)
		return err
	})
	return ledgers, err
}

// OpenLedger puts the user on the plan from now on and grants the first month's
// tokens, with a row that names the cause. The next month's tokens come at
// refillAt.
func (t tokenWrites) OpenLedger(ctx context.Context, userID uuid.UUID, plan Plan, refillAt time.Time, cause TokenCause) error {
	_, err := t.exec(ctx, `UPDATE users SET plan = $2, updated_at = $3 WHERE id = $1`, userID.String(), plan.Name, t.now)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO ledgers (user_id, balance, plan_started_at, refill_at, cycle_quota) VALUES ($1, $2, $3, $4, $2)`,
		userID.String(), plan.TokensPerMonth, t.now, refillAt)
	if err != nil {
		return err
	}
	return t.AddTokenRows(ctx, []TokenRow{{
		UserID: userID, Delta: plan.TokensPerMonth, Kind: TokensGrant, Endpoint: cause.Endpoint, RequestID: cause.RequestID,
	}})
}

// SetLedgers stores the balances, the times of the next refills and the quotas of
// the month. The ledgers must be locked.
func (t tokenWrites) SetLedgers(ctx context.Context, ledgers []Ledger) error {
	return inChunks(len(ledgers), func(from, to int) error {
		args := make([]any, 0, 4*(to-from))
		for _, l := range ledgers[from:to] {
			args = append(args, l.UserID.String(), l.Balance, l.RefillAt, l.CycleQuota)
		}
		// Both engines use these names for the columns of VALUES.
		_, err := t.exec(ctx, `
UPDATE ledgers SET balance = v.column2, refill_at = v.column3, cycle_quota = v.column4
FROM (VALUES `+rowsOf(to-from, 4, "", "CAST(%s AS BIGINT)", "CAST(%s AS TIMESTAMP)", "CAST(%s AS BIGINT)")+`) AS v
WHERE ledgers.user_id = v.column1`, args...)
		return err
	})
}

// Mismatch is a ledger whose balance does not match its transactions.
type Mismatch struct {
	UserID  uuid.UUID `db:"user_id"`
	Balance int64     `db:"balance"`
	Sum     int64     `db:"total"` // of the user's transactions
}

// VerifyLedgers returns every ledger whose balance is negative or not the sum
// of its transactions, and the number of ledgers. Unique indexes already make
// sure that no month is refilled twice and no call charged twice.
func (r reads) VerifyLedgers(ctx context.Context) (bad []Mismatch, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*) FROM ledgers`); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &bad, `
SELECT l.user_id, l.balance, CAST(COALESCE(SUM(t.delta), 0) AS BIGINT) AS total
FROM ledgers l LEFT JOIN token_transactions t ON t.user_id = l.user_id
GROUP BY l.user_id, l.balance
HAVING l.balance < 0 OR l.balance <> COALESCE(SUM(t.delta), 0)
ORDER BY l.user_id`)
	return bad, total, err
}
