package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Account is a row of accounts. Amounts are in minor units (cents) of its
// currency.
type Account struct {
	ID           uuid.UUID  `db:"id"`
	UserID       uuid.UUID  `db:"user_id"`
	Name         string     `db:"name"`
	Type         string     `db:"type"`
	Currency     string     `db:"currency"`
	Balance      int64      `db:"balance"`
	Color        *string    `db:"color"`
	Icon         *string    `db:"icon"`
	TargetAmount *int64     `db:"target_amount"`
	TargetDate   *time.Time `db:"target_date"`
	IsDefault    bool       `db:"is_default"`
	CreatedAt    time.Time  `db:"created_at"`
	UpdatedAt    time.Time  `db:"updated_at"`
}

// Accounts returns the user's accounts, the oldest first.
func (r reads) Accounts(ctx context.Context, userID uuid.UUID) (accounts []Account, err error) {
	err = r.list(ctx, &accounts, `
SELECT id, user_id, name, type, currency, balance, color, icon, target_amount, target_date, is_default, created_at, updated_at
FROM accounts WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
	return accounts, err
}
