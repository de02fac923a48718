package docs

import (
	"cmp"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract/source"
)

// Field is one row of the table of a response's fields.
type Field struct {
	Name        string // nested fields as data[].x; * stands for any key
	Type        string // in words, such as array of objects
	Required    bool   // false: it may be absent
	Nullable    bool
	Allowed     string // allowed values in words; empty: any of its type
	Description string
}

// property is a schema with its name in a table.
type property struct {
	name     string
	schema   *openapi3.Schema
	required bool
}

// properties lists the properties inside the schema, outer ones first, and each
// object's in order. Names begin with prefix. A schema that contains itself is
// listed once.
func properties(prefix string, schema *openapi3.Schema) []property {
	return appendProperties(nil, prefix, schema, nil)
}

func appendProperties(list []property, prefix string, schema *openapi3.Schema, above []*openapi3.Schema) []property {
	if slices.Contains(above, schema) {
		return list
	}
	above = append(slices.Clone(above), schema)
	for _, part := range schema.AllOf {
		list = appendProperties(list, prefix, part.Value, above)
	}
	if schema.Items != nil {
		list = appendProperties(list, prefix+"[]", schema.Items.Value, above)
	}
	if others := schema.AdditionalProperties.Schema; others != nil {
		list = appendProperties(list, joinName(prefix, "*"), others.Value, above)
	}
	for _, name := range order(schema) {
		child := property{name: joinName(prefix, name), schema: schema.Properties[name].Value, required: slices.Contains(schema.Required, name)}
		list = appendProperties(append(list, child), child.name, child.schema, above)
	}
	return list
}

func joinName(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// order returns the names of an object's properties: as they are written; of a schema without that order first those
// that are required as they are listed, then by name.
func order(schema *openapi3.Schema) []string {
	place := func(name string) int {
		ref := schema.Properties[name]
		value, isGiven := ref.Extensions[source.KeyOrder].(float64)
		if !isGiven {
			value, isGiven = ref.Value.Extensions[source.KeyOrder].(float64)
		}
		if isGiven {
			return int(value)
		}
		if i := slices.Index(schema.Required, name); i >= 0 {
			return len(schema.Properties) + i
		}
		return len(schema.Properties) + len(schema.Required)
	}
	return slices.SortedFunc(maps.Keys(schema.Properties), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
}

// fieldsOf returns the rows of the table of a response's fields.
func fieldsOf(schema *openapi3.Schema) []Field {
	var fields []Field
	for _, p := range properties("", schema) {
		fields = append(fields, Field{
			Name:        p.name,
			Type:        typeWords(p.schema),
			Required:    p.required,
			Nullable:    p.schema.Nullable,
			Allowed:     allowedWords(p.schema),
			Description: descriptionOf(p.schema),
		})
	}
	return fields
}

// descriptionOf returns the schema's description or, if the schema only refers
// to another one, that one's.
func descriptionOf(schema *openapi3.Schema) string {
	if schema.Description == "" && len(schema.AllOf) == 1 {
		return schema.AllOf[0].Value.Description
	}
	return schema.Description
}
