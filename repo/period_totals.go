package repo

import (
	"context"

	"github.com/google/uuid"
)

// PeriodTotal is a row of period_totals: what a user's live transactions of one
// kind come to in one fiscal month.
type PeriodTotal struct {
	UserID     uuid.UUID `db:"user_id"`
	Period     string    `db:"period"`      // as fiscal.Period writes it
	AccountID  string    `db:"account_id"`  // "" for none
	CategoryID string    `db:"category_id"` // "" for none
	Type       string    `db:"type"`
	IsTransfer bool      `db:"is_transfer"` // a leg of a transfer between accounts
	Currency   string    `db:"currency"`
	Amount     int64     `db:"amount"`
	Entries    int64     `db:"entries"`
}

// PeriodTotals returns what the user's transactions of the month come to, by
// account, category, type and currency.
func (r reads) PeriodTotals(ctx context.Context, userID uuid.UUID, period string) (totals []PeriodTotal, err error) {
	err = r.list(ctx, &totals, `
SELECT user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries
FROM period_totals WHERE user_id = $1 AND period = $2 AND entries > 0`, userID.String(), period)
	return totals, err
}

// addToPeriod adds to a row of period_totals.
func (t *Tx) addToPeriod(ctx context.Context, total PeriodTotal) error {
	_, err := t.exec(ctx, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (user_id, period, account_id, category_id, type, is_transfer, currency) DO UPDATE SET
       amount = period_totals.amount + excluded.amount, entries = period_totals.entries + excluded.entries`,
		total.UserID.String(), total.Period, total.AccountID, total.CategoryID, total.Type, total.IsTransfer, total.Currency,
		total.Amount, total.Entries)
	return err
}
