package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxUnknown bounds how many unknown names one answer lists, so that a small
// request cannot ask for a large one.
const maxUnknown = 20

// RuleRequired is the rule that a value is there, and of its type.
const RuleRequired = "required"

// Violation is one rule that one field of a request broke.
type Violation struct {
	Field   string
	Rule    string // the keyword of the schema, or RuleRequired; empty if the text is not of a schema
	Message string
	Alone   bool // it is the whole answer, as one text
}

// Object is what a request may carry in its body or its query string: named
// values, each with a schema.
type Object struct {
	Properties []*Property // in the order of the contract
	byName     map[string]*Property
	schema     *openapi3.Schema
	defaults   []Default
	options    []openapi3.SchemaValidationOption
}

// Property returns the property with the name, or nil.
func (o *Object) Property(name string) *Property { return o.byName[name] }

// Check returns every rule that value breaks: first the names that should not
// exist, in the order of names, which lists value's own names as the client
// sent them; then property by property in the contract's order. A violation that
// is to be answered alone is the only one. It is empty for a valid value. value is what a JSON decoder that keeps numbers as
// json.Number makes; whatever is no object is judged as one without
// properties, an array as one whose names are its indices.
func (o *Object) Check(value any, names []string) []Violation {
	object, isObject := value.(map[string]any)
	if isObject && o.schema.VisitJSON(value, o.options...) == nil && o.isExact(object) {
		return nil
	}
	if list, isList := value.([]any); isList {
		names = nil
		for i := range min(len(list), maxUnknown) {
			names = append(names, strconv.Itoa(i))
		}
	}
	var violations []Violation
	if o.schema.AdditionalProperties.Has != nil { // where they are allowed, it is nil
		violations = o.unknown(names)
	}
	for _, property := range o.Properties {
		value, present := object[property.Name]
		broken := property.check(value, present)
		if len(broken) > 0 && broken[0].Alone {
			return broken
		}
		violations = append(violations, broken...)
	}
	return violations
}

func (o *Object) isExact(object map[string]any) bool {
	for _, property := range o.Properties {
		if !property.isExact(object[property.Name]) {
			return false
		}
	}
	return true
}

func (o *Object) unknown(names []string) []Violation {
	var violations []Violation
	for _, name := range names {
		if o.byName[name] == nil && len(violations) < maxUnknown {
			violations = append(violations, Violation{Field: name, Rule: "additionalProperties", Message: fmt.Sprintf("property %s should not exist", name)})
		}
	}
	return violations
}

// Default is a value that the contract gives to a property that was not sent.
type Default struct {
	Name  string
	Value any
	JSON  []byte // "name":value
}

// Text returns the value as a query parameter carries it.
func (d Default) Text() string {
	if f, isNumber := d.Value.(float64); isNumber {
		return number(f) // fmt would write a million as 1e+06
	}
	return fmt.Sprint(d.Value)
}

// Defaults returns what value, which Check has passed, lacks and the contract
// has a default for. A null counts as not sent.
func (o *Object) Defaults(value map[string]any) []Default {
	var defaults []Default
	for _, d := range o.defaults {
		if value[d.Name] == nil {
			defaults = append(defaults, d)
		}
	}
	return defaults
}

// ParseQuery turns query parameters into the value that Check takes: numbers
// and booleans become such where the contract asks for them. What cannot
// become what is asked, or is given more than once, is left in a form that
// Check refuses. Parameters named in ignore are left out.
func (o *Object) ParseQuery(query map[string][]string, ignore ...string) (value map[string]any, names []string) {
	value = make(map[string]any, len(query))
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if slices.Contains(ignore, name) {
			continue
		}
		names = append(names, name)
		texts := query[name]
		property := o.byName[name]
		if len(texts) != 1 || property == nil {
			value[name] = []any{}
			continue
		}
		value[name] = property.parse(texts[0])
	}
	return value, names
}
