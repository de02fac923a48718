package repo

import (
	"context"

	"github.com/google/uuid"
)

// DetachAccount removes the account from its transactions, and adds its totals
// to those of transactions without an account. The workspace must be locked.
func (t financeWrites) DetachAccount(ctx context.Context, w Workspace, accountID uuid.UUID) error {
	user, account := w.UserID.String(), accountID.String()
	for _, query := range []string{`
INSERT INTO period_totals (user_id, period, account_id, category_id, type, is_transfer, currency, amount, entries)
SELECT user_id, period, '', category_id, type, is_transfer, currency, amount, entries
FROM period_totals WHERE user_id = $1 AND account_id = $2
ON CONFLICT (user_id, period, account_id, category_id, type, is_transfer, currency) DO UPDATE SET
       amount = period_totals.amount + excluded.amount, entries = period_totals.entries + excluded.entries`,
		`DELETE FROM period_totals WHERE user_id = $1 AND account_id = $2`,
		`UPDATE transactions SET account_id = NULL WHERE user_id = $1 AND account_id = $2`,
	} {
		if _, err := t.exec(ctx, query, user, account); err != nil {
			return err
		}
	}
	return nil
}
