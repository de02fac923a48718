package repo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ErrCategoryExists is the error for a second live category of the same name,
// type and parent.
var ErrCategoryExists = errors.New("there is such a category")

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

// CategoriesEver returns all of the user's categories by name. Deleted ones are
// included, because spending in them still counts.
func (r reads) CategoriesEver(ctx context.Context, userID uuid.UUID) (list []Category, err error) {
	err = r.list(ctx, &list, sqlCategoriesEver+r.engine.byCodePoint()+`, id`, userID.String())
	return list, err
}

// Page selects part of a list: Limit rows after the first Offset.
type Page struct{ Offset, Limit int }

// sqlPage ends the text of a paged list, which is a format; its numbers are the
// placeholders of a Page's values. Without the addition SQLite would plan the
// statement anew on every run, because the limit is a lone placeholder. That
// takes longer than reading a short list.
const sqlPage = `LIMIT ($%d + 0) OFFSET $%d`

const (
	sqlCategoryColumns = `
SELECT id, user_id, name, type, is_fixed, color, icon, parent_id, created_at, updated_at, deleted_at`

	// sqlCategoriesOf is a condition for the user's categories, deleted ones included. Live and
	// deleted rows have separate indexes.
	sqlCategoriesOf = `(user_id = $1 AND deleted_at IS NULL OR user_id = $1 AND deleted_at IS NOT NULL)`

	sqlCategoriesEver = sqlCategoryColumns + ` FROM categories WHERE ` + sqlCategoriesOf + ` ORDER BY name`

	sqlLiveCategories = ` FROM categories WHERE user_id = $1 AND deleted_at IS NULL AND ($2 = '' OR type = $2)`
)

// Categories returns one page of the user's live categories by name, and how
// many there are in total. kind is INCOME, EXPENSE or BOTH, or empty for all.
func (r reads) Categories(ctx context.Context, userID uuid.UUID, kind string, page Page) (list []Category, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*)`+sqlLiveCategories, userID.String(), kind); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &list, sqlCategoryColumns+sqlLiveCategories+` ORDER BY name`+r.engine.byCodePoint()+`, id `+fmt.Sprintf(sqlPage, 3, 4),
		userID.String(), kind, page.Limit, page.Offset)
	return list, total, err
}

// Category returns one of the user's live categories, or ErrNotFound.
func (r reads) Category(ctx context.Context, userID, id uuid.UUID) (c Category, err error) {
	err = r.get(ctx, &c, sqlCategoryColumns+` FROM categories WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`,
		id.String(), userID.String())
	return c, err
}

// CategoryChildren returns the live subcategories of one of the user's
// categories, by name.
func (r reads) CategoryChildren(ctx context.Context, userID, id uuid.UUID) (list []Category, err error) {
	err = r.list(ctx, &list, sqlCategoryColumns+` FROM categories WHERE parent_id = $1 AND user_id = $2 AND deleted_at IS NULL
ORDER BY name`+r.engine.byCodePoint()+`, id`, id.String(), userID.String())
	return list, err
}

// CategoryHasHistory reports whether the category has live transactions of
// another type than kind. Legs of transfers do not count: their type is their
// direction, whatever the category.
func (r reads) CategoryHasHistory(ctx context.Context, userID, id uuid.UUID, kind string) (has bool, err error) {
	err = r.get(ctx, &has, `
SELECT EXISTS (SELECT 1 FROM period_totals WHERE user_id = $1 AND category_id = $2 AND type <> $3 AND NOT is_transfer AND entries > 0)`,
		userID.String(), id.String(), kind)
	return has, err
}

// AddCategory adds a category to the workspace and sets c's id, user and times.
// The workspace must be locked. Its errors are ErrCategoryExists if a live
// category has the same name, type and parent, ErrTooManyCategories and
// ErrTooManyDeletedCategories.
func (t financeWrites) AddCategory(ctx context.Context, w Workspace, c *Category) error {
	c.ID, c.UserID, c.CreatedAt, c.UpdatedAt, c.DeletedAt = uuid.New(), w.UserID, t.now, t.now, nil
	if err := t.checkName(ctx, *c); err != nil {
		return err
	}
	if err := t.checkCategoryRoom(ctx, w.UserID, 1); err != nil {
		return err
	}
	return t.insertCategories(ctx, []Category{*c})
}

// UpdateCategory stores the fields that the owner may change. The workspace
// must be locked, and c read after that. Its error is ErrCategoryExists.
func (t financeWrites) UpdateCategory(ctx context.Context, w Workspace, c *Category) error {
	if err := t.checkName(ctx, *c); err != nil {
		return err
	}
	c.UpdatedAt = t.now
	_, err := t.exec(ctx, `
UPDATE categories SET name = $3, type = $4, is_fixed = $5, color = $6, icon = $7, parent_id = $8, updated_at = $9
WHERE id = $1 AND user_id = $2`,
		c.ID.String(), w.UserID.String(), c.Name, c.Type, c.IsFixed, c.Color, c.Icon, idOrNull(c.ParentID), t.now)
	return err
}

// checkName returns ErrCategoryExists if another live category of the user has
// the same name, type and parent. Writers of categories lock the workspace, so
// no other writer can come in between.
func (t financeWrites) checkName(ctx context.Context, c Category) error {
	var taken bool
	err := t.get(ctx, &taken, `
SELECT EXISTS (SELECT 1 FROM categories
WHERE user_id = $1 AND name = $2 AND type = $3 AND COALESCE(parent_id, '') = $4 AND deleted_at IS NULL AND id <> $5)`,
		c.UserID.String(), c.Name, c.Type, idOrEmpty(c.ParentID), c.ID.String())
	if err == nil && taken {
		err = ErrCategoryExists
	}
	return err
}

// DeleteCategory soft-deletes the category and its children, and returns the
// number of children. The workspace must be locked.
func (t financeWrites) DeleteCategory(ctx context.Context, w Workspace, id uuid.UUID) (children int, err error) {
	n, err := t.exec(ctx, `
UPDATE categories SET deleted_at = $3, updated_at = $3
WHERE user_id = $2 AND deleted_at IS NULL AND (id = $1 OR parent_id = $1)`, id.String(), w.UserID.String(), t.now)
	return int(n) - 1, err
}
