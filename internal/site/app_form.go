package site

import (
	"cmp"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/site/static"
)

// inputAmount is the keyboard for amounts. Fields with it take an amount.
const inputAmount = "decimal"

var formPage = parse("app_form.html", "app_parts.html")

// appForm is a page that is about one form.
type appForm struct {
	Back    link
	Heading string
	Alert   string
	Notice  string // what is not wrong
	Facts   string // about the subject of the page, if its form does not show it
	Says    string
	Form    *form               // nil: there is nothing to change
	op      *contract.Operation // that the form's fields are of
	// currency returns the currency of the amounts in the form, which may depend on
	// what is chosen in it.
	currency func(*form) string
	Confirm  *confirmation
	Discard  *link // drops what was typed; nil: there is nothing to drop
	status   int   // of a page with an alert; 0: 400
}

// confirmation is a button that deletes something, behind another that asks.
type confirmation struct {
	Action, Idempotency string
	Ask, Says, Button   string
}

func newConfirmation(action, ask, says, button string) *confirmation {
	return &confirmation{Action: action, Idempotency: uuid.NewString(), Ask: ask, Says: says, Button: button}
}

// newForm returns a form with an Idempotency-Key of its own: the form that is sent
// after an error is another request. The fields have the limits of the operation.
func newForm(op *contract.Operation, action, button string, fields ...field) *form {
	return &form{Action: action, Idempotency: uuid.NewString(), Button: button, Fields: withLimits(op, fields...)}
}

// showForm answers with the page.
func (v moneyVisit) showForm(p appForm) {
	status, title := p.check(v.text, p.Heading)
	v.showPage(status, formPage, page{Title: title, Scripts: []*static.Asset{appScript}, Main: p})
}

// check makes the page say that its form has errors, if it has any. It returns
// the status and the title of the page.
func (p *appForm) check(t *text, title string) (int, string) {
	if p.Form != nil && p.Form.failed() && p.Alert == "" {
		p.Alert = t.Frame.CheckFields
	}
	if p.Alert == "" {
		return http.StatusOK, title
	}
	return cmp.Or(p.status, http.StatusBadRequest), t.ErrorTitle + title
}

// readFields returns the values of the page's form, by the names of the API:
// amounts as numbers, choices between yes and no as booleans, and no empty ones.
// If a value is wrong, its field says so, and ok is false.
func (v moneyVisit) readFields(p appForm) (body map[string]any, ok bool) {
	p.Form.check(v.text)
	body = map[string]any{}
	for i := range p.Form.Fields {
		switch field := &p.Form.Fields[i]; {
		case field.Value == "" || field.Error != "":
		case field.InputMode == inputAmount:
			body[field.Name], field.Error = v.text.readAmount(field.Value, p.currency(p.Form))
		case p.op.Body.Property(field.Name).Schema.Type.Is(openapi3.TypeBoolean):
			body[field.Name] = field.Value == "true"
		default:
			body[field.Name] = field.Value
		}
	}
	return body, !p.Form.failed()
}

func (t *text) accountOptions(accounts []gen.Account) []option {
	options := make([]option, len(accounts))
	for i, a := range accounts {
		options[i] = option{Value: a.ID.String(), Says: a.Name + " (" + t.formatMoney(a.Balance, a.Currency) + ")"}
	}
	return options
}

// optionsOf returns the values as choices, each with its word.
func optionsOf(words map[string]string, values ...string) []option {
	options := make([]option, len(values))
	for i, v := range values {
		options[i] = option{Value: v, Says: cmp.Or(words[v], v)}
	}
	return options
}

// enumOf returns the values that the contract allows for the operation's field.
func enumOf(op *contract.Operation, name string) []string {
	var values []string
	for _, allowed := range op.Body.Property(name).Schema.Enum {
		if value, ok := allowed.(string); ok {
			values = append(values, value)
		}
	}
	return values
}

// categoryOptions returns the categories of the types, each after its parent, and
// no category as the first choice. The groups name the types, for browsers
// without scripts, which show all of them.
func (t *text) categoryOptions(w *workspace, types ...gen.CategoryType) []option {
	options := []option{{Says: t.App.NoCategory}}
	add := func(c gen.Category, group string) {
		options = append(options, option{Value: c.ID.String(), Says: c.Name, Group: group, Kind: string(c.Type)})
	}
	for _, kind := range types {
		for _, branch := range w.tree {
			if branch.Category.Type != kind {
				continue
			}
			group := t.App.CategoryTypes[string(kind)] + " · " + branch.Category.Name
			add(branch.Category, group)
			for _, c := range branch.Children {
				add(c, group)
			}
		}
	}
	return options
}
