package site

// form is a form of a page.
type form struct {
	Action      string
	Token       string // sent along, unseen; empty: none
	Idempotency string // likewise: makes what is sent twice be done once
	Hidden      []hidden
	Fields      []field
	Button      string
	Minor       bool // it is not what people came for
}

// field is what a person fills in or chooses.
type field struct {
	Name, Type, Label, Value string // Type select or choice: one of Options
	Autocomplete             string
	InputMode                string
	MinLength, MaxLength     int // hints for the browser; 0: none
	Optional                 bool
	Options                  []option
	Hint, Error              string
	Way                      *link // out of the error
}

// hidden is what a form sends along, unseen.
type hidden struct{ Name, Value string }

// isSecret reports whether nobody should read over the person's shoulder what
// is typed.
func (f field) isSecret() bool { return f.Type == "password" }

// option is one choice of a field.
type option struct {
	Value, Says string
	Group       string // those of one group that follow each other are shown under it; empty: none
	Kind        string // what scripts know it by; empty: they need not
}

type link struct{ Path, Says string }

func (f *form) failed() bool { return f.firstWrong() != "" }

// firstWrong names the first field with an error, where the person goes on.
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
func (f *form) In(t *text) shownForm { return shownForm{t, f} }

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
		shown[i] = shownField{t, field, field.Name == first}
	}
	return shown
}

// optionGroup is what a choice shows under one name, or under none.
type optionGroup struct {
	Name    string
	Options []option
}

// Groups returns the field's options, those of one group together.
func (f shownField) Groups() []optionGroup {
	var groups []optionGroup
	for _, o := range f.Field.Options {
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
	switch {
	case f.Error != "" && f.Hint != "":
		return f.Name + "-error " + f.Name + "-hint"
	case f.Error != "":
		return f.Name + "-error"
	case f.Hint != "":
		return f.Name + "-hint"
	}
	return ""
}
