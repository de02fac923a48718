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

// categoryOf returns one of the user's categories, or problem.ErrCategoryNotFound.
func categoryOf(ctx context.Context, from categoryReader, userID, id uuid.UUID) (repo.Category, error) {
	category, err := from.Category(ctx, userID, id)
	return category, problem.IfNotFound(err, problem.ErrCategoryNotFound)
}

// categoryDetail returns the body that GetCategory has for the category.
func categoryDetail(ctx context.Context, from categoryReader, category repo.Category) (body gen.CategoryDetail, err error) {
	children, err := from.CategoryChildren(ctx, category.UserID, category.ID)
	if err != nil {
		return body, err
	}
	var parent *repo.Category
	if category.ParentID != nil {
		found, err := categoryOf(ctx, from, category.UserID, *category.ParentID)
		if err != nil {
			return body, err // it was deleted during the call, with its children
		}
		parent = &found
	}
	return wireCategoryDetail(category, children, parent), nil
}

// matchingCategory is categoryOf for a change under the condition ifMatch. Without one
// it reads nothing else.
func (o *financeOperations) matchingCategory(
	ctx context.Context, tx *repo.Tx, w repo.Workspace, id uuid.UUID, ifMatch *string,
) (repo.Category, error) {
	category, err := categoryOf(ctx, tx, w.UserID, id)
	if err != nil || ifMatch == nil {
		return category, err
	}
	body, err := categoryDetail(ctx, tx, category)
	if err == nil {
		err = o.calls.CheckMatch(ifMatch, body)
	}
	return category, err
}

// categoryTag returns the entity tag of a stored category.
func (o *financeOperations) categoryTag(ctx context.Context, tx *repo.Tx, category repo.Category) (string, error) {
	body, err := categoryDetail(ctx, tx, category)
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
