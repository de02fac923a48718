package repo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ErrCategoryExists is the error of a second live category of one name, type and
// parent.
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

// CategoriesEver returns all of the user's categories by name, the deleted ones
// too: what was spent in them still counts.
func (r reads) CategoriesEver(ctx context.Context, userID uuid.UUID) (list []Category, err error) {
	err = r.list(ctx, &list, sqlCategoriesEver+r.engine.byCodePoint()+`, id`, userID.String())
	return list, err
}

// Page is a part of a list: Limit rows after the first Offset.
type Page struct{ Offset, Limit int }

// sqlPage ends a list whose text is a format, with the numbers of Page's values.
// SQLite plans a statement anew whenever it is run with a limit that is a value
// by itself, which takes longer than a short list.
const sqlPage = `LIMIT ($%d + 0) OFFSET $%d`

const (
	sqlCategoryColumns = `
SELECT id, user_id, name, type, is_fixed, color, icon, parent_id, created_at, updated_at, deleted_at`

	sqlCategoriesEver = sqlCategoryColumns + ` FROM categories WHERE user_id = $1 ORDER BY name`

	sqlLiveCategories = ` FROM categories WHERE user_id = $1 AND deleted_at IS NULL AND ($2 = '' OR type = $2)`
)

// Categories returns one page of the user's live categories by name, and how
// many there are in all. kind is INCOME, EXPENSE, BOTH or, for all of them,
// empty.
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

// CategoryHasHistory reports whether live transactions of another type than
// kind are filed under the category. Legs of transfers have the type of their
// direction, whatever their category, and do not count.
func (r reads) CategoryHasHistory(ctx context.Context, userID, id uuid.UUID, kind string) (has bool, err error) {
	err = r.get(ctx, &has, `
SELECT EXISTS (SELECT 1 FROM period_totals WHERE user_id = $1 AND category_id = $2 AND type <> $3 AND NOT is_transfer AND entries > 0)`,
		userID.String(), id.String(), kind)
	return has, err
}

// AddCategory adds a category. The workspace, which is c's user's, has to be
// locked. c's id and its times are set. Its error is ErrCategoryExists where a
// live one of the same parent has the name and the type.
func (t *Tx) AddCategory(ctx context.Context, w Workspace, c *Category) error {
	c.ID, c.UserID, c.CreatedAt, c.UpdatedAt, c.DeletedAt = uuid.New(), w.UserID, t.now, t.now, nil
	if err := t.checkName(ctx, *c); err != nil {
		return err
	}
	return t.insertCategories(ctx, []Category{*c})
}

// UpdateCategory writes what a category's owner says of it. The workspace has to
// be locked, and c read since. Its error is ErrCategoryExists.
func (t *Tx) UpdateCategory(ctx context.Context, w Workspace, c *Category) error {
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

// checkName reports ErrCategoryExists where another live category of the user
// has the name, the type and the parent. Who adds or changes categories has
// locked the workspace, so none can come in between.
func (t *Tx) checkName(ctx context.Context, c Category) error {
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

// DeleteCategory deletes the category and its children softly, and returns how
// many children those were. The workspace has to be locked.
func (t *Tx) DeleteCategory(ctx context.Context, w Workspace, id uuid.UUID) (children int, err error) {
	n, err := t.exec(ctx, `
UPDATE categories SET deleted_at = $3, updated_at = $3
WHERE user_id = $2 AND deleted_at IS NULL AND (id = $1 OR parent_id = $1)`, id.String(), w.UserID.String(), t.now)
	return int(n) - 1, err
}
