package repo

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// Legs returns the two live transactions of one of the user's transfers between
// accounts.
func (r reads) Legs(ctx context.Context, userID, transferID uuid.UUID) (legs []Transaction, err error) {
	err = r.list(ctx, &legs, sqlSelectTransaction+` WHERE transfer_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY type, id`, transferID.String(), userID.String())
	return legs, err
}

// CategoryOfAnybody returns a live category of any user, or ErrNotFound: the
// app door answers differently for another user's category. Callers may look at
// its owner and its type only.
func (r reads) CategoryOfAnybody(ctx context.Context, id uuid.UUID) (c Category, err error) {
	err = r.get(ctx, &c, sqlCategoryColumns+` FROM categories WHERE id = $1 AND deleted_at IS NULL`, id.String())
	return c, err
}

// TransferCategory returns the id of the category for transfers, and creates
// the category in the user's language if there is none in any. The workspace must
// be locked. Its errors are ErrTooManyCategories and ErrTooManyDeletedCategories.
func (t financeWrites) TransferCategory(ctx context.Context, w Workspace) (id uuid.UUID, err error) {
	name := transferCategoryName.in(w.Language)
	err = t.get(ctx, &id, `
SELECT id FROM categories WHERE user_id = $1 AND name IN ($2, $3, $4) AND type = 'EXPENSE' AND deleted_at IS NULL
ORDER BY CASE WHEN name = $2 THEN 0 ELSE 1 END, created_at, id LIMIT 1`,
		w.UserID.String(), name, transferCategoryName.spanish, transferCategoryName.english)
	if !errors.Is(err, ErrNotFound) {
		return id, err
	}
	if err := t.checkCategoryRoom(ctx, w.UserID, 1); err != nil {
		return id, err
	}
	id = uuid.New()
	_, err = t.exec(ctx, `
INSERT INTO categories (id, user_id, name, type, is_fixed, color, icon, created_at, updated_at)
VALUES ($1, $2, $4, 'EXPENSE', FALSE, '#64748B', 'ArrowRightLeft', $3, $3)`, id.String(), w.UserID.String(), t.now, name)
	return id, err
}
