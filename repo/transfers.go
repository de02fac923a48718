package repo

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// Legs returns the live transactions of one of the user's transfers between
// accounts: two.
func (r reads) Legs(ctx context.Context, userID, transferID uuid.UUID) (legs []Transaction, err error) {
	err = r.list(ctx, &legs, sqlSelectTransaction+` WHERE transfer_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY type, id`, transferID.String(), userID.String())
	return legs, err
}

// CategoryOfAnybody returns a live category, whosever it is, or ErrNotFound: the
// documents tell a category that is another user's from one that is not.
// Nothing but its owner and its type may be looked at.
func (r reads) CategoryOfAnybody(ctx context.Context, id uuid.UUID) (c Category, err error) {
	err = r.get(ctx, &c, sqlCategoryColumns+` FROM categories WHERE id = $1 AND deleted_at IS NULL`, id.String())
	return c, err
}

// TransferCategory returns the id of the category that transfers are filed
// under, and makes it where there is none. The workspace has to be locked.
func (t *Tx) TransferCategory(ctx context.Context, w Workspace) (id uuid.UUID, err error) {
	err = t.get(ctx, &id, `
SELECT id FROM categories WHERE user_id = $1 AND name = 'Transferencia' AND type = 'EXPENSE' AND deleted_at IS NULL
ORDER BY created_at, id LIMIT 1`, w.UserID.String())
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	id = uuid.New()
	_, err = t.exec(ctx, `
INSERT INTO categories (id, user_id, name, type, is_fixed, color, icon, created_at, updated_at)
VALUES ($1, $2, 'Transferencia', 'EXPENSE', FALSE, '#64748B', 'ArrowRightLeft', $3, $3)`, id.String(), w.UserID.String(), t.now)
	return id, err
}
