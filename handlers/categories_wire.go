package handlers

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// categoryReader reads categories, in a transaction or outside of one.
type categoryReader interface {
	Category(ctx context.Context, userID, id uuid.UUID) (repo.Category, error)
	CategoryChildren(ctx context.Context, userID, id uuid.UUID) ([]repo.Category, error)
}

// categoryDetail returns one of the user's categories, and the body that GetCategory
// has for it.
func categoryDetail(ctx context.Context, from categoryReader, userID, id uuid.UUID) (category repo.Category, body gen.CategoryDetail, err error) {
	if category, err = from.Category(ctx, userID, id); err != nil {
		return category, body, problem.IfNotFound(err, problem.ErrCategoryNotFound)
	}
	children, err := from.CategoryChildren(ctx, userID, id)
	if err != nil {
		return category, body, err
	}
	var parent *repo.Category
	if category.ParentID != nil {
		found, err := from.Category(ctx, userID, *category.ParentID)
		if err != nil {
			return category, body, problem.IfNotFound(err, problem.ErrCategoryNotFound) // it was deleted during the call, with its children
		}
		parent = &found
	}
	return category, wireCategoryDetail(category, children, parent), nil
}

// matchingCategory returns one of the user's categories, for a change under the
// condition ifMatch.
func (o *financeOperations) matchingCategory(
	ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID, ifMatch *string,
) (repo.Category, error) {
	category, body, err := categoryDetail(ctx, tx, w.UserID, id)
	if err == nil {
		err = o.calls.CheckMatch(ifMatch, body)
	}
	return category, err
}

// categoryTag returns the entity tag of a stored category.
func (o *financeOperations) categoryTag(ctx context.Context, tx *repo.Tx, category repo.Category) (string, error) {
	_, body, err := categoryDetail(ctx, tx, category.UserID, category.ID)
	if err != nil {
		return "", err
	}
	return o.calls.ETag(body)
}

func wireCategories(list []repo.Category) []gen.Category {
	return mapAll(list, wireCategory)
}

func wireCategoryDetail(c repo.Category, children []repo.Category, parent *repo.Category) gen.CategoryDetail {
	w := wireCategory(c)
	detail := gen.CategoryDetail{
		ID: w.ID, UserID: w.UserID, Name: w.Name, Type: gen.CategoryType(w.Type), IsFixed: w.IsFixed, Color: w.Color, Icon: w.Icon,
		ParentID: w.ParentID, CreatedAt: w.CreatedAt, UpdatedAt: w.UpdatedAt, DeletedAt: w.DeletedAt,
		Children: wireCategories(children),
	}
	if parent != nil {
		detail.Parent = new(wireCategory(*parent))
	}
	return detail
}

func wireCategory(c repo.Category) gen.Category {
	return gen.Category{
		ID:        c.ID,
		UserID:    c.UserID,
		Name:      c.Name,
		Type:      gen.CategoryType(c.Type),
		IsFixed:   c.IsFixed,
		Color:     c.Color,
		Icon:      c.Icon,
		ParentID:  c.ParentID,
		CreatedAt: wireTime(c.CreatedAt),
		UpdatedAt: wireTime(c.UpdatedAt),
		DeletedAt: timeOrNull(c.DeletedAt),
	}
}
