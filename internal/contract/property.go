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

// Formats are the formats of strings and numbers that requests are checked for,
// numbers by their text, so that none is rounded first. A format that the
// contract names and this map lacks stops the start: OpenAPI validators ignore
// formats that they do not know.
type Formats map[string]func(string) error

func (f Formats) options() []openapi3.SchemaValidationOption {
	validators := make(map[string]openapi3.StringFormatValidator, len(f))
	for name, check := range f {
		validators[name] = openapi3.NewCallbackValidator(check)
	}
	return []openapi3.SchemaValidationOption{
		openapi3.MultiErrors(),
		openapi3.EnableFormatValidation(),
		openapi3.DisableSchemaErrorDetails(), // they quote the value, which may be a password
		openapi3.WithStringFormatValidators(validators),
	}
}

// Property is one named value of a request.
type Property struct {
	Name     string
	Schema   *openapi3.Schema
	Required bool

	order   int
	texts   map[string]string  // wire text by keyword
	missing []string           // wire texts for a value that is absent, null or of another type
	alone   string             // the one wire text for whatever is wrong; "": there is none
	exact   func(string) error // of a number's text
	options []openapi3.SchemaValidationOption
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

// Check returns the rules that value breaks. It serves parameters in the path;
// Object.Check serves all others.
func (p *Property) Check(text string) []Violation {
	return p.check(p.parse(text), true)
}

func (p *Property) check(value any, present bool) []Violation {
	if !present && !p.Required || present && value == nil && p.Schema.Nullable {
		return nil
	}
	if !present || value == nil {
		return p.absent()
	}
	err := p.Schema.VisitJSON(value, p.options...)
	isExact := p.isExact(value)
	if err == nil && isExact {
		return nil
	}
	failed := failedKeywords(err)
	if number, isNumber := value.(json.Number); isNumber && p.Schema.Type.Is(openapi3.TypeInteger) && slices.Contains(failed, "type") {
		return p.violations(p.notWhole(number))
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
	if len(violations) == 0 { // of another type, or wrong inside
		return p.absent()
	}
	return p.violations(violations)
}

// isExact reports whether a number has the form that its format asks for.
// Other values and other formats are not its concern.
func (p *Property) isExact(value any) bool {
	number, isNumber := value.(json.Number)
	return p.exact == nil || !isNumber || p.exact(number.String()) == nil
}

// absent returns the violations of a value that is absent, null or of another
// type.
func (p *Property) absent() []Violation {
	violations := make([]Violation, len(p.missing))
	for i, text := range p.missing {
		violations[i] = p.violation(RuleRequired, text)
	}
	return p.violations(violations)
}

// notWhole returns the violations of a number that is not whole: that, and the
// bounds that it breaks, as class-validator's IsInt, Min and Max report them.
func (p *Property) notWhole(number json.Number) []Violation {
	value, err := number.Float64()
	if err != nil { // beyond every bound
		return p.absent()
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

// violations returns what the value is refused for: the list, or the one text
// that the contract has for whatever is wrong with it.
func (p *Property) violations(list []Violation) []Violation {
	if p.alone == "" {
		return list
	}
	return []Violation{{Field: p.Name, Rule: RuleRequired, Message: p.alone, Alone: true}}
}

func (p *Property) violation(rule, text string) Violation {
	return Violation{Field: p.Name, Rule: rule, Message: text}
}

// failedKeywords names the keywords that err, an error of VisitJSON, is about.
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
	integer  = regexp.MustCompile(`^-?[0-9]{1,18}$`)
	fraction = regexp.MustCompile(`^-?[0-9]{1,18}\.[0-9]{0,17}[1-9][0-9]{0,17}$`) // is refused as a number, not as a word
	decimal  = regexp.MustCompile(`^-?[0-9]{1,18}(\.[0-9]{1,18})?$`)
)

// parse turns the text of a parameter into the JSON value that the contract
// asks for, or leaves it a string, which Check then refuses.
func (p *Property) parse(text string) any {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return []any{} // no type of a parameter
	case p.Schema.Type.Is(openapi3.TypeInteger) && (integer.MatchString(text) || fraction.MatchString(text)),
		p.Schema.Type.Is(openapi3.TypeNumber) && decimal.MatchString(text):
		return json.Number(text)
	case p.Schema.Type.Is(openapi3.TypeBoolean) && (text == "true" || text == "false"):
		return text == "true"
	}
	return text
}
