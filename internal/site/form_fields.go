package site

import (
	"fmt"

	"example.com/alta/internal/contract"
)

// withLimits returns the fields with the contract's limits: how long they may
// be, and whether they may be left out.
func withLimits(op *contract.Operation, fields ...field) []field {
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

// emailField asks for an address. problem is what is wrong with the value. The type
// is not email: browsers refuse some addresses that the API accepts, and rewrite
// others.
func (t *text) emailField(value, problem string) field {
	return field{
		Name:         fieldEmail,
		Type:         "text",
		InputMode:    "email",
		Label:        t.Email,
		Value:        value,
		Autocomplete: "email",
		Error:        problem,
	}
}

// newPasswordField asks for a password, by the rules that the operation has for
// it.
func (t *text) newPasswordField(op *contract.Operation, name, label string) field {
	f := withLimits(op, field{Name: name, Type: "password", Label: label, Autocomplete: "new-password"})[0]
	f.Hint = fmt.Sprintf(t.PasswordHint, f.MinLength, f.MaxLength)
	return f
}
