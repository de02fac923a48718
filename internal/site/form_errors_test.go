package site

import (
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

// TestRulesHaveWords: every rule that the contract checks of a form's field
// has words of its own.
func TestRulesHaveWords(t *testing.T) {
	forms := map[string][]string{
		"registerAppUser": {"firstName", "lastName", "email", "password", "currency"}, "redeemInvite": {"code"}, "createAPIKey": {"name"},
		"updateMe":          {"firstName", "currency", "fiscalStartDay", "timezone", "language"},
		"createTransaction": {"type", "amount", "accountId", "categoryId", "date", "description"},
		"createAccount":     {"name", "type", "currency", "targetAmount", "targetDate"},
		"createBudget":      {"categoryId", "amount"}, "createCategory": {"name", "type", "parentId"},
	}
	checked := 0
	for id, names := range forms {
		body := theContract().Operations[id].Body
		for _, name := range names {
			property := body.Property(name)
			for _, value := range []string{"x", "a\x01", "-1", "1e30", strings.Repeat("x", 501)} {
				for _, violation := range property.Check(value) {
					checked++
					if says := english.describeRule(brokenRule{Property: property, Rule: violation.Rule}, value); says == english.SignUp.Rules.Other {
						t.Errorf("%s: %s breaks %s with %.20q: %q", id, name, violation.Rule, value, says)
					}
				}
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d rules were broken", checked)
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
		{fieldLastName, "", "x", "This value is not allowed.", "Este valor no se permite."},
	} {
		broken := brokenRule{Property: body.Property(test.field), Rule: test.rule}
		if en, es := english.describeRule(broken, test.value), spanish.describeRule(broken, test.value); en != test.english || es != test.spanish {
			t.Errorf("%+v: got %q, %q", test, en, es)
		}
	}
}
