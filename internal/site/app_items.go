package site

import (
	"net/http"
	"net/url"
)

// doneSaved is the code of the toast after a change.
const doneSaved = "saved"

// readNew and readItem read the subject of a page. If they cannot, they show the
// error and ok is false.
type (
	readNew  func(moneyVisit) (made newItem, ok bool)
	readItem func(moneyVisit) (it item, ok bool)
)

// moneySection are the pages about money.
type moneySection struct{ section[moneyVisit] }

// addNew adds a page whose form creates something.
func (s moneySection) addNew(path string, read readNew) {
	s.addMemberPage(path, func(v moneyVisit) { v.showNew(read) }, func(v moneyVisit) { v.createItem(read) })
}

// addItem adds a page that changes or deletes something.
func (s moneySection) addItem(path string, read readItem) {
	s.addMemberPage(path, func(v moneyVisit) { v.showItem(read) }, func(v moneyVisit) { v.sendItem(read) })
}

// newItem is something that a form creates.
type newItem struct {
	page appForm
	show func(appForm)  // shows the page again, with what is wrong
	api  string         // path that creates it
	more map[string]any // values that the form does not have
	next string         // path of the page after success
}

// showNew shows the page with the form of something new.
func (v moneyVisit) showNew(read readNew) {
	if item, ok := read(v); ok {
		item.show(item.page)
	}
}

// createItem answers the form of something new.
func (v moneyVisit) createItem(read readNew) {
	values, ok := v.readForm()
	if !ok {
		return
	}
	item, ok := read(v)
	if !ok {
		return
	}
	item.page.Form.set(values)
	body, ok := v.readFields(item.page)
	if !ok {
		item.show(item.page)
		return
	}
	for name, value := range item.more {
		body[name] = value
	}
	v.finish(v.call(http.MethodPost, item.api, body, v.idempotencyKey()), item.page, item.show, item.next)
}

// finish goes to the next page on success, and else shows the form again.
func (v moneyVisit) finish(a answer, p appForm, show func(appForm), next string) {
	if a.ok() {
		v.redirect(next)
	} else if v.markPage(a, &p) {
		show(p)
	}
}

// item is something that a page changes or deletes.
type item struct {
	page    appForm
	api     string              // its path
	saved   string              // path of the page after a change
	deleted func(answer) string // path of the page after the deletion
}

// deletedTo returns the path of the page after a deletion, with a toast.
func deletedTo(path, code string) func(answer) string {
	return func(answer) string { return donePath(path, url.Values{}, code) }
}

// showItem shows the page of an item.
func (v moneyVisit) showItem(read readItem) {
	if it, ok := read(v); ok {
		v.showForm(it.page)
	}
}

// sendItem changes or deletes the item that a page is about.
func (v moneyVisit) sendItem(read readItem) {
	values, ok := v.readForm()
	if !ok {
		return
	}
	it, ok := read(v)
	switch {
	case !ok:
	case values.Has(fieldDelete):
		v.deleteItem(it)
	case it.page.Form == nil: // there is nothing to change
		v.showForm(it.page)
	default:
		v.changeItem(it, values)
	}
}

func (v moneyVisit) deleteItem(it item) {
	a := v.call(http.MethodDelete, it.api, nil, v.idempotencyKey())
	if a.ok() {
		v.redirect(it.deleted(a))
		return
	}
	shown := it.page
	shown.Form = nil // the error is not about the values in the form
	if v.markPage(a, &shown) {
		it.page.Alert = shown.Alert
		v.showForm(it.page)
	}
}

// changeItem sends only the values that differ: the time of day of a date and
// the other side of a transfer stay as they are.
func (v moneyVisit) changeItem(it item, values url.Values) {
	form := it.page.Form
	before := form.values()
	form.set(values)
	body, ok := v.readFields(it.page)
	if !ok {
		v.showForm(it.page)
		return
	}
	a := v.call(http.MethodPatch, it.api, form.changes(before, body), v.idempotencyKey())
	v.finish(a, it.page, v.showForm, it.saved)
}
