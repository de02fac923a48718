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
	a := v.call(http.MethodPost, item.api, body, v.idempotencyKey())
	if a.isReplayed() {
		// The form was sent before, perhaps from the page that Back led to.
		item.page.Notice, item.page.Form.Button = v.text.Edit.Replayed, v.text.Edit.AddAgain
		item.show(item.page)
		return
	}
	v.finish(a, item.page, item.show, item.next)
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
	page     appForm
	api      string              // its path
	tag      string              // its entity tag
	pristine bool                // it has never been changed
	saved    string              // path of the page after a change
	deleted  func(answer) string // path of the page after the deletion
}

// deletedTo returns the path of the page after a deletion, with a toast.
func deletedTo(path, code string) func(answer) string {
	return func(answer) string { return donePath(path, url.Values{}, code) }
}

// showItem shows the page of an item.
func (v moneyVisit) showItem(read readItem) {
	it, ok := read(v)
	if !ok {
		return
	}
	if it.page.Form != nil {
		it.page.Form.remember(it.tag)
	}
	v.showForm(it.page)
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
		v.changeItem(read, values)
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

// changeItem saves what the person changed in the form.
func (v moneyVisit) changeItem(read readItem, values url.Values) {
	var it item
	_, a, result := v.sendEdit(func() (e edit, ok bool) {
		it, ok = read(v)
		return edit{
			form: it.page.Form, tag: it.tag, pristine: it.pristine, method: http.MethodPatch, api: it.api,
			body: func(changed map[string]bool) (map[string]any, bool) { return v.readChanges(it.page, changed) },
		}, ok
	}, values)
	switch result {
	case editUnread:
	case editConflict:
		it.page.Alert, it.page.status = v.text.Edit.Changed, http.StatusConflict
		it.page.Discard = &link{it.page.Form.Action, v.text.Edit.Discard}
		v.showForm(it.page)
	case editInvalid:
		v.showForm(it.page)
	case editRefused:
		v.finish(a, it.page, v.showForm, it.saved)
	case editSaved:
		v.redirect(it.saved)
	}
}

// readChanges returns the values of the fields that were changed, with null for those
// that were emptied. The others are the subject's own, and right.
func (v moneyVisit) readChanges(p appForm, changed map[string]bool) (body map[string]any, ok bool) {
	all, _ := v.readFields(p)
	body = map[string]any{}
	for i := range p.Form.Fields {
		field := &p.Form.Fields[i]
		if changed[field.Name] {
			body[field.Name] = all[field.Name]
		} else {
			field.Error = ""
		}
	}
	return body, !p.Form.failed()
}
