package site

import (
	"net/url"
	"strconv"

	"example.com/alta/gen"
)

// readCategory reads the category that the path names.
func (v moneyVisit) readCategory() (it item, ok bool) {
	w, ok := v.readCategorized()
	if !ok {
		return it, false
	}
	listed := w.findCategory(v.r.PathValue("id"))
	if listed == nil {
		v.showGone()
		return it, false
	}
	t, id := &v.text.App, listed.ID.String()
	var c gen.CategoryDetail
	tag, ok := v.getTagged(itemPath(apiCategories, id), &c)
	if !ok {
		return it, false
	}
	action := itemPath(pathCategories, id)
	p := v.makeCategoryForm(w, id, action, t.Save)
	p.Back, p.Heading = link{pathCategories, t.Categories}, c.Name
	p.Confirm = newConfirmation(action, t.DeleteCategory, t.DeleteCategorySays, t.DeleteButton)
	for _, b := range w.tree {
		if b.Category.ID == c.ID && len(b.Children) > 0 {
			p.Confirm.Says += " " + t.warnOfChildren(len(b.Children))
		}
	}
	p.Form.set(url.Values{
		"name": {c.Name}, "type": {string(c.Type)}, "parentId": {idOf(c.ParentID)},
		"isFixed": {strconv.FormatBool(c.IsFixed)},
	})
	return item{
		page:     p,
		api:      itemPath(apiCategories, id),
		tag:      tag,
		pristine: c.CreatedAt == c.UpdatedAt,
		saved:    donePath(pathCategories, url.Values{}, doneSaved),
		deleted:  categoryDeletedTo,
	}, true
}

// categoryDeletedTo returns the path of the list, with how many subcategories
// were deleted with the category.
func categoryDeletedTo(a answer) string {
	var deleted gen.DeletedCategory
	a.decode(&deleted)
	query := url.Values{}
	if deleted.ChildrenDeleted > 0 {
		query.Set(fieldChildren, strconv.Itoa(deleted.ChildrenDeleted))
	}
	return donePath(pathCategories, query, "category-deleted")
}
