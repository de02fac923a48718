package site

import (
	"net/http"
	"net/url"
	"strconv"

	"example.com/alta/gen"
)

// categoryPage returns the page of the category that the path names.
func (v *visit) categoryPage() (p appForm, ok bool) {
	w, ok := v.workspace()
	if !ok {
		return p, false
	}
	c := w.category(v.r.PathValue("id"))
	if c == nil {
		v.gone()
		return p, false
	}
	t := &v.text.App
	id := c.ID.String()
	action := itemPath(pathCategories, id)
	p = v.categoryForm(w, id, action, t.Save)
	p.Back, p.Heading = link{pathCategories, t.Categories}, c.Name
	p.Confirm = newConfirmation(action, t.DeleteCategory, t.DeleteCategorySays, t.DeleteButton)
	for _, b := range w.tree() {
		if b.Category.ID == c.ID && len(b.Children) > 0 {
			p.Confirm.Says += " " + t.alsoDeletes(len(b.Children))
		}
	}
	p.Form.set(url.Values{
		"name": {c.Name}, "type": {string(c.Type)}, "parentId": {idOf(c.ParentID)},
		"isFixed": {strconv.FormatBool(c.IsFixed)},
	})
	return p, true
}

func showCategory(v *visit) {
	if p, ok := v.categoryPage(); ok {
		v.showForm(p)
	}
}

func sendCategory(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	p, ok := v.categoryPage()
	if !ok {
		return
	}
	target := itemPath(apiCategories, v.r.PathValue("id"))
	if values.Has(fieldDelete) {
		v.sendOrRefuse(p, http.MethodDelete, target, nil, v.categoryDeleted)
		return
	}
	before := p.Form.values()
	p.Form.set(values)
	body, ok := v.readCategory(p.Form)
	if !ok {
		v.showForm(p)
		return
	}
	v.sendOrRefuse(p, http.MethodPatch, target, p.Form.changes(before, body), v.back(pathCategories, "saved"))
}

// categoryDeleted leads back to the list, which says what was deleted along.
func (v *visit) categoryDeleted(a answer) {
	var deleted gen.DeletedCategory
	a.decode(&deleted)
	query := url.Values{}
	if deleted.ChildrenDeleted > 0 {
		query.Set(fieldChildren, strconv.Itoa(deleted.ChildrenDeleted))
	}
	v.doneAt(pathCategories, query, "category-deleted")
}
