package site

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/contract"
)

func TestWhichFieldsAreRejected(t *testing.T) {
	op := theContract().Operations["registerAppUser"]
	for _, a := range []answer{
		{status: 409},
		{status: 400},
		{status: 400, violations: []contract.Violation{{Message: "Bad JSON"}}},
		{status: 400, violations: []contract.Violation{{Field: "other", Rule: "additionalProperties"}}},
	} {
		if got := a.brokenRules(op); len(got) > 0 {
			t.Errorf("%+v is about %+v", a, got)
		}
	}
	// In the contract's order, each once, and by its first rule.
	a := answer{status: 400, violations: rejected("lastName minLength", "email format", "lastName type").Violations}
	got := a.brokenRules(op)
	if len(got) != 2 || got[0].Name != fieldEmail || got[0].Rule != "format" || got[1].Name != fieldLastName || got[1].Rule != "minLength" {
		t.Errorf("got %+v", got)
	}
}

// TestRulesHaveWords: every rule that the contract has for a field of any operation
// has words of its own in both languages, and so has a rule that is not known. They
// name the bound.
func TestRulesHaveWords(t *testing.T) {
	checked := 0
	for id, op := range theContract().Operations {
		if op.Body == nil {
			continue
		}
		for _, property := range op.Body.Properties {
			schema := property.Schema
			rules := map[string]bool{
				"type": true, "": true, contract.RuleRequired: true, "enum": schema.Enum != nil, "pattern": schema.Pattern != "",
				"format":    schema.Format != "" && schema.Format != "password", // any text is a password
				"minLength": schema.MinLength > 0, "maxLength": schema.MaxLength != nil, "minimum": schema.Min != nil, "maximum": schema.Max != nil,
			}
			if schema.Type.Is("string") && (schema.Format == "" || schema.Format == "password") && schema.Enum == nil && schema.MaxLength == nil && schema.MinLength == 0 && schema.Pattern == "" {
				rules["type"], rules[""] = false, false // whatever pages send has the type, and breaks no rule
			}
			for rule, has := range rules {
				if rule == "type" && schema.Type.Is("string") {
					continue // pages send texts
				}
				for _, words := range []*text{&english, &spanish} {
					if !has {
						continue
					}
					checked++
					says := words.describeRule(brokenRule{Property: property, Rule: rule}, "x")
					if says == "" || says == words.SignUp.Rules.Other {
						t.Errorf("%s: in %s, %s breaks %q: %q", id, words.Language, property.Name, rule, says)
					}
					if bound := fmt.Sprint(value(schema.MaxLength)); rule == "maxLength" && !strings.Contains(says, bound) {
						t.Errorf("%s: %q does not say %s", id, says, bound)
					}
				}
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d rules were checked", checked)
	}
}

func TestWhyAFieldIsRejected(t *testing.T) {
	body := theContract().Operations["registerAppUser"].Body
	for _, test := range []struct{ field, rule, value, english, spanish string }{
		{fieldEmail, "format", "x", "Enter a valid email address.", "Escribe una dirección de correo válida."},
		{fieldEmail, "format", "", "Fill in this field.", "Completa este campo."},
		{fieldPassword, "minLength", "x", "Enter at least 8 characters.", "Escribe al menos 8 caracteres."},
		{fieldLastName, "maxLength", "x", "Enter at most 100 characters.", "Escribe como máximo 100 caracteres."},
		{fieldCurrency, "pattern", "x", "Choose one of the options.", "Elige una de las opciones."},
		{fieldLastName, "", "x", "Enter at least 2 characters. Enter at most 100 characters. Enter one line of visible text.", "Escribe al menos 2 caracteres. Escribe como máximo 100 caracteres. Escribe una sola línea de texto visible."},
	} {
		broken := brokenRule{Property: body.Property(test.field), Rule: test.rule}
		if en, es := english.describeRule(broken, test.value), spanish.describeRule(broken, test.value); en != test.english || es != test.spanish {
			t.Errorf("%+v: got %q, %q", test, en, es)
		}
	}
}
