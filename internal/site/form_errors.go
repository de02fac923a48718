package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// ruleKeywords are the keywords of a schema that pages explain, in this order.
var ruleKeywords = []string{"enum", "format", "minLength", "maxLength", "pattern", "minimum", "maximum", "type"}

// describeRule says why the value is rejected: by the rule that it breaks or, if that
// is not known, by every rule of its field.
func (t *text) describeRule(broken brokenRule, value string) string {
	switch {
	case value == "" || broken.Rule == contract.RuleRequired:
		return t.SignUp.Rules.Blank
	case broken.Rule == contract.RuleDecimals:
		return t.App.BadAmounts[broken.Values[0].(int)]
	case broken.Rule == contract.RuleLimit:
		return fmt.Sprintf(t.SignUp.Rules.Most, t.formatAmount(broken.Values[0].(json.Number), broken.Values[1].(string)))
	}
	if says := t.describeKeyword(broken.Property, broken.Rule); says != "" {
		return says
	}
	var all []string
	for _, keyword := range ruleKeywords {
		if says := t.describeKeyword(broken.Property, keyword); says != "" && !slices.Contains(all, says) {
			all = append(all, says)
		}
	}
	if len(all) == 0 {
		return t.SignUp.Rules.Other
	}
	return strings.Join(all, " ")
}

// describeKeyword says what the keyword asks of the property's value, or "" if its
// schema does not have it.
func (t *text) describeKeyword(property *contract.Property, keyword string) string {
	rules, schema := t.SignUp.Rules, property.Schema
	switch keyword {
	case "minLength":
		if schema.MinLength > 0 {
			return fmt.Sprintf(rules.Short, schema.MinLength)
		}
	case "maxLength":
		if schema.MaxLength != nil {
			return fmt.Sprintf(rules.Long, *schema.MaxLength)
		}
	case "maximum":
		if schema.Max != nil {
			return fmt.Sprintf(rules.Most, t.formatBound(schema, *schema.Max))
		}
	case "minimum":
		return t.describeMinimum(schema)
	case "enum":
		if schema.Enum != nil {
			return t.App.NotOffered
		}
	case "pattern":
		meanings, _ := schema.Extensions["x-meaning"].(map[string]any)
		says, _ := meanings[t.Language].(string)
		return says
	case "format":
		return t.describeFormat(schema)
	case "type": // a value of another type is no number, or none of the choices
		return t.describeType(schema)
	}
	return ""
}

func (t *text) describeMinimum(schema *openapi3.Schema) string {
	switch {
	case schema.Min == nil:
		return ""
	case schema.Format == "money" && *schema.Min < 1:
		return t.App.NotPositive
	}
	return fmt.Sprintf(t.SignUp.Rules.Least, t.formatBound(schema, *schema.Min))
}

func (t *text) describeFormat(schema *openapi3.Schema) string {
	rules := t.SignUp.Rules
	switch schema.Format {
	case "uuid", "iso-4217":
		return t.App.NotOffered
	case "email":
		return t.BadEmail
	case "iso-date":
		return rules.Date
	case "iana-time-zone":
		return rules.TimeZone
	case "webhook-url":
		return fmt.Sprintf(rules.URL, *schema.MaxLength)
	}
	return t.describeNumber(schema)
}

func (t *text) describeType(schema *openapi3.Schema) string {
	if schema.Type.Is(openapi3.TypeBoolean) || schema.Enum != nil {
		return t.App.NotOffered
	}
	return t.describeFormat(schema)
}

// describeNumber asks for a number, or says nothing if the schema is none of a number.
func (t *text) describeNumber(schema *openapi3.Schema) string {
	switch {
	case schema.Min != nil:
		return t.describeMinimum(schema)
	case schema.Type.Is(openapi3.TypeNumber), schema.Type.Is(openapi3.TypeInteger):
		return t.SignUp.Rules.Number
	}
	return ""
}

// formatBound writes a bound of a number: as an amount, or as a whole number.
func (t *text) formatBound(schema *openapi3.Schema, bound float64) string {
	if schema.Type.Is(openapi3.TypeInteger) {
		return t.formatCount(int64(bound))
	}
	return t.formatAmount(json.Number(strconv.FormatFloat(bound, 'f', money.DefaultDecimals, 64)), "")
}
