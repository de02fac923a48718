package contract

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxUnknown is the largest number of unknown names in one answer, so that a small
// request cannot cause a large answer.
const maxUnknown = 20

// RuleRequired is the rule that a value is present and has the right type.
const RuleRequired = "required"

// RuleDecimals is the rule that an amount has no more decimals than its currency. No
// keyword of a schema says that, because the currency is in another value. The values
// of its Violation are the number of decimals and the currency's code.
const RuleDecimals = "decimals"

// RuleLimit is the rule that an amount is not above the largest of its currency, which
// may be below the schema's maximum. The values of its Violation are the largest amount
// and the currency's code.
const RuleLimit = "limit"

// Violation is one rule that a field of a request violates.
type Violation struct {
	Field   string
	Rule    string // the keyword of the schema, or RuleRequired; empty for a rule outside the schema
	Message string
	Alone   bool  // the whole answer is this one text
	Values  []any // of the rule, for texts of other languages; nil: the schema has them
}

// Object describes the body or the query string of a request: named values, each
// with a schema.
type Object struct {
	Properties []*Property // in the order of the contract
	byName     map[string]*Property
	schema     *openapi3.Schema
	defaults   []Default
	options    []openapi3.SchemaValidationOption
}

// Property returns the property with the name, or nil.
func (o *Object) Property(name string) *Property { return o.byName[name] }

// Check returns the violated rules: unknown names first, in the client's order, then
// each property in contract order. If a violation is marked Alone, it is the only
// one. A valid value has none. value is decoded JSON whose numbers are json.Number,
// and names are its names in the client's order. A value that is not an object counts
// as an empty object; the names of an array are its indices.
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
	if o.schema.AdditionalProperties.Has != nil { // it is nil if they are allowed
		violations = o.unknownNames(names)
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

func (o *Object) unknownNames(names []string) []Violation {
	var violations []Violation
	for _, name := range names {
		if o.byName[name] == nil && len(violations) < maxUnknown {
			violations = append(violations, Violation{Field: name, Rule: "additionalProperties", Message: fmt.Sprintf("property %s should not exist", name)})
		}
	}
	return violations
}

// Default is the contract's value for a missing property.
type Default struct {
	Name  string
	Value any
	JSON  []byte // "name":value
}

// Text returns the value in the form of a query parameter.
func (d Default) Text() string {
	if f, isNumber := d.Value.(float64); isNumber {
		return formatNumber(f) // fmt would write a million as 1e+06
	}
	return fmt.Sprint(d.Value)
}

// Defaults returns the defaults of the properties that are missing or null in value,
// which Check has accepted.
func (o *Object) Defaults(value map[string]any) []Default {
	var defaults []Default
	for _, d := range o.defaults {
		if value[d.Name] == nil {
			defaults = append(defaults, d)
		}
	}
	return defaults
}

// ParseQuery converts query parameters to the arguments of Check. A text becomes a
// number or a boolean if the contract asks for one. A text that cannot be converted,
// and a repeated parameter, become a value that Check rejects. The parameters in
// ignore are left out.
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
