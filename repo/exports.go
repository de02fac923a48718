package repo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Export is the data of an export file besides its transactions.
type Export struct {
	User       User
	Workspace  Workspace
	Filter     TransactionFilter
	Account    *Account      // of the filter; nil: all accounts
	Totals     []PeriodTotal // of all months; if the filter has only an account, of all accounts
	Categories []Category    // by name, including deleted ones
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

// Export returns the data of a file of the user's transactions that match the filter.
// Its errors are ErrAccountNotFound, and ErrNotFound for an unknown user.
func (s *Snapshot) Export(ctx context.Context, userID uuid.UUID, filter TransactionFilter) (e Export, err error) {
	e.Filter = filter
	if e.User, err = s.UserByID(ctx, userID); err != nil {
		return e, err
	}
	if e.Workspace, err = s.Workspace(ctx, userID); err != nil {
		return e, err
	}
	if filter.AccountID != nil {
		account, err := s.Account(ctx, userID, *filter.AccountID)
		if err != nil {
			return e, accountError(err)
		}
		e.Account = &account
	}
	if filter.hasOnlyAccount() {
		e.Totals, err = s.PeriodTotals(ctx, userID, AllPeriods)
	} else {
		e.Totals, err = s.totalsOf(ctx, userID, filter)
	}
	if err != nil {
		return e, err
	}
	e.Categories, err = s.CategoriesEver(ctx, userID)
	return e, err
}

func accountError(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrAccountNotFound
	}
	return err
}

const sqlExportTransactions = `
SELECT t.date, t.type, t.amount, t.currency, t.description, a.name AS account_name, c.name AS category_name
FROM transactions t
     LEFT JOIN accounts a ON a.id = t.account_id
     LEFT JOIN categories c ON c.id = t.category_id`

// ExportTransactions calls use for up to limit of the file's live transactions, the
// newest first. It returns the first error of use, or of the database.
func (s *Snapshot) ExportTransactions(ctx context.Context, e Export, limit int, use func(ExportTransaction) error) error {
	const sqlLive = sqlExportTransactions + ` WHERE t.user_id = $1 AND t.deleted_at IS NULL`
	user := e.User.ID.String()
	switch {
	case !e.Filter.hasOnlyAccount():
		where, args, err := s.where(ctx, e.User.ID, e.Filter)
		if err != nil {
			return err
		}
		page := fmt.Sprintf(`LIMIT $%d`, len(args)+1)
		return each(ctx, s, use, sqlExportTransactions+where+sqlNewestFirst+page, append(args, limit)...)
	case e.Account == nil:
		return each(ctx, s, use, sqlLive+sqlNewestFirst+`LIMIT $2`, user, limit)
	}
	return each(ctx, s, use, sqlLive+` AND t.account_id = $3`+sqlNewestFirst+`LIMIT $2`, user, limit, e.Account.ID.String())
}
