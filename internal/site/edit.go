package site

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// A form that changes something carries what it showed: the entity tag of its
// subject, and the value of each field under the name of the field after
// shownPrefix.
const (
	fieldTag    = "etag"
	shownPrefix = "shown."
)

// edit is a form that changes something, with the present values of its subject.
type edit struct {
	form     *form
	tag      string // entity tag of the subject as it is now
	pristine bool   // the subject has never been changed
	method   string // that changes it
	api      string // its path

	// body returns what to send for the changed fields. If a value is wrong, its
	// field says so, and ok is false.
	body func(changed map[string]bool) (body map[string]any, ok bool)
}

// editResult is what became of a form that was sent.
type editResult int

const (
	editUnread   editResult = iota // the subject could not be read, and the page says why
	editInvalid                    // the form says what is wrong
	editConflict                   // the form says what has changed in the meantime
	editRefused                    // by the API
	editSaved                      // or there was nothing to save
)

// maxEditTries bounds how often a change is tried while others change its subject.
const maxEditTries = 5

// sendEdit saves what the person changed in the form that was sent, compared with
// what the form showed. Other fields stay as they are, whoever has changed them in
// the meantime. If a field that the person changed has changed in the meantime, too,
// nothing is saved. read reads the subject, and shows the error if it cannot.
func (v *visit) sendEdit(read func() (edit, bool), sent url.Values) (e edit, a answer, result editResult) {
	for try := 1; ; try++ {
		e, ok := read()
		if !ok {
			return e, a, editUnread
		}
		changed, conflicts := e.merge(v.text, sent)
		body, ok := e.body(changed)
		switch {
		case conflicts:
			e.form.Button = v.text.Edit.Save
			return e, a, editConflict
		case !ok:
			return e, a, editInvalid
		case len(changed) == 0:
			return e, a, editSaved
		}
		a = v.callWith(e.method, e.api, body, map[string]string{"If-Match": e.tag})
		switch {
		case a.ok():
			return e, a, editSaved
		case a.status != http.StatusPreconditionFailed || try == maxEditTries:
			return e, a, editRefused
		}
	}
}

// merge puts into the form what was sent, and says at its fields what has changed
// since the form was shown. It returns the fields that the person changed, and
// whether any of them conflicts with another change.
func (e edit) merge(t *text, sent url.Values) (changed map[string]bool, conflicts bool) {
	e.form.remember(e.tag)
	isAsShown := e.tag != "" && sent.Get(fieldTag) == e.tag
	changed = map[string]bool{}
	for i := range e.form.Fields {
		f := &e.form.Fields[i]
		now, typed := f.Value, f.sentValue(sent)
		shown, isKnown := now, e.pristine || isAsShown
		if sent.Has(shownPrefix + f.Name) {
			shown, isKnown = sent.Get(shownPrefix+f.Name), true
		}
		isChanged := !isKnown || !isAsShown && !isSame(shown, now)
		switch {
		case isSame(typed, now):
			continue
		case isKnown && isSame(typed, shown): // the person left it
		default:
			f.Value, changed[f.Name] = typed, true
			conflicts = conflicts || isChanged
		}
		if isChanged {
			f.Meanwhile = fmt.Sprintf(t.Edit.Meanwhile, f.describe(t, now))
		}
	}
	return changed, conflicts
}

// remember makes the form carry what it shows.
func (f *form) remember(tag string) {
	if tag != "" {
		f.Hidden = append(f.Hidden, hidden{fieldTag, tag})
	}
	for _, field := range f.Fields {
		f.Hidden = append(f.Hidden, hidden{shownPrefix + field.Name, field.Value})
	}
}

// sentValue returns the value that was sent for the field. A field that was not sent
// keeps its value.
func (f field) sentValue(sent url.Values) string {
	if sent.Has(f.Name) {
		return sent.Get(f.Name)
	}
	return f.Value
}

// isSame reports whether the two are one value of a field. Browsers take line breaks
// out of what they show in one line, and blanks around a value mean nothing.
func isSame(a, b string) bool {
	return plain.Replace(strings.TrimSpace(a)) == plain.Replace(strings.TrimSpace(b))
}

var plain = strings.NewReplacer("\r", "", "\n", "")

// describe writes a value of the field as the form shows it.
func (f field) describe(t *text, value string) string {
	for _, o := range f.Options {
		if o.Value == value {
			return o.Says
		}
	}
	return cmp.Or(value, t.Edit.Empty)
}
