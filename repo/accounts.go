package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
)

// ErrAccountNotFound is the error for an account that is not the user's, in
// calls that look up other rows as well.
var ErrAccountNotFound = errors.New("account not found")

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
	TargetDay    string     `db:"target_day"` // the day that was given without a time, of which TargetDate is the start; "": none
	IsDefault    bool       `db:"is_default"`
	// AllowNegative is whether the balance may be below 0, besides that of a credit
	// card.
	AllowNegative bool      `db:"allow_negative"`
	CreatedAt     time.Time `db:"created_at"`
	UpdatedAt     time.Time `db:"updated_at"`
}

const sqlAccountColumns = `
SELECT id, user_id, name, type, currency, balance, color, icon, target_amount, target_date, target_day, is_default, allow_negative, created_at,
       updated_at
FROM accounts`

// Accounts returns the user's accounts, the oldest first.
func (r reads) Accounts(ctx context.Context, userID uuid.UUID) (accounts []Account, err error) {
	err = r.list(ctx, &accounts, sqlAccountColumns+` WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
	return accounts, err
}

// Account returns one of the user's accounts, or ErrNotFound.
func (r reads) Account(ctx context.Context, userID, id uuid.UUID) (a Account, err error) {
	err = r.get(ctx, &a, sqlAccountColumns+` WHERE id = $1 AND user_id = $2`, id.String(), userID.String())
	return a, err
}

// AccountHasHistory reports whether the account has ever had a transaction,
// including deleted ones.
func (r reads) AccountHasHistory(ctx context.Context, userID, id uuid.UUID) (has bool, err error) {
	err = r.get(ctx, &has, `SELECT EXISTS (SELECT 1 FROM transactions WHERE account_id = $1 AND user_id = $2)`, id.String(), userID.String())
	return has, err
}

// AddAccount adds an account with a balance of 0 to the workspace, and sets a's
// id, user and times. The workspace must be locked. Its error is ErrTooManyAccounts.
func (t financeWrites) AddAccount(ctx context.Context, w Workspace, a *Account) error {
	if err := t.checkRoom(ctx, bounds.Accounts, sqlBoundAccounts, w.UserID, ErrTooManyAccounts); err != nil {
		return err
	}
	a.ID, a.UserID, a.Balance, a.IsDefault, a.CreatedAt, a.UpdatedAt = uuid.New(), w.UserID, 0, false, t.now, t.now
	_, err := t.exec(ctx, `
INSERT INTO accounts (id, user_id, name, type, currency, balance, color, icon, target_amount, target_date, target_day, allow_negative,
       created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $12)`,
		a.ID.String(), a.UserID.String(), a.Name, a.Type, a.Currency, a.Color, a.Icon, a.TargetAmount, a.TargetDate, a.TargetDay, a.AllowNegative, t.now)
	return err
}

// UpdateAccount stores the fields that the owner may change, which is all but
// the balance. The workspace must be locked, and a read after that.
func (t financeWrites) UpdateAccount(ctx context.Context, w Workspace, a *Account) error {
	a.UpdatedAt = t.now
	_, err := t.exec(ctx, `
UPDATE accounts SET name = $3, type = $4, currency = $5, color = $6, icon = $7, target_amount = $8, target_date = $9, target_day = $10,
       allow_negative = $11, updated_at = $12
WHERE id = $1 AND user_id = $2`,
		a.ID.String(), w.UserID.String(), a.Name, a.Type, a.Currency, a.Color, a.Icon, a.TargetAmount, a.TargetDate, a.TargetDay, a.AllowNegative, t.now)
	return err
}

// DeleteAccount deletes the account. Its transactions are kept, without an
// account. The workspace must be locked.
func (t financeWrites) DeleteAccount(ctx context.Context, w Workspace, id uuid.UUID) error {
	if err := t.DetachAccount(ctx, w, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM accounts WHERE id = $1 AND user_id = $2`, id.String(), w.UserID.String())
	return err
}
