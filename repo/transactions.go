package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Types of transactions.
const (
	TypeIncome   = "INCOME"
	TypeExpense  = "EXPENSE"
	TypeTransfer = "TRANSFER"
)

// Transaction is a row of transactions. Its amount is in minor units (cents) of
// its currency and above 0; the type determines the direction.
type Transaction struct {
	ID          uuid.UUID  `db:"id"`
	UserID      uuid.UUID  `db:"user_id"`
	Type        string     `db:"type"`
	Amount      int64      `db:"amount"`
	Currency    string     `db:"currency"`
	Description *string    `db:"description"`
	Date        time.Time  `db:"date"`
	Day         string     `db:"day"`         // the day that was given without a time, of which Date is the start; "": Date is an instant
	AccountID   *uuid.UUID `db:"account_id"`  // nil: the account was deleted
	CategoryID  *uuid.UUID `db:"category_id"` // nil: none
	TransferID  *uuid.UUID `db:"transfer_id"` // the same for both legs of a transfer between accounts
	CreatedAt   time.Time  `db:"created_at"`
	UpdatedAt   time.Time  `db:"updated_at"`
	DeletedAt   *time.Time `db:"deleted_at"`
}

// sqlSelectTransaction reads transactions without their accounts and
// categories.
const sqlSelectTransaction = `
SELECT id, user_id, type, amount, currency, description, date, day, account_id, category_id, transfer_id, created_at, updated_at, deleted_at
FROM transactions`

// Effect returns the change that the transaction makes to its account's
// balance.
func (tr Transaction) Effect() int64 {
	if tr.Type == TypeIncome {
		return tr.Amount
	}
	return -tr.Amount
}

// AddTransaction adds the transaction and updates its account's balance and the
// totals of its month. It sets the user, the creation and update times, and the
// id if there is none. The creation time is later than that of each transaction
// that the user has added before. The workspace must be locked, and tr must be
// valid. Its errors are ErrTooManyTransactions and ErrTotalRange.
func (t financeWrites) AddTransaction(ctx context.Context, w Workspace, tr *Transaction) error {
	if tr.ID == uuid.Nil {
		tr.ID = uuid.New()
	}
	created, err := t.countTransaction(ctx, w.UserID)
	if err != nil {
		return err
	}
	tr.UserID, tr.Date, tr.CreatedAt, tr.UpdatedAt = w.UserID, Truncate(tr.Date), created, created
	_, err = t.exec(ctx, `
INSERT INTO transactions (id, user_id, type, amount, currency, description, search_text, date, day,
       account_id, category_id, transfer_id, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
		tr.ID.String(), tr.UserID.String(), tr.Type, tr.Amount, tr.Currency, tr.Description, searchText(tr.Description), tr.Date, tr.Day,
		idOrNull(tr.AccountID), idOrNull(tr.CategoryID), idOrNull(tr.TransferID), created)
	if err != nil {
		return err
	}
	return t.applyToBalances(ctx, w, *tr, 1)
}

// UpdateTransaction stores the fields of tr that the owner may change, and
// updates balances and totals by the difference to old. The workspace must be
// locked, old read after that, and tr must be valid.
func (t financeWrites) UpdateTransaction(ctx context.Context, w Workspace, old Transaction, tr *Transaction) error {
	tr.Date, tr.UpdatedAt = Truncate(tr.Date), t.now
	_, err := t.exec(ctx, `
UPDATE transactions SET type = $3, amount = $4, currency = $5, description = $6, search_text = $7, date = $8, day = $9,
       account_id = $10, category_id = $11, transfer_id = $12, updated_at = $13
WHERE id = $1 AND user_id = $2`,
		tr.ID.String(), w.UserID.String(), tr.Type, tr.Amount, tr.Currency, tr.Description, searchText(tr.Description), tr.Date, tr.Day,
		idOrNull(tr.AccountID), idOrNull(tr.CategoryID), idOrNull(tr.TransferID), t.now)
	if err != nil {
		return err
	}
	if err := t.applyToBalances(ctx, w, old, -1); err != nil {
		return err
	}
	return t.applyToBalances(ctx, w, *tr, 1)
}

// DeleteTransaction soft-deletes a live transaction and takes it back from its
// account's balance and from the totals. The workspace must be locked, and tr
// read after that.
func (t financeWrites) DeleteTransaction(ctx context.Context, w Workspace, tr Transaction) error {
	_, err := t.exec(ctx, `UPDATE transactions SET deleted_at = $3, updated_at = $3 WHERE id = $1 AND user_id = $2`,
		tr.ID.String(), w.UserID.String(), t.now)
	if err != nil {
		return err
	}
	return t.applyToBalances(ctx, w, tr, -1)
}

// applyToBalances adds the transaction to its account's balance and to the
// totals of its month if sign is 1, and takes it back if sign is -1.
func (t financeWrites) applyToBalances(ctx context.Context, w Workspace, tr Transaction, sign int64) error {
	if tr.AccountID != nil {
		_, err := t.exec(ctx, `UPDATE accounts SET balance = balance + $3, updated_at = $4 WHERE id = $1 AND user_id = $2`,
			tr.AccountID.String(), w.UserID.String(), sign*tr.Effect(), t.now)
		if err != nil {
			return err
		}
	}
	calendar, err := w.Calendar()
	if err != nil {
		return err
	}
	return t.addToPeriod(ctx, PeriodTotal{
		UserID: w.UserID, Period: calendar.PeriodOf(tr.Date).String(), AccountID: idOrEmpty(tr.AccountID), CategoryID: idOrEmpty(tr.CategoryID),
		Type: tr.Type, IsTransfer: tr.TransferID != nil, Currency: tr.Currency, Amount: sign * tr.Amount, Entries: sign,
	})
}

func idOrNull(id *uuid.UUID) any {
	if id == nil {
		return nil
	}
	return id.String()
}

func idOrEmpty(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}
