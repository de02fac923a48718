package site

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/alta/internal/contract"
)

// messagesOf returns the texts that the contract has for the rules of the
// property.
func messagesOf(p *contract.Property) (texts []string) {
	given, _ := p.Schema.Extensions["x-messages"].(map[string]any)
	for _, value := range given {
		list, isList := value.([]any)
		if !isList {
			list = []any{value}
		}
		for _, text := range list {
			texts = append(texts, strings.ReplaceAll(fmt.Sprint(text), "$property", p.Name))
		}
	}
	return texts
}

// TestWhichFieldsAreRejected knows every text of the contract's own, at both
// doors.
func TestWhichFieldsAreRejected(t *testing.T) {
	texts := 0
	for _, op := range theContract().Operations {
		if op.Body == nil {
			continue
		}
		for _, property := range op.Body.Properties {
			for _, text := range messagesOf(property) {
				texts++
				a := answer{status: http.StatusBadRequest, messages: []string{text}}
				if strings.HasPrefix(op.Path, "/api/v1/") {
					a.fields = []string{property.Name}
				}
				got := a.brokenRules(op)
				if len(got) != 1 || got[0].Property != property || got[0].Rule == "" {
					t.Errorf("%s: %q is about %+v, want %s", op.ID, text, got, property.Name)
				}
			}
		}
	}
	if texts < 30 {
		t.Errorf("only %d texts were looked at", texts)
	}
}

func TestNoFieldIsRejected(t *testing.T) {
	op := theContract().Operations["appRegister"]
	const text = "email must be an email"
	for _, a := range []answer{
		{status: http.StatusConflict, messages: []string{text}},
		{status: http.StatusBadRequest},
		{status: http.StatusBadRequest, messages: []string{"Bad JSON"}},
		{status: http.StatusBadRequest, messages: []string{text}, fields: []string{"other"}},
	} {
		if got := a.brokenRules(op); len(got) > 0 {
			t.Errorf("%+v is about %+v", a, got)
		}
	}
	// In the contract's order, and each once.
	a := answer{status: http.StatusBadRequest, messages: []string{"lastName must be a string", text, "lastName must be longer than or equal to 2 characters"}}
	if got := a.brokenRules(op); len(got) != 2 || got[0].Name != fieldEmail || got[1].Name != fieldLastName {
		t.Errorf("got %+v", got)
	}
}

func TestWhyAFieldIsRejected(t *testing.T) {
	body := theContract().Operations["appRegister"].Body
	for _, test := range []struct{ field, rule, value, english, spanish string }{
		{fieldEmail, "format", "x", "Enter a valid email address.", "Escribe una dirección de correo válida."},
		{fieldEmail, "format", "", "Fill this in.", "Completa este campo."},
		{fieldPassword, "minLength", "x", "Write at least 8 characters.", "Escribe al menos 8 caracteres."},
		{fieldLastName, "maxLength", "x", "Write at most 100 characters.", "Escribe como máximo 100 caracteres."},
		{fieldCurrency, "pattern", "x", "This cannot be used. Check it, please.", "Esto no se puede usar. Revísalo, por favor."},
		{fieldLastName, "", "x", "This cannot be used. Check it, please.", "Esto no se puede usar. Revísalo, por favor."},
	} {
		broken := brokenRule{body.Property(test.field), test.rule}
		if en, es := english.describeRule(broken, test.value), spanish.describeRule(broken, test.value); en != test.english || es != test.spanish {
			t.Errorf("%+v: got %q, %q", test, en, es)
		}
	}
}
