package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Export is the data of an export file: the newest transactions and the totals
// of all.
type Export struct {
	Workspace    Workspace
	Account      *Account // nil: all accounts
	Transactions []ExportTransaction
	Totals       []PeriodTotal // of all months and all accounts
	Categories   []Category    // by name, including deleted ones
}

// ExportTransaction is a transaction with the names of its account and
// category.
type ExportTransaction struct {
	Date        time.Time `db:"date"`
	Type        string    `db:"type"`
	Amount      int64     `db:"amount"`
	Currency    string    `db:"currency"`
	Description *string   `db:"description"`
	Account     *string   `db:"account_name"`  // nil: the account was deleted
	Category    *string   `db:"category_name"` // nil: none
}

// Export returns up to limit of the user's live transactions, the newest first,
// of one account or, if accountID is nil, of all, and the totals of all
// accounts. Its errors are ErrAccountNotFound, and ErrNotFound for an unknown
// user.
func (r *Repo) Export(ctx context.Context, userID uuid.UUID, accountID *uuid.UUID, limit int) (e Export, err error) {
	err = r.InSnapshot(ctx, func(s *Snapshot) (err error) {
		e = Export{}
		if e.Workspace, err = s.Workspace(ctx, userID); err != nil {
			return err
		}
		if err := s.exportTransactions(ctx, &e, accountID, limit); err != nil {
			return err
		}
		if e.Totals, err = s.PeriodTotals(ctx, userID, AllPeriods); err != nil {
			return err
		}
		e.Categories, err = s.CategoriesEver(ctx, userID)
		return err
	})
	return e, err
}

const sqlExportTransactions = `
SELECT t.date, t.type, t.amount, t.currency, t.description, a.name AS account_name, c.name AS category_name
FROM transactions t
     LEFT JOIN accounts a ON a.id = t.account_id
     LEFT JOIN categories c ON c.id = t.category_id
WHERE t.user_id = $1 AND t.deleted_at IS NULL`

func (s *Snapshot) exportTransactions(ctx context.Context, e *Export, accountID *uuid.UUID, limit int) error {
	user := e.Workspace.UserID
	if accountID == nil {
		return s.list(ctx, &e.Transactions, sqlExportTransactions+sqlNewestFirst+`LIMIT $2`, user.String(), limit)
	}
	account, err := s.Account(ctx, user, *accountID)
	if errors.Is(err, ErrNotFound) {
		return ErrAccountNotFound
	}
	if err != nil {
		return err
	}
	e.Account = &account
	return s.list(ctx, &e.Transactions, sqlExportTransactions+` AND t.account_id = $3`+sqlNewestFirst+`LIMIT $2`, user.String(), limit, account.ID.String())
}
