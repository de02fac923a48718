package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
)

// Errors of a user who has as many of something as the package bounds allows.
var (
	ErrTooManyAccounts          = errors.New("the user has the largest number of accounts")
	ErrTooManyCategories        = errors.New("the user has the largest number of categories")
	ErrTooManyDeletedCategories = errors.New("the user has the largest number of deleted categories that something refers to")
	ErrTooManyBudgets           = errors.New("the user has the largest number of budgets")
	ErrTooManyTransactions      = errors.New("the user has the largest number of transactions")
)

// Rows that are counted for a bound; $1 is the user.
const (
	sqlBoundAccounts          = `accounts WHERE user_id = $1`
	sqlBoundBudgets           = `budgets WHERE user_id = $1`
	sqlBoundCategories        = `categories WHERE user_id = $1 AND deleted_at IS NULL`
	sqlBoundDeletedCategories = `categories WHERE user_id = $1 AND deleted_at IS NOT NULL`
	sqlDeletedTransactions    = `transactions WHERE user_id = $1 AND deleted_at IS NOT NULL`
)

// countUpTo returns how many of the rows there are, but no more than most, so that it reads
// no more.
func (t financeWrites) countUpTo(ctx context.Context, most int, rows string, userID uuid.UUID) (n int, err error) {
	err = t.get(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM `+rows+` LIMIT ($2 + 0)) AS counted`, userID.String(), most)
	return n, err
}

// checkRoom returns full if there are most of the rows, or more. The workspace must be
// locked.
func (t financeWrites) checkRoom(ctx context.Context, most int, rows string, userID uuid.UUID, full error) error {
	n, err := t.countUpTo(ctx, most, rows, userID)
	if err == nil && n >= most {
		err = full
	}
	return err
}

// checkCategoryRoom returns ErrTooManyCategories if the user has no room for so many more,
// or ErrTooManyDeletedCategories. Deleted categories that nothing refers to make room.
func (t financeWrites) checkCategoryRoom(ctx context.Context, userID uuid.UUID, more int) error {
	if err := t.checkRoom(ctx, bounds.Categories-more+1, sqlBoundCategories, userID, ErrTooManyCategories); err != nil {
		return err
	}
	checkDeleted := func() error {
		return t.checkRoom(ctx, bounds.DeletedCategories, sqlBoundDeletedCategories, userID, ErrTooManyDeletedCategories)
	}
	err := checkDeleted()
	if !errors.Is(err, ErrTooManyDeletedCategories) {
		return err
	}
	// A deleted child is found below its deleted parent as long as it is needed.
	_, err = t.exec(ctx, `
DELETE FROM categories WHERE user_id = $1 AND deleted_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM transactions t WHERE t.category_id = categories.id AND t.deleted_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM budgets b WHERE b.category_id = categories.id)
       AND NOT EXISTS (SELECT 1 FROM categories below WHERE below.parent_id = categories.id)`, userID.String())
	if err != nil {
		return err
	}
	return checkDeleted()
}

// countTransaction counts one more transaction, and returns its creation time: the
// present or, if that is not later than the user's transaction before, a microsecond
// after it. So the order of the times is that of the entries, within one transaction of
// the database, too, and on servers whose clocks differ. Its error is
// ErrTooManyTransactions.
func (t financeWrites) countTransaction(ctx context.Context, userID uuid.UUID) (created time.Time, err error) {
	var micros int64
	count := func() error {
		return t.get(ctx, &micros, `
UPDATE users SET last_entry = CASE WHEN last_entry < $2 THEN $2 ELSE last_entry + 1 END, kept_transactions = kept_transactions + 1
WHERE id = $1 AND kept_transactions < $3
RETURNING last_entry`, userID.String(), t.now.UnixMicro(), bounds.Transactions)
	}
	if err = count(); errors.Is(err, ErrNotFound) {
		if err = t.dropDeletedTransactions(ctx, userID); err == nil {
			err = count()
		}
	}
	return time.UnixMicro(micros).UTC(), err
}

// dropDeletedTransactions makes room for one transaction: it deletes for good as many of
// the user's deleted ones as are beyond the bound, those of the earliest dates. If there
// are too few, its error is ErrTooManyTransactions, and it deletes none.
func (t financeWrites) dropDeletedTransactions(ctx context.Context, userID uuid.UUID) error {
	id := userID.String()
	var over int
	err := t.get(ctx, &over, `SELECT kept_transactions - $2 + 1 FROM users WHERE id = $1`, id, bounds.Transactions)
	if err != nil {
		return err
	}
	deleted, err := t.countUpTo(ctx, over, sqlDeletedTransactions, userID)
	if err != nil {
		return err
	}
	if deleted < over {
		return ErrTooManyTransactions
	}
	_, err = t.exec(ctx, `
DELETE FROM transactions WHERE id IN (SELECT id FROM `+sqlDeletedTransactions+` ORDER BY date, id LIMIT ($2 + 0))`, id, over)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE users SET kept_transactions = kept_transactions - $2 WHERE id = $1`, id, over)
	return err
}

// Miscounted returns up to limit users whose count of transactions is not the number of
// their rows. It reads all transactions.
func (r reads) Miscounted(ctx context.Context, limit int) (ids []uuid.UUID, err error) {
	err = r.list(ctx, &ids, `
SELECT u.id FROM users u LEFT JOIN (SELECT user_id, COUNT(*) AS n FROM transactions GROUP BY user_id) AS kept ON kept.user_id = u.id
WHERE u.kept_transactions <> COALESCE(kept.n, 0) ORDER BY u.id LIMIT $1`, limit)
	return ids, err
}
