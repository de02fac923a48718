package site

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/site/static"
)

// inputAmount is the keyboard for amounts, and marks the fields that take one.
const inputAmount = "decimal"

var formPage = parse("app_form.html", "app_parts.html")

// appForm is a page that is about one form.
type appForm struct {
	Back    link
	Heading string
	Alert   notice
	Facts   string // what the page is about, where its form does not show it
	Says    string
	Form    *form               // nil: there is nothing to change
	op      *contract.Operation // that the form's fields are of
	Confirm *confirmation
}

// notice is a text that may be in another language than the page.
type notice struct{ Says, Language string }

// confirmation is a button that deletes something, behind another that asks.
type confirmation struct {
	Action, Idempotency string
	Ask, Says, Button   string
}

func newConfirmation(action, ask, says, button string) *confirmation {
	return &confirmation{Action: action, Idempotency: uuid.NewString(), Ask: ask, Says: says, Button: button}
}

// newForm returns a form with a key of its own: what is sent after a refusal is
// another request. The contract says of the fields what the operation does.
func newForm(op *contract.Operation, action, button string, fields ...field) *form {
	return &form{Action: action, Idempotency: uuid.NewString(), Button: button, Fields: limited(op, fields...)}
}

// showForm answers with the page.
func (v *visit) showForm(p appForm) {
	status, title := v.settle(&p, p.Heading)
	v.show(status, formPage, page{Title: title, Scripts: []*static.Asset{appScript}, Main: p})
}

// settle has the page say that its form is wrong where that has errors, and
// returns the status and the title that it is answered with.
func (v *visit) settle(p *appForm, title string) (int, string) {
	if p.Form != nil && p.Form.failed() && p.Alert.Says == "" {
		p.Alert.Says = v.text.Frame.CheckFields
	}
	if p.Alert.Says == "" {
		return http.StatusOK, title
	}
	return http.StatusBadRequest, v.text.ErrorTitle + title
}

// set puts what was sent, or what there is, into the form's fields.
func (f *form) set(values url.Values) {
	for i := range f.Fields {
		f.Fields[i].Value = values.Get(f.Fields[i].Name)
	}
}

// field returns the form's field with the name, or nil. No form has none.
func (f *form) field(name string) *field {
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

// check finds what the form asks for and was not sent, and choices that there
// are not.
func (f *form) check(t *text) {
	for i := range f.Fields {
		one := &f.Fields[i]
		switch {
		case strings.TrimSpace(one.Value) == "" && !one.Optional:
			one.Error = t.SignUp.Rules.Blank
		case one.Options != nil && !one.offers():
			one.Error = t.App.NotOffered
		}
	}
}

func (f field) offers() bool {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return true
		}
	}
	return false
}

// read returns what the form says, by the names of the API: amounts as numbers,
// and what was left empty not at all. Where something is wrong, its field says
// so, and ok is false.
func (v *visit) read(f *form) (body map[string]any, ok bool) {
	f.check(v.text)
	body = map[string]any{}
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Value == "" || one.Error != "" {
			continue
		}
		body[one.Name] = one.Value
		if one.InputMode == inputAmount {
			body[one.Name], one.Error = v.text.readAmount(one.Value)
		}
	}
	return body, !f.failed()
}

// readAmount returns the amount that was typed, or what is wrong with it.
func (t *text) readAmount(typed string) (amount json.Number, wrong string) {
	amount, err := t.parseAmount(typed)
	switch {
	case err == nil:
		return amount, ""
	case errors.Is(err, errUnclear):
		return "", t.App.UnclearAmount
	case errors.Is(err, errNotAbove0):
		return "", t.App.NotPositive
	default:
		return "", t.App.BadAmount
	}
}

// values returns what is in the form's fields.
func (f *form) values() map[string]string {
	values := map[string]string{}
	for _, one := range f.Fields {
		values[one.Name] = one.Value
	}
	return values
}

// changes returns of the body what is not as it was before, and nulls for what
// was emptied.
func (f *form) changes(before map[string]string, body map[string]any) map[string]any {
	changed := map[string]any{}
	for name, is := range f.values() {
		if is != before[name] {
			changed[name] = body[name] // nil where the field was emptied
		}
	}
	return changed
}

func (t *text) amountField(name, label string) field {
	return field{Name: name, Type: "text", Label: label, InputMode: inputAmount, Autocomplete: "off", Hint: t.App.AmountHint}
}

func (t *text) accountOptions(accounts []gen.Account) []option {
	options := make([]option, len(accounts))
	for i, a := range accounts {
		options[i] = option{Value: a.ID.String(), Says: a.Name + " (" + t.money(a.Balance, a.Currency) + ")"}
	}
	return options
}

// optionsOf returns the values as choices, by their words.
func optionsOf(words map[string]string, values ...string) []option {
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{Value: v, Says: cmp.Or(words[v], v)}
	}
	return options
}

// enumOf returns what the contract lets the operation's field be.
func enumOf(op *contract.Operation, name string) []string {
	var values []string
	for _, one := range op.Body.Property(name).Schema.Enum {
		if value, ok := one.(string); ok {
			values = append(values, value)
		}
	}
	return values
}

// categoryOptions returns the categories that fit, each after its parent, with
// none before them. Its groups say what they are for, for those who see them
// all, whose browser runs no scripts.
func (t *text) categoryOptions(w *workspace, types ...gen.CategoryType) []option {
	options := []option{{Says: t.App.NoCategory}}
	for _, kind := range types {
		for _, branch := range w.tree() {
			if branch.Category.Type != kind {
				continue
			}
			group := t.App.CategoryTypes[string(kind)] + " · " + branch.Category.Name
			for _, c := range append([]gen.Category{branch.Category}, branch.Children...) {
				options = append(options, option{Value: c.ID.String(), Says: c.Name, Group: group, Kind: string(c.Type)})
			}
		}
	}
	return options
}
