package site

import (
	"net/url"
	"slices"
	"strings"
)

// form is a form of a page.
type form struct {
	Action      string
	Token       string // sent along, unseen; empty: none
	Idempotency string // likewise: a form that is sent twice has one effect
	Hidden      []hidden
	Fields      []field
	Button      string
	Minor       bool // people did not come for it
	Danger      bool // it destroys something
}

// field is a value that a person fills in or chooses.
type field struct {
	Name, Type, Label, Value string // Type select or choice: one of Options
	Autocomplete             string
	InputMode                string
	MinLength, MaxLength     int // hints for the browser; 0: none
	Optional                 bool
	Options                  []option
	Hint, Error              string
	Meanwhile                string // what it has changed to since the form was shown; empty: it has not
	Way                      *link  // out of the error
	Guess                    string // what a script puts a better value by; empty: nothing
}

// hidden is a value that a form sends without showing it.
type hidden struct{ Name, Value string }

// isSecret reports whether the field hides what is typed.
func (f field) isSecret() bool { return f.Type == "password" }

// option is one choice of a field.
type option struct {
	Value, Says string
	Group       string // consecutive options of one group are shown under it; empty: none
	Kind        string // the name that scripts know it by; empty: none
}

type link struct{ Path, Says string }

func (f *form) failed() bool { return f.firstWrong() != "" }

// firstWrong names the first field with an error. It gets the focus.
func (f *form) firstWrong() string {
	for _, field := range f.Fields {
		if field.Error != "" {
			return field.Name
		}
	}
	return ""
}

// shownForm is a form as the template "form" shows it, in one language.
type shownForm struct {
	Text *text
	Form *form
}

// In returns the form as it is shown in the language.
func (f *form) In(t *text) shownForm { return shownForm{Text: t, Form: f} }

// shownField is a field as the template "field" shows it.
type shownField struct {
	Text  *text
	Field field
	Focus bool
}

// Shown returns the fields as they are shown in the language.
func (f *form) Shown(t *text) []shownField {
	shown, first := make([]shownField, len(f.Fields)), f.firstWrong()
	for i, field := range f.Fields {
		shown[i] = shownField{Text: t, Field: field, Focus: field.Name == first}
	}
	return shown
}

// optionGroup has the options that are shown under one name, or under none.
type optionGroup struct {
	Name    string
	Options []option
}

// Groups returns the field's options, those of one group together. The present value
// is among them, even if it cannot be chosen otherwise: a select would show another.
func (f shownField) Groups() []optionGroup {
	var groups []optionGroup
	options := f.Field.Options
	if f.Field.Value != "" && !f.Field.isOffered() {
		options = append(slices.Clip(options), option{Value: f.Field.Value, Says: f.Text.Edit.NotListed})
	}
	for _, o := range options {
		if last := len(groups) - 1; last >= 0 && groups[last].Name == o.Group {
			groups[last].Options = append(groups[last].Options, o)
			continue
		}
		groups = append(groups, optionGroup{o.Group, []option{o}})
	}
	return groups
}

// DescribedBy names the elements that say more about the field.
func (f field) DescribedBy() string {
	var ids []string
	for _, part := range []struct{ text, id string }{{f.Error, "-error"}, {f.Meanwhile, "-meanwhile"}, {f.Hint, "-hint"}} {
		if part.text != "" {
			ids = append(ids, f.Name+part.id)
		}
	}
	return strings.Join(ids, " ")
}

// set puts the values into the form's fields. A choice that may be left out keeps its
// value if it is.
func (f *form) set(values url.Values) {
	for i := range f.Fields {
		if field := &f.Fields[i]; values.Has(field.Name) || !field.Optional || field.Type != "choice" {
			field.Value = values.Get(field.Name)
		}
	}
}

// sent returns the values that were sent for the form's fields. A field that was not
// sent has the value that the form shows.
func (f *form) sent(values url.Values) map[string]string {
	sent := map[string]string{}
	for _, field := range f.Fields {
		sent[field.Name] = field.sentValue(values)
	}
	return sent
}

// find returns the form's field with the name, or nil. A nil form has none.
func (f *form) find(name string) *field {
	if f == nil {
		return nil
	}
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// valueOf returns the value of the form's field with the name, or "" if there is none.
func (f *form) valueOf(name string) string {
	if found := f.find(name); found != nil {
		return found.Value
	}
	return ""
}

// check marks fields that were left empty and must not be, and choices that the
// form does not offer.
func (f *form) check(t *text) {
	for i := range f.Fields {
		switch field := &f.Fields[i]; {
		case strings.TrimSpace(field.Value) == "" && !field.Optional:
			field.Error = t.SignUp.Rules.Blank
		case field.Options != nil && !field.isOffered():
			field.Error = t.App.NotOffered
		}
	}
}

// isOffered reports whether the field's value is one of its options.
func (f field) isOffered() bool {
	return slices.ContainsFunc(f.Options, func(o option) bool { return o.Value == f.Value })
}
