package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// ErrAccountNotFound is the error of an account that is not the user's.
var ErrAccountNotFound = errors.New("account not found")

// Export is what a user takes along: the newest transactions, and what all of
// them come to.
type Export struct {
	Workspace    Workspace
	Account      *ExportAccount // nil: of all accounts
	Transactions []ExportTransaction
	Totals       []ExportTotal
}

// ExportAccount is the one account that an export is of.
type ExportAccount struct {
	Name     string `db:"name"`
	Currency string `db:"currency"`
}

// ExportTransaction is a transaction with the names of what it belongs to.
type ExportTransaction struct {
	Date        time.Time `db:"date"`
	Type        string    `db:"type"`
	Amount      int64     `db:"amount"`
	Currency    string    `db:"currency"`
	Description *string   `db:"description"`
	Account     *string   `db:"account_name"`  // nil: the account is gone
	Category    *string   `db:"category_name"` // nil: none
}

// ExportTotal is what all transactions of one kind come to.
type ExportTotal struct {
	Category   *string `db:"category_name"` // of the top level; nil: none
	Color      *string `db:"color"`         // the category's
	Type       string  `db:"type"`
	IsTransfer bool    `db:"is_transfer"`
	Currency   string  `db:"currency"`
	Amount     int64   `db:"amount"`
	Entries    int64   `db:"entries"`
}

// Export returns the user's newest live transactions, at most limit of them,
// and the totals of all. With an account it is of that one alone. Its error is
// ErrAccountNotFound, or ErrNotFound for the user.
func (r *Repo) Export(ctx context.Context, userID uuid.UUID, accountID *uuid.UUID, limit int) (e Export, err error) {
	err = r.InSnapshot(ctx, func(s *Snapshot) (err error) {
		e = Export{}
		if e.Workspace, err = s.Workspace(ctx, userID); err != nil {
			return err
		}
		if accountID == nil {
			return s.exportAll(ctx, &e, limit)
		}
		return s.exportAccount(ctx, &e, *accountID, limit)
	})
	return e, err
}

const (
	sqlExportTransactions = `
SELECT t.date, t.type, t.amount, t.currency, t.description, a.name AS account_name, c.name AS category_name
FROM transactions t
     LEFT JOIN accounts a ON a.id = t.account_id
     LEFT JOIN categories c ON c.id = t.category_id
WHERE t.user_id = $1 AND t.deleted_at IS NULL`
	sqlNewestFirst = ` ORDER BY t.date DESC, t.id DESC LIMIT $2`

	sqlExportTotals = `
SELECT COALESCE(root.name, c.name) AS category_name, CASE WHEN root.id IS NULL THEN c.color ELSE root.color END AS color,
       p.type, p.is_transfer, p.currency, CAST(SUM(p.amount) AS BIGINT) AS amount, CAST(SUM(p.entries) AS BIGINT) AS entries
FROM period_totals p
     LEFT JOIN categories c ON c.id = p.category_id
     LEFT JOIN categories root ON root.id = c.parent_id
WHERE p.user_id = $1 AND p.period = ''`
	sqlByRoot = `
GROUP BY COALESCE(root.id, c.id), COALESCE(root.name, c.name), CASE WHEN root.id IS NULL THEN c.color ELSE root.color END,
         p.type, p.is_transfer, p.currency
HAVING SUM(p.entries) > 0`
)

func (s *Snapshot) exportAll(ctx context.Context, e *Export, limit int) error {
	user := e.Workspace.UserID.String()
	if err := s.list(ctx, &e.Transactions, sqlExportTransactions+sqlNewestFirst, user, limit); err != nil {
		return err
	}
	return s.list(ctx, &e.Totals, sqlExportTotals+sqlByRoot, user)
}

func (s *Snapshot) exportAccount(ctx context.Context, e *Export, accountID uuid.UUID, limit int) error {
	user, account := e.Workspace.UserID.String(), accountID.String()
	e.Account = &ExportAccount{}
	err := s.get(ctx, e.Account, `SELECT name, currency FROM accounts WHERE id = $1 AND user_id = $2`, account, user)
	if errors.Is(err, ErrNotFound) {
		return ErrAccountNotFound
	}
	if err != nil {
		return err
	}
	err = s.list(ctx, &e.Transactions, sqlExportTransactions+` AND t.account_id = $3`+sqlNewestFirst, user, limit, account)
	if err != nil {
		return err
	}
	return s.list(ctx, &e.Totals, sqlExportTotals+` AND p.account_id = $2`+sqlByRoot, user, account)
}
