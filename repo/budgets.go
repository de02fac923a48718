package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/money"
)

// ErrNotOwner is the error for a row that belongs to another user.
var ErrNotOwner = errors.New("belongs to another user")

// Budget is a row of budgets: the planned spending in a category in one fiscal
// month, in minor units of the user's currency.
type Budget struct {
	ID         uuid.UUID `db:"id"`
	UserID     uuid.UUID `db:"user_id"`
	CategoryID uuid.UUID `db:"category_id"`
	Amount     int64     `db:"amount"`
	Currency   string    `db:"currency"` // the user's; no column of the table
	Month      int       `db:"month"`
	Year       int       `db:"year"`
	CreatedAt  time.Time `db:"created_at"`
	UpdatedAt  time.Time `db:"updated_at"`
}

const sqlSelectBudget = `
SELECT id, user_id, category_id, amount, (SELECT currency FROM users WHERE users.id = budgets.user_id) AS currency,
       month, year, created_at, updated_at
FROM budgets `

// Budgets returns the user's budgets of a month, including those of deleted
// categories.
func (r reads) Budgets(ctx context.Context, userID uuid.UUID, year, month int) (budgets []Budget, err error) {
	err = r.list(ctx, &budgets, sqlSelectBudget+`WHERE user_id = $1 AND year = $2 AND month = $3`, userID.String(), year, month)
	return budgets, err
}

// BudgetsBeside returns the user's budgets of all months in which the category has
// one, its own included, the earliest month first.
func (r reads) BudgetsBeside(ctx context.Context, userID, categoryID uuid.UUID) (budgets []Budget, err error) {
	err = r.list(ctx, &budgets, sqlSelectBudget+`WHERE user_id = $1 AND EXISTS (
SELECT 1 FROM budgets own WHERE own.user_id = $1 AND own.category_id = $2 AND own.year = budgets.year AND own.month = budgets.month)
ORDER BY year, month`, userID.String(), categoryID.String())
	return budgets, err
}

// Budget returns one of the user's budgets. Its errors are ErrNotFound, and
// ErrNotOwner if the budget is another user's.
func (r reads) Budget(ctx context.Context, userID, id uuid.UUID) (Budget, error) {
	var b Budget
	if err := r.get(ctx, &b, sqlSelectBudget+`WHERE id = $1`, id.String()); err != nil {
		return Budget{}, err
	}
	if b.UserID != userID {
		return Budget{}, ErrNotOwner
	}
	return b, nil
}

// CreateBudget adds the budget and sets its id and times. The workspace must be
// locked, and b must be valid. Its error is ErrTooManyBudgets.
func (t financeWrites) CreateBudget(ctx context.Context, b *Budget) error {
	if err := t.checkRoom(ctx, bounds.Budgets, sqlBoundBudgets, b.UserID, ErrTooManyBudgets); err != nil {
		return err
	}
	b.ID, b.CreatedAt, b.UpdatedAt = uuid.New(), t.now, t.now
	_, err := t.exec(ctx, `
INSERT INTO budgets (id, user_id, category_id, amount, month, year, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
		b.ID.String(), b.UserID.String(), b.CategoryID.String(), b.Amount, b.Month, b.Year, t.now)
	return err
}

// UpdateBudget stores the budget's category, amount and month. The workspace
// must be locked, and b must be valid.
func (t financeWrites) UpdateBudget(ctx context.Context, b *Budget) error {
	b.UpdatedAt = t.now
	_, err := t.exec(ctx, `
UPDATE budgets SET category_id = $3, amount = $4, month = $5, year = $6, updated_at = $7 WHERE id = $1 AND user_id = $2`,
		b.ID.String(), b.UserID.String(), b.CategoryID.String(), b.Amount, b.Month, b.Year, t.now)
	return err
}

// RescaleBudgets makes the user's budgets the same numbers in another currency, which
// may have other minor units. If it has fewer decimals, a budget becomes the nearest
// amount of at least one unit. The workspace, which has the former currency, must be
// locked.
func (t financeWrites) RescaleBudgets(ctx context.Context, w Workspace, currency string) error {
	former, decimals := money.Decimals(w.Currency), money.Decimals(currency)
	if former == decimals {
		return nil
	}
	amount, factor := `amount * $2`, int64(1)
	for range decimals - former {
		factor *= 10
	}
	if former > decimals {
		amount = `CASE WHEN amount < $2 THEN 1 ELSE (amount + $2 / 2) / $2 END`
		for range former - decimals {
			factor *= 10
		}
	}
	_, err := t.exec(ctx, `UPDATE budgets SET amount = `+amount+`, updated_at = $3 WHERE user_id = $1`, w.UserID.String(), factor, t.now)
	return err
}

// DeleteBudget deletes the budget for good. The workspace must be locked.
func (t financeWrites) DeleteBudget(ctx context.Context, b Budget) error {
	_, err := t.exec(ctx, `DELETE FROM budgets WHERE id = $1 AND user_id = $2`, b.ID.String(), b.UserID.String())
	return err
}
