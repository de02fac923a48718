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
	category, err := categoryOf(ctx, o.repo, stage.From(ctx).Principal.UserID, r.ID)
	if err != nil {
		return nil, err
	}
	body, err := categoryDetail(ctx, o.repo, category)
	if err != nil {
		return nil, err
	}
	response := gen.GetCategory200JSONResponse{Body: body}
	response.Headers.ETag, err = o.calls.ETag(body)
	return response, err
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
			response.Headers.ETag, err = o.categoryTag(ctx, tx, category)
			return response, err
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
			category, err := o.matchingCategory(ctx, tx, w, r.ID, r.Params.IfMatch)
			if err != nil {
				return response, err
			}
			old := category
			category.Name = valueOr(r.Body.Name, category.Name)
			category.Type = string(valueOr(r.Body.Type, gen.CategoryType(category.Type)))
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
			response.Headers.ETag, err = o.categoryTag(ctx, tx, category)
			return response, err
		})
}

// DeleteCategory deletes a category with its children, and keeps their transactions.
func (o *financeOperations) DeleteCategory(ctx context.Context, r gen.DeleteCategoryRequestObject) (gen.DeleteCategoryResponseObject, error) {
	return inWorkspace(ctx, o, gen.DeleteCategory200JSONResponse.VisitDeleteCategoryResponse,
		func(tx *repo.Tx, w repo.Workspace) (response gen.DeleteCategory200JSONResponse, err error) {
			if _, err := o.matchingCategory(ctx, tx, w, r.ID, r.Params.IfMatch); err != nil {
				return response, err
			}
			children, err := tx.DeleteCategory(ctx, w, r.ID)
			if err != nil {
				return response, err
			}
			response.Body = gen.DeletedCategory{Message: "Category deleted successfully", ChildrenDeleted: children}
			return response, nil
		})
}
