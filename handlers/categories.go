package handlers

import (
	"context"
	"strings"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListCategories answers one page of the caller's categories, sorted by name.
func (o *financeOperations) ListCategories(ctx context.Context, r gen.ListCategoriesRequestObject) (gen.ListCategoriesResponseObject, error) {
	page := pageOf(r.Params.Page, r.Params.Limit)
	kind := ""
	if t := r.Params.Type; t != nil && *t != gen.ListCategoriesParamsTypeBoth {
		kind = strings.ToUpper(string(*t))
	}
	list, total, err := o.repo.Categories(ctx, stage.From(ctx).Principal.UserID, kind, page.toRepo())
	if err != nil {
		return nil, err
	}
	body := gen.CategoryPage{Data: wireCategories(list), Meta: page.wireMeta(total)}
	return gen.ListCategories200JSONResponse{Body: body}, nil
}

// GetCategory answers a category with its parent and its children.
func (o *financeOperations) GetCategory(ctx context.Context, r gen.GetCategoryRequestObject) (gen.GetCategoryResponseObject, error) {
	user := stage.From(ctx).Principal.UserID
	category, err := o.repo.Category(ctx, user, r.ID)
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrCategoryNotFound)
	}
	children, err := o.repo.CategoryChildren(ctx, user, r.ID)
	if err != nil {
		return nil, err
	}
	var parent *repo.Category
	if category.ParentID != nil {
		found, err := o.repo.Category(ctx, user, *category.ParentID)
		if err != nil {
			return nil, problem.IfNotFound(err, problem.ErrCategoryNotFound) // it was deleted during the call, with its children
		}
		parent = &found
	}
	return gen.GetCategory200JSONResponse{Body: wireCategoryDetail(category, children, parent)}, nil
}

// CreateCategory adds a category.
func (o *financeOperations) CreateCategory(ctx context.Context, r gen.CreateCategoryRequestObject) (gen.CreateCategoryResponseObject, error) {
	return inWorkspace(ctx, o, gen.CreateCategory201JSONResponse.VisitCreateCategoryResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.CreateCategory201JSONResponse, err error) {
			category := repo.Category{
				UserID: w.UserID, Name: r.Body.Name, Type: string(r.Body.Type), IsFixed: *valueOrNil(r.Body.IsFixed), // the contract has a default
				Color: valueOrNil(r.Body.Color), Icon: valueOrNil(r.Body.Icon), ParentID: valueOrNil(r.Body.ParentID),
			}
			if err := checkParent(ctx, tx, category, problem.ErrParentNotFound); err != nil {
				return response, err
			}
			if err := tx.AddCategory(ctx, w, &category); err != nil {
				return response, nameTaken(err, category)
			}
			response.Body = wireCategory(category)
			return response, nil
		})
}

// SeedCategories adds the default categories for a caller without categories, with
// names in the caller's language.
func (o *financeOperations) SeedCategories(ctx context.Context, _ gen.SeedCategoriesRequestObject) (gen.SeedCategoriesResponseObject, error) {
	return inWorkspace(ctx, o, gen.SeedCategories201JSONResponse.VisitSeedCategoriesResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.SeedCategories201JSONResponse, err error) {
			_, live, err := tx.Categories(ctx, w.UserID, "", repo.Page{})
			if err != nil {
				return response, err
			}
			if live > 0 {
				return response, problem.ErrSeeded
			}
			seeded, err := tx.SeedCategories(ctx, w.UserID, w.Language)
			if err != nil {
				return response, err
			}
			response.Body = wireCategories(seeded)
			return response, nil
		})
}

// UpdateCategory changes one of the caller's categories.
func (o *financeOperations) UpdateCategory(ctx context.Context, r gen.UpdateCategoryRequestObject) (gen.UpdateCategoryResponseObject, error) {
	return inWorkspace(ctx, o, gen.UpdateCategory200JSONResponse.VisitUpdateCategoryResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.UpdateCategory200JSONResponse, err error) {
			category, err := tx.Category(ctx, w.UserID, r.ID)
			if err != nil {
				return response, problem.IfNotFound(err, problem.ErrCategoryNotFound)
			}
			old := category
			category.Name = valueOr(r.Body.Name, category.Name)
			category.Type = string(valueOr(r.Body.Type, gen.CategoryUpdateType(category.Type)))
			category.IsFixed = valueOr(r.Body.IsFixed, category.IsFixed)
			category.Color, category.Icon = patchPtr(r.Body.Color, category.Color), patchPtr(r.Body.Icon, category.Icon)
			category.ParentID = patchPtr(r.Body.ParentID, category.ParentID)
			if err := checkCategoryUpdate(ctx, tx, old, category); err != nil {
				return response, err
			}
			if err := tx.UpdateCategory(ctx, w, &category); err != nil {
				return response, nameTaken(err, category)
			}
			response.Body = wireCategory(category)
			return response, nil
		})
}

// DeleteCategory deletes a category with its children, and keeps their transactions.
func (o *financeOperations) DeleteCategory(ctx context.Context, r gen.DeleteCategoryRequestObject) (gen.DeleteCategoryResponseObject, error) {
	return inWorkspace(ctx, o, gen.DeleteCategory200JSONResponse.VisitDeleteCategoryResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DeleteCategory200JSONResponse, err error) {
			if _, err := tx.Category(ctx, w.UserID, r.ID); err != nil {
				return response, problem.IfNotFound(err, problem.ErrCategoryNotFound)
			}
			children, err := tx.DeleteCategory(ctx, w, r.ID)
			if err != nil {
				return response, err
			}
			response.Body = gen.DeletedCategory{Message: "Category deleted successfully", ChildrenDeleted: children}
			return response, nil
		})
}

func wireCategories(list []repo.Category) []gen.Category {
	return mapAll(list, wireCategory)
}

func wireCategoryDetail(c repo.Category, children []repo.Category, parent *repo.Category) gen.CategoryDetail {
	w := wireCategory(c)
	detail := gen.CategoryDetail{
		ID: w.ID, UserID: w.UserID, Name: w.Name, Type: gen.CategoryDetailType(w.Type), IsFixed: w.IsFixed, Color: w.Color, Icon: w.Icon,
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
