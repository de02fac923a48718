package site

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"example.com/alta/gen"
)

var categoriesPage = parse("app_categories.html", "app_parts.html")

// fieldChildren says how many subcategories were deleted along with a category.
const fieldChildren = "children"

// branch is a category with those below it.
type branch struct {
	Category gen.Category
	Children []gen.Category
}

// tree returns the categories in two levels, each by name, as the API orders
// them.
func (w *workspace) tree() []branch {
	var tree []branch
	at := map[string]int{} // in the tree, by id
	for _, c := range w.categories {
		if w.category(idOf(c.ParentID)) == nil {
			at[c.ID.String()] = len(tree)
			tree = append(tree, branch{Category: c})
		}
	}
	for _, c := range w.categories {
		if i, isChild := at[idOf(c.ParentID)]; isChild {
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

// categoriesMain is what the list of categories shows, with the form of a new
// one; or where there is none, with a button that makes the first ones.
type categoriesMain struct {
	Tabs     tabs
	Said     string // what was deleted along; empty: nothing
	Branches []categoryBranch
	Seed     string // key of the button
	New      appForm
}

// categoryBranch is a branch as the page shows it.
type categoryBranch struct {
	Path, Name, Type string
	Children         []link
}

func (v *visit) showCategoriesWith(w *workspace, p appForm) {
	status, title := v.settle(&p, v.text.App.Categories)
	main := categoriesMain{Tabs: v.appTabs(), New: p, Seed: uuid.NewString()}
	if n, err := strconv.Atoi(v.r.URL.Query().Get(fieldChildren)); err == nil && n > 0 {
		main.Said = v.text.App.deletedAlong(n)
	}
	for _, b := range w.tree() {
		shown := categoryBranch{
			Path: itemPath(pathCategories, b.Category.ID.String()), Name: b.Category.Name,
			Type: v.text.App.CategoryTypes[string(b.Category.Type)],
		}
		for _, c := range b.Children {
			shown.Children = append(shown.Children, link{itemPath(pathCategories, c.ID.String()), c.Name})
		}
		main.Branches = append(main.Branches, shown)
	}
	v.show(status, categoriesPage, page{Title: title, Wide: true, Main: main})
}

// categoryForm is the form of a category; id is its own, or "" for a new one.
func (v *visit) categoryForm(w *workspace, id, action, button string) appForm {
	t, op := &v.text.App, v.site.operation("createCategory")
	parents := []option{{Says: t.NoParent}}
	for _, b := range w.tree() {
		if parent := b.Category.ID.String(); parent != id {
			parents = append(parents, option{Value: parent, Says: b.Category.Name})
		}
	}
	return appForm{op: op, Form: newForm(op, action, button,
		field{Name: "name", Type: "text", Label: t.Name},
		field{Name: "type", Type: "choice", Label: t.CategoryOf, Value: string(gen.CategoryTypeEXPENSE), Options: optionsOf(t.CategoryTypes, enumOf(op, "type")...)},
		field{Name: "parentId", Type: "select", Label: t.Parent, Options: parents},
		field{Name: "isFixed", Type: "choice", Label: t.Fixed, Value: "false", Options: []option{
			{Value: "true", Says: v.text.Frame.Yes}, {Value: "false", Says: v.text.Frame.No},
		}},
	)}
}

func (v *visit) newCategory(w *workspace) appForm {
	return v.categoryForm(w, "", pathCategories, v.text.App.CreateCategory)
}

func showCategories(v *visit) {
	if w, ok := v.workspace(); ok {
		v.showCategoriesWith(w, v.newCategory(w))
	}
}

// readCategory returns what the form says, by the names of the API.
func (v *visit) readCategory(f *form) (body map[string]any, ok bool) {
	body, ok = v.read(f)
	body["isFixed"] = f.field("isFixed").Value == "true"
	return body, ok
}

// sendNewCategory makes a category, or the first ones.
func sendNewCategory(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	w, ok := v.workspace()
	if !ok {
		return
	}
	p := v.newCategory(w)
	if values.Has(fieldSeed) {
		v.makeCategories(w, p, apiSeed, nil, "categories-created")
		return
	}
	p.Form.set(values)
	body, ok := v.readCategory(p.Form)
	if !ok {
		v.showCategoriesWith(w, p)
		return
	}
	v.makeCategories(w, p, apiCategories, body, "category-created")
}

func (v *visit) makeCategories(w *workspace, p appForm, target string, body any, code string) {
	a := v.send(http.MethodPost, target, body, v.idempotency())
	if a.ok() {
		v.done(pathCategories, code)
	} else if v.refused(a, &p) {
		v.showCategoriesWith(w, p)
	}
}
