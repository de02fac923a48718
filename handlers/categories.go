package handlers

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"alta/gen"
	"alta/repo"
)

// ListCategories answers one page of the caller's categories by name.
func (s *Server) ListCategories(ctx context.Context, r gen.ListCategoriesRequestObject) (gen.ListCategoriesResponseObject, error) {
	page, limit := int(*r.Params.Page), int(*r.Params.Limit) // the contract has defaults for both
	kind := ""
	if t := r.Params.Type; t != nil && *t != gen.ListCategoriesParamsTypeBoth {
		kind = strings.ToUpper(string(*t))
	}
	list, total, err := s.Repo.Categories(ctx, callFrom(ctx).principal.UserID, kind, repo.Page{Offset: (page - 1) * limit, Limit: limit})
	if err != nil {
		return nil, err
	}
	body := gen.CategoryPage{Data: make([]gen.Category, len(list)), Meta: pageMeta(page, limit, total)}
	for i, category := range list {
		body.Data[i] = wireCategory(category)
	}
	return gen.ListCategories200JSONResponse{Body: body}, nil
}

func pageMeta(page, limit, total int) gen.PageMeta {
	pages := (total + limit - 1) / limit
	return gen.PageMeta{
		Page: page, Limit: limit, Total: total, TotalPages: pages,
		HasNextPage: page < pages, HasPreviousPage: page > 1,
	}
}

func wireCategory(c repo.Category) gen.Category {
	parent := nullable.NewNullNullable[uuid.UUID]()
	if c.ParentID != nil {
		parent = nullable.NewNullableWithValue(*c.ParentID)
	}
	return gen.Category{
		ID:        c.ID,
		UserID:    c.UserID,
		Name:      c.Name,
		Type:      gen.CategoryType(c.Type),
		IsFixed:   c.IsFixed,
		Color:     orNull(c.Color),
		Icon:      orNull(c.Icon),
		ParentID:  parent,
		CreatedAt: wireTime(c.CreatedAt),
		UpdatedAt: wireTime(c.UpdatedAt),
		DeletedAt: timeOrNull(c.DeletedAt),
	}
}
