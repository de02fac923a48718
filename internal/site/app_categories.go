package site

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"example.com/alta/gen"
)

var categoriesPage = parse("app_categories.html", "app_parts.html")

// fieldChildren says how many subcategories were deleted with a category.
const fieldChildren = "children"

// branch is a category with those below it.
type branch struct {
	Category gen.Category
	Children []gen.Category
}

// makeTree returns the categories in two levels, in their order.
func makeTree(categories []gen.Category) []branch {
	listed := make(map[uuid.UUID]bool, len(categories))
	for _, c := range categories {
		listed[c.ID] = true
	}
	var tree []branch
	at := map[uuid.UUID]int{} // in the tree
	for _, c := range categories {
		if c.ParentID == nil || !listed[*c.ParentID] {
			at[c.ID] = len(tree)
			tree = append(tree, branch{Category: c})
		}
	}
	for _, c := range categories {
		if c.ParentID == nil {
			continue
		}
		if i, isChild := at[*c.ParentID]; isChild {
			tree[i].Children = append(tree[i].Children, c)
		}
	}
	return tree
}

// nextPage returns the number of the page after one of the API's, or "".
func nextPage(meta gen.PageMeta) string {
	if !meta.HasNextPage {
		return ""
	}
	return strconv.Itoa(meta.Page + 1)
}

// categoriesMain is the data of the list of categories, with the form of a new
// one. Without categories it has a button that makes the first ones.
type categoriesMain struct {
	Tabs     tabs
	Said     string // which subcategories were deleted with a category; empty: none
	Branches []categoryBranch
	Seed     string // key of the button
	New      appForm
}

// categoryBranch is a branch as the page shows it.
type categoryBranch struct {
	Path, Name, Type string
	Children         []link
}

func (v moneyVisit) showCategoryList(w *workspace, p appForm) {
	status, title := p.check(v.text, v.text.App.Categories)
	main := categoriesMain{Tabs: v.makeMoneyTabs(), New: p, Branches: w.listCategories(), Seed: uuid.NewString()}
	if n, ok := v.queryNumber(fieldChildren); ok && n > 0 {
		main.Said = v.text.App.tellOfChildren(n)
	}
	v.showPage(status, categoriesPage, page{Title: title, Wide: true, Main: main})
}

// listCategories returns the categories as the list shows them.
func (w *workspace) listCategories() []categoryBranch {
	var branches []categoryBranch
	for _, b := range w.tree {
		shown := categoryBranch{
			Path: itemPath(pathCategories, b.Category.ID.String()),
			Name: b.Category.Name,
			Type: w.text.App.CategoryTypes[string(b.Category.Type)],
		}
		for _, c := range b.Children {
			shown.Children = append(shown.Children, link{itemPath(pathCategories, c.ID.String()), c.Name})
		}
		branches = append(branches, shown)
	}
	return branches
}

// makeCategoryForm returns a page with the form of a category. id is its own, or
// "" for a new one.
func (v moneyVisit) makeCategoryForm(w *workspace, id, action, button string) appForm {
	t, op := &v.text.App, v.operation("createCategory")
	parents := []option{{Says: t.NoParent}}
	for _, b := range w.tree {
		if parent := b.Category.ID.String(); parent != id {
			parents = append(parents, option{Value: parent, Says: b.Category.Name})
		}
	}
	return appForm{op: op, currency: always(w.me.Currency), Form: newForm(op, action, button,
		field{Name: "name", Type: "text", Label: t.Name},
		field{Name: "type", Type: "choice", Label: t.CategoryOf, Value: string(gen.CategoryTypeEXPENSE), Options: optionsOf(t.CategoryTypes, enumOf(op, "type")...)},
		field{Name: "parentId", Type: "select", Label: t.Parent, Options: parents},
		field{Name: "isFixed", Type: "choice", Label: t.Fixed, Value: "false", Options: []option{
			{Value: "true", Says: v.text.Frame.Yes}, {Value: "false", Says: v.text.Frame.No},
		}},
	)}
}

// readNewCategory reads the list of categories, and makes the form of a new one.
func (v moneyVisit) readNewCategory() (category newItem, ok bool) {
	w, ok := v.readCategorized()
	if !ok {
		return category, false
	}
	return newItem{
		page: v.makeCategoryForm(w, "", pathCategories, v.text.App.CreateCategory),
		show: func(p appForm) { v.showCategoryList(w, p) },
		api:  apiCategories,
		next: donePath(pathCategories, url.Values{}, "category-created"),
	}, true
}

func (v moneyVisit) showCategories() { v.showNew(moneyVisit.readNewCategory) }

// sendNewCategory makes a category, or the first ones.
func (v moneyVisit) sendNewCategory() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	if !values.Has(fieldSeed) {
		v.createItem(moneyVisit.readNewCategory)
		return
	}
	if first, ok := v.readNewCategory(); ok {
		a := v.call(http.MethodPost, apiSeed, nil, v.idempotencyKey())
		v.finish(a, first.page, first.show, donePath(pathCategories, url.Values{}, "categories-created"))
	}
}
