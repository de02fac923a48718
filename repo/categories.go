package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Category is a row of categories.
type Category struct {
	ID        uuid.UUID  `db:"id"`
	UserID    uuid.UUID  `db:"user_id"`
	Name      string     `db:"name"`
	Type      string     `db:"type"`
	IsFixed   bool       `db:"is_fixed"`
	Color     *string    `db:"color"`
	Icon      *string    `db:"icon"`
	ParentID  *uuid.UUID `db:"parent_id"`
	CreatedAt time.Time  `db:"created_at"`
	UpdatedAt time.Time  `db:"updated_at"`
	DeletedAt *time.Time `db:"deleted_at"`
}

// Page is a part of a list: Limit rows after the first Offset.
type Page struct{ Offset, Limit int }

const sqlLiveCategories = ` FROM categories WHERE user_id = $1 AND deleted_at IS NULL AND ($2 = '' OR type = $2)`

// Categories returns one page of the user's live categories by name, and how
// many there are in all. kind is INCOME, EXPENSE, BOTH or, for all of them,
// empty.
func (r reads) Categories(ctx context.Context, userID uuid.UUID, kind string, page Page) (list []Category, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*)`+sqlLiveCategories, userID.String(), kind); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &list, `
SELECT id, user_id, name, type, is_fixed, color, icon, parent_id, created_at, updated_at, deleted_at`+
		sqlLiveCategories+` ORDER BY name`+r.engine.bytewise()+`, id LIMIT $3 OFFSET $4`,
		userID.String(), kind, page.Limit, page.Offset)
	return list, total, err
}
