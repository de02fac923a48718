package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/money"
)

// brokenRule is a field that the API rejects, and the rule of the contract that
// it breaks: a keyword of its schema, contract.RuleRequired or contract.RuleDecimals,
// with its values; "" if the rule is not known.
type brokenRule struct {
	*contract.Property
	Rule   string
	Values []any
}

// brokenRules returns which fields of the operation's body the answer is about,
// each once, in the contract's order.
func (a answer) brokenRules(op *contract.Operation) (broken []brokenRule) {
	for _, property := range op.Body.Properties {
		isOfProperty := func(v contract.Violation) bool { return v.Field == property.Name }
		if i := slices.IndexFunc(a.violations, isOfProperty); i >= 0 {
			broken = append(broken, brokenRule{Property: property, Rule: a.violations[i].Rule, Values: a.violations[i].Values})
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

// describeRule says why the value is rejected: by the rule that it breaks.
func (t *text) describeRule(broken brokenRule, value string) string {
	rules, schema := t.SignUp.Rules, broken.Schema
	switch {
	case value == "":
		return rules.Blank
	case broken.Rule == "minLength":
		return fmt.Sprintf(rules.Short, schema.MinLength)
	case broken.Rule == "maxLength":
		return fmt.Sprintf(rules.Long, *schema.MaxLength)
	case broken.Rule == contract.RuleDecimals:
		return t.App.BadAmounts[broken.Values[0].(int)]
	case broken.Rule == "maximum":
		return fmt.Sprintf(rules.Most, t.formatBound(schema, *schema.Max))
	case schema.Format == "money" && schema.Min != nil && *schema.Min < 1:
		return t.App.NotPositive
	case schema.Min != nil: // a value that breaks another rule is no number
		return fmt.Sprintf(rules.Least, t.formatBound(schema, *schema.Min))
	case schema.Enum != nil, schema.Format == "uuid", broken.Name == fieldCurrency:
		return t.App.NotOffered
	case schema.Format == "email":
		return t.BadEmail
	case schema.Format == "iso-date":
		return rules.Date
	case schema.Format == "iana-time-zone":
		return rules.TimeZone
	case broken.Rule == "pattern":
		return rules.Characters
	}
	return rules.Other
}

// formatBound writes a bound of a number: as an amount, or as a whole number.
func (t *text) formatBound(schema *openapi3.Schema, bound float64) string {
	if schema.Type.Is(openapi3.TypeInteger) {
		return t.formatCount(int64(bound))
	}
	return t.formatAmount(json.Number(strconv.FormatFloat(bound, 'f', money.DefaultDecimals, 64)), "")
}
