package site

import (
	"fmt"
	"net/http"

	"example.com/alta/internal/contract"
)

// brokenRule is a field that the API rejects, and the rule of the contract that
// it breaks: a keyword of its schema, or contract.RuleRequired.
type brokenRule struct {
	*contract.Property
	Rule string
}

// brokenRules returns which fields of the operation's body the answer is about,
// each once, in the contract's order. The API door names them; at the app door
// the contract knows which field a text is for.
func (a answer) brokenRules(op *contract.Operation) (broken []brokenRule) {
	if a.status != http.StatusBadRequest {
		return nil
	}
	for _, property := range op.Body.Properties {
		for i, message := range a.messages {
			isNamed := i < len(a.fields) && a.fields[i] == property.Name
			rule := property.Rule(message)
			if isNamed || len(a.fields) == 0 && rule != "" {
				broken = append(broken, brokenRule{property, rule})
				break
			}
		}
	}
	return broken
}

// markErrors says at the form's fields why the API rejects them. It reports
// whether the answer is about any of them.
func (v *visit) markErrors(f *form, a answer, op *contract.Operation) bool {
	for _, broken := range a.brokenRules(op) {
		if field := f.find(broken.Name); field != nil {
			field.Error = v.text.describeRule(broken, v.r.PostFormValue(broken.Name))
		}
	}
	return f.failed()
}

// showFormError shows the card's form again, with the errors at the fields that
// the answer is about, or else as showRetry does.
func (v *visit) showFormError(a answer, c card, op *contract.Operation) {
	if !v.markErrors(c.Form, a, op) {
		v.showRetry(a, c)
		return
	}
	if len(c.Form.Fields) > 1 {
		c.Alert = v.text.Frame.CheckFields
	}
	v.showCard(a.status, c)
}

// describeRule says why the value is rejected.
func (t *text) describeRule(broken brokenRule, value string) string {
	rules, schema := t.SignUp.Rules, broken.Schema
	switch {
	case value == "":
		return rules.Blank
	case broken.Rule == "minLength":
		return fmt.Sprintf(rules.Short, schema.MinLength)
	case broken.Rule == "maxLength":
		return fmt.Sprintf(rules.Long, *schema.MaxLength)
	case broken.Rule == "format" && schema.Format == "email":
		return t.BadEmail
	}
	return rules.Other
}
