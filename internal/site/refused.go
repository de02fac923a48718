package site

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/alta/internal/contract"
)

// refusedField is a field that the API refuses, and the rule of the contract
// that it broke: a keyword of its schema, or contract.RuleRequired.
type refusedField struct {
	*contract.Property
	Rule string
}

// refusedFields returns which fields of the operation's body the answer is
// about, each once, in the contract's order. The API door names them; at the
// app door the contract knows whose its texts are.
func (a answer) refusedFields(op *contract.Operation) (refused []refusedField) {
	if a.status != http.StatusBadRequest {
		return nil
	}
	for _, property := range op.Body.Properties {
		for i, message := range a.messages {
			isNamed := i < len(a.fields) && a.fields[i] == property.Name
			rule := property.Rule(message)
			if isNamed || len(a.fields) == 0 && rule != "" {
				refused = append(refused, refusedField{property, rule})
				break
			}
		}
	}
	return refused
}

// operation returns the contract's operation with the id.
func (s *Site) operation(id string) *contract.Operation { return s.config.Contract.Operations[id] }

// limited returns the fields with what the contract has to say of them: how
// long they may be, and whether they may be left out.
func limited(op *contract.Operation, fields ...field) []field {
	for i, f := range fields {
		property := op.Body.Property(f.Name)
		fields[i].MinLength = int(property.Schema.MinLength)
		if longest := property.Schema.MaxLength; longest != nil {
			fields[i].MaxLength = int(*longest)
		}
		fields[i].Optional = !property.Required && property.Schema.Default == nil
	}
	return fields
}

// mark says at the form's fields what the API refuses them for. It reports
// whether it is about any.
func (v *visit) mark(f *form, a answer, op *contract.Operation) bool {
	for _, refused := range a.refusedFields(op) {
		i := slices.IndexFunc(f.Fields, func(f field) bool { return f.Name == refused.Name })
		if i >= 0 {
			f.Fields[i].Error = v.text.refuses(refused, v.r.PostFormValue(refused.Name))
		}
	}
	return f.failed()
}

// refuseForm answers that the API would not do what the card's form asks for:
// at the fields that it is about, or as refuse does.
func (v *visit) refuseForm(a answer, c card, op *contract.Operation) {
	if !v.mark(c.Form, a, op) {
		v.refuse(a, c)
		return
	}
	if len(c.Form.Fields) > 1 {
		c.Alert = v.text.Frame.CheckFields
	}
	v.card(a.status, c)
}

// refuses says why the field is refused that the value was sent for.
func (t *text) refuses(f refusedField, value string) string {
	rules, schema := t.SignUp.Rules, f.Schema
	switch {
	case value == "":
		return rules.Blank
	case f.Rule == "minLength":
		return fmt.Sprintf(rules.Short, schema.MinLength)
	case f.Rule == "maxLength":
		return fmt.Sprintf(rules.Long, *schema.MaxLength)
	case f.Rule == "format" && schema.Format == "email":
		return t.BadEmail
	}
	return rules.Other
}
