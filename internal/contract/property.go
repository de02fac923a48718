package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract/source"
)

// Formats are the checks of the formats of strings and numbers. A number is checked by
// its text, so that it is not rounded first. Parse fails if the contract has a format
// that is not in the map: OpenAPI validators would ignore it.
type Formats map[string]func(string) error

func (f Formats) options() []openapi3.SchemaValidationOption {
	validators := make(map[string]openapi3.StringFormatValidator, len(f))
	for name, check := range f {
		validators[name] = openapi3.NewCallbackValidator(check)
	}
	return []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.EnableFormatValidation(),
		openapi3.DisableSchemaErrorDetails(), // details quote the value, which may be a password
		openapi3.WithStringFormatValidators(validators),
	}
}

// Property is one named value of a request.
type Property struct {
	Name     string
	Schema   *openapi3.Schema
	Required bool

	order       int
	texts       map[string]string  // wire text by keyword
	absentTexts []string           // wire texts for a value that is absent, null or of another type
	alone       string             // wire text that replaces all others; "": none
	exact       func(string) error // check of a number's text
	options     []openapi3.SchemaValidationOption
}

func newProperty(name string, ref *openapi3.SchemaRef, required bool, formats Formats) (*Property, error) {
	schema := ref.Value
	p := &Property{Name: name, Schema: schema, Required: required, options: formats.options(), texts: map[string]string{}}
	if schema.Type == nil || len(*schema.Type) != 1 {
		return nil, errors.New("wants one type")
	}
	isNumber := schema.Type.Is(openapi3.TypeNumber)
	if (isNumber || schema.Type.Is(openapi3.TypeString)) && schema.Format != "" && formats != nil && formats[schema.Format] == nil {
		return nil, fmt.Errorf("format %q is not one that the server checks", schema.Format)
	}
	if isNumber {
		p.exact = formats[schema.Format]
	}
	order, ok := ref.Extensions[source.KeyOrder].(float64)
	if !ok {
		order, _ = schema.Extensions[source.KeyOrder].(float64)
	}
	p.order = int(order)
	return p, p.readMessages()
}

// Check returns the rules that the text violates. It is for parameters in the path and
// in headers; Object.Check is for all others.
func (p *Property) Check(text string) []Violation {
	return p.check(p.parse(text), true)
}

func (p *Property) check(value any, present bool) []Violation {
	if !present && !p.Required || present && value == nil && p.Schema.Nullable {
		return nil
	}
	if !present || value == nil {
		return p.absentViolations()
	}
	err := p.Schema.VisitJSON(value, p.options...)
	isExact := p.isExact(value)
	if err == nil && isExact {
		return nil
	}
	failed := failedKeywords(err)
	if number, isNumber := value.(json.Number); isNumber && p.Schema.Type.Is(openapi3.TypeInteger) && slices.Contains(failed, "type") {
		return p.reduce(p.notWhole(number))
	}
	var violations []Violation
	for _, keyword := range keywords {
		if text := p.texts[keyword]; text != "" && keyword != "type" && slices.Contains(failed, keyword) {
			violations = append(violations, p.violation(keyword, text))
		}
	}
	if !isExact {
		violations = append(violations, p.violation("type", p.texts["type"]))
	}
	if len(violations) == 0 { // the type is wrong, or a nested value
		return p.absentViolations()
	}
	return p.reduce(violations)
}

// isExact reports whether a number matches its format. It is true for other values.
func (p *Property) isExact(value any) bool {
	number, isNumber := value.(json.Number)
	return p.exact == nil || !isNumber || p.exact(number.String()) == nil
}

// absentViolations returns the violations of a value that is absent, null or of another
// type.
func (p *Property) absentViolations() []Violation {
	violations := make([]Violation, len(p.absentTexts))
	for i, text := range p.absentTexts {
		violations[i] = p.violation(RuleRequired, text)
	}
	return p.reduce(violations)
}

// notWhole returns the violations of a number that is not an integer: the bounds that
// it exceeds and its type, in the order of class-validator's Max, Min and IsInt.
func (p *Property) notWhole(number json.Number) []Violation {
	value, err := number.Float64()
	if err != nil { // beyond every bound
		return p.absentViolations()
	}
	var violations []Violation
	if p.Schema.Max != nil && value > *p.Schema.Max {
		violations = append(violations, p.violation("maximum", p.texts["maximum"]))
	}
	if p.Schema.Min != nil && value < *p.Schema.Min {
		violations = append(violations, p.violation("minimum", p.texts["minimum"]))
	}
	return append(violations, p.violation("type", p.texts["type"]))
}

// reduce returns the list, or the one violation that replaces all others if the
// property has a text for it.
func (p *Property) reduce(list []Violation) []Violation {
	if p.alone == "" {
		return list
	}
	return []Violation{{Field: p.Name, Rule: RuleRequired, Message: p.alone, Alone: true}}
}

func (p *Property) violation(rule, text string) Violation {
	return Violation{Field: p.Name, Rule: rule, Message: text}
}

// failedKeywords returns the keywords in err, an error of VisitJSON.
func failedKeywords(err error) []string {
	if list, ok := errors.AsType[openapi3.MultiError](err); ok {
		var failed []string
		for _, err := range list {
			failed = append(failed, failedKeywords(err)...)
		}
		return failed
	}
	if schemaError, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return []string{schemaError.SchemaField}
	}
	return nil
}

var (
	integerParameter  = regexp.MustCompile(`^-?[0-9]{1,18}$`)
	fractionParameter = regexp.MustCompile(`^-?[0-9]{1,18}\.[0-9]{0,17}[1-9][0-9]{0,17}$`) // rejected as a number, not as a text
	decimalParameter  = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,18})?$`)
)

// parse converts the text of a parameter to the JSON value that the contract asks
// for. If it cannot, it returns a value that Check rejects.
func (p *Property) parse(text string) any {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return []any{} // no parameter is an array
	case p.Schema.Type.Is(openapi3.TypeInteger) && (integerParameter.MatchString(text) || fractionParameter.MatchString(text)),
		p.Schema.Type.Is(openapi3.TypeNumber) && decimalParameter.MatchString(text):
		return json.Number(text)
	case p.Schema.Type.Is(openapi3.TypeBoolean) && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}
