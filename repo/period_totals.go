package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/money"
)

// ErrTotalRange is the error for transactions whose sum would be too large to
// add up.
var ErrTotalRange = errors.New("the transactions come to too much")

// PeriodTotal is a row of period_totals: the sum of a user's live transactions
// of one kind in one fiscal month, or in all months.
type PeriodTotal struct {
	UserID     uuid.UUID `db:"user_id"`
	Period     string    `db:"period"`      // in the format of fiscal.Period, or AllPeriods
	AccountID  string    `db:"account_id"`  // "" for none
	CategoryID string    `db:"category_id"` // "" for none
	Type       string    `db:"type"`
	IsTransfer bool      `db:"is_transfer"` // whether these are legs of transfers between accounts
	Currency   string    `db:"currency"`
	Amount     int64     `db:"amount"`
	Entries    int64     `db:"entries"`
}

// AllPeriods is the period of totals over all fiscal months.
const AllPeriods = ""

// PeriodTotals returns the sums of the user's transactions in the month, or in
// AllPeriods, by account, category, type and currency.
func (r reads) PeriodTotals(ctx context.Context, userID uuid.UUID, period string) (totals []PeriodTotal, err error) {
	err = r.list(ctx, &totals, `
SELECT user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries
FROM period_totals WHERE user_id = $1 AND period = $2 AND entries > 0`, userID.String(), period)
	return totals, err
}

// entries returns the number of live transactions that the filter selects, for which
// isCounted must be true. Of a transfer, one leg counts if TransfersOnce is set and both
// match the filter: the legs have different accounts.
func (r reads) entries(ctx context.Context, userID uuid.UUID, f TransactionFilter) (n int, err error) {
	halved := f.TransfersOnce && f.AccountID == nil
	err = r.get(ctx, &n, `
SELECT CAST(COALESCE(SUM(entries) - SUM(CASE WHEN is_transfer AND $8 THEN entries ELSE 0 END) / 2, 0) AS BIGINT) FROM period_totals
WHERE user_id = $1 AND period BETWEEN $2 AND $3 AND ($4 = '' OR account_id = $4) AND ($5 = '' OR category_id = $5)
      AND ($6 = '' OR type = $6) AND ($7 = '' OR currency = $7)`,
		userID.String(), f.FirstPeriod, f.LastPeriod, idOrEmpty(f.AccountID), idOrEmpty(f.CategoryID), f.Type, f.Currency, halved)
	return n, err
}

// totalsOf returns the sums of the user's live transactions that match the filter, as
// totals of all months.
func (r reads) totalsOf(ctx context.Context, userID uuid.UUID, f TransactionFilter) (totals []PeriodTotal, err error) {
	where, args, err := r.where(ctx, userID, f)
	if err != nil {
		return nil, err
	}
	err = r.list(ctx, &totals, `
SELECT t.user_id, '' AS period, COALESCE(t.account_id, '') AS account_id, COALESCE(t.category_id, '') AS category_id, t.type,
       t.transfer_id IS NOT NULL AS is_transfer, t.currency, CAST(SUM(t.amount) AS BIGINT) AS amount, COUNT(*) AS entries
FROM transactions t`+where+`
GROUP BY t.user_id, COALESCE(t.account_id, ''), COALESCE(t.category_id, ''), t.type, t.transfer_id IS NOT NULL, t.currency`, args...)
	return totals, err
}

// addToPeriod adds to a row of period_totals, and to the one of all months. If the user
// then has more than money.MaxSum in the currency, its error is ErrTotalRange. This
// bounds every sum: no amount is negative, so that the totals of some transactions are at
// most that of all, and so are those of months, accounts and categories, balances, and
// what income exceeds expenses by.
func (t financeWrites) addToPeriod(ctx context.Context, total PeriodTotal) error {
	_, err := t.exec(ctx, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9), ($1, '', $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (user_id, period, account_id, category_id, type, is_transfer, currency) DO UPDATE SET
       amount = period_totals.amount + excluded.amount, entries = period_totals.entries + excluded.entries`,
		total.UserID.String(), total.Period, total.AccountID, total.CategoryID, total.Type, total.IsTransfer, total.Currency,
		total.Amount, total.Entries)
	if err == nil && total.Entries < 0 {
		err = t.dropEmptyTotals(ctx, total)
	}
	if err != nil || total.Amount <= 0 {
		return err
	}
	var sum int64
	err = t.get(ctx, &sum, `
SELECT CAST(SUM(amount) AS BIGINT) FROM period_totals WHERE user_id = $1 AND period = '' AND currency = $2`,
		total.UserID.String(), total.Currency)
	if err == nil && sum > money.MaxSum {
		err = ErrTotalRange
	}
	return err
}

// dropEmptyTotals deletes the total, and the one of all months, if no transaction counts
// in it any more. So there are at most two totals a transaction.
func (t financeWrites) dropEmptyTotals(ctx context.Context, total PeriodTotal) error {
	_, err := t.exec(ctx, `
DELETE FROM period_totals WHERE user_id = $1 AND period IN ($2, '') AND account_id = $3 AND category_id = $4 AND type = $5
       AND is_transfer = $6 AND currency = $7 AND entries = 0`,
		total.UserID.String(), total.Period, total.AccountID, total.CategoryID, total.Type, total.IsTransfer, total.Currency)
	return err
}

// rebuildPeriodTotals recomputes the totals of each month. The workspace must be
// locked.
func (t financeWrites) rebuildPeriodTotals(ctx context.Context, w Workspace) error {
	calendar, err := w.Calendar()
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM period_totals WHERE user_id = $1 AND period <> ''`, w.UserID.String()); err != nil {
		return err
	}
	// Skip empty months: there may be thousands between two dates.
	var from, date time.Time
	for {
		err := t.get(ctx, &date, `
SELECT date FROM transactions WHERE user_id = $1 AND deleted_at IS NULL AND date >= $2 ORDER BY date LIMIT 1`, w.UserID.String(), from)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		period := calendar.PeriodOf(date)
		begin, end := calendar.Bounds(period)
		_, err = t.exec(ctx, `
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
SELECT user_id, CAST($2 AS TEXT), COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency,
       SUM(amount), COUNT(*)
FROM transactions WHERE user_id = $1 AND deleted_at IS NULL AND date >= $3 AND date < $4
GROUP BY user_id, COALESCE(account_id, ''), COALESCE(category_id, ''), type, transfer_id IS NOT NULL, currency`,
			w.UserID.String(), period.String(), begin, end)
		if err != nil {
			return err
		}
		from = end
	}
}
