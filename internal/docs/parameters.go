package docs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract"
)

// Parameter is one row of the table of a call's parameters.
type Parameter struct {
	Name        string // nested ones as filter.x or items[].x
	In          string // path, query, body or header
	Type        string // in words
	Required    bool
	Nullable    bool
	Default     string // empty: none
	Allowed     string // allowed values in words; empty: any of the type
	Description string
	Example     string
}

// places are the kinds of parameters, in the order of the table.
var places = []string{openapi3.ParameterInPath, openapi3.ParameterInQuery, inBody, openapi3.ParameterInHeader}

const inBody = "body"

// parameterRows returns the rows for the parameters and the body of a call.
func parameterRows(parameters openapi3.Parameters, body *openapi3.RequestBodyRef, op *contract.Operation) []Parameter {
	rows := bodyRows(body)
	for _, ref := range parameters {
		parameter, schema := ref.Value, ref.Value.Schema.Value
		row := Parameter{
			Name:        parameter.Name,
			In:          parameter.In,
			Type:        typeWords(schema),
			Required:    parameter.Required,
			Nullable:    schema.Nullable,
			Default:     defaultText(schema),
			Allowed:     allowedWords(schema),
			Description: parameter.Description,
			Example:     formatValue(exampleOf(parameter)),
		}
		for _, clamp := range op.Clamps {
			if clamp.Name == row.Name {
				row.Default = fmt.Sprint(clamp.Default)
				row.Allowed = fmt.Sprintf("%d to %d; a number outside is set to the nearest bound, anything else to the default", clamp.Minimum, clamp.Maximum)
			}
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Parameter) int {
		return cmp.Compare(slices.Index(places, a.In), slices.Index(places, b.In))
	})
	return rows
}

// bodyRows returns the rows for the body.
func bodyRows(body *openapi3.RequestBodyRef) []Parameter {
	if body == nil {
		return nil
	}
	media := body.Value.Content.Get(jsonType)
	example := media.Example
	if named := media.Examples[loneExample]; named != nil {
		example = named.Value.Value
	}
	var rows []Parameter
	for _, p := range properties("", media.Schema.Value) {
		rows = append(rows, Parameter{
			Name:        p.name,
			In:          inBody,
			Type:        typeWords(p.schema),
			Required:    p.required,
			Nullable:    p.schema.Nullable,
			Default:     defaultText(p.schema),
			Allowed:     allowedWords(p.schema),
			Description: descriptionOf(p.schema),
			Example:     formatValue(cmp.Or(inside(example, p.name), p.schema.Example)),
		})
	}
	return rows
}

// inside returns the value in the example of a body for the name of a row, or
// nil.
func inside(example any, name string) any {
	for key := range strings.SplitSeq(name, ".") {
		key, isList := strings.CutSuffix(key, "[]")
		object, _ := example.(map[string]any)
		example = object[key]
		if list, _ := example.([]any); isList {
			example = nil
			if len(list) > 0 {
				example = list[0]
			}
		}
	}
	return example
}

func exampleOf(parameter *openapi3.Parameter) any {
	if parameter.Example != nil {
		return parameter.Example
	}
	return parameter.Schema.Value.Example
}

// defaultText returns the default as a client would send it, in quotes if it is
// an empty text.
func defaultText(schema *openapi3.Schema) string {
	if schema.Default == "" {
		return `""`
	}
	return formatValue(schema.Default)
}
