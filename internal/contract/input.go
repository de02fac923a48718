package contract

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract/source"
)

func (o *Operation) readBody(body *openapi3.RequestBodyRef, formats Formats) error {
	if body == nil {
		return nil
	}
	media := body.Value.Content.Get("application/json")
	if media == nil || len(body.Value.Content) != 1 {
		return errors.New("request body: wants application/json and nothing else")
	}
	schema := media.Schema.Value
	if !schema.Type.Is(openapi3.TypeObject) {
		return errors.New("request body: wants an object")
	}
	if schema.AdditionalProperties.Has == nil || *schema.AdditionalProperties.Has {
		// encoding/json ignores the case of names: if unknown names were allowed,
		// {"role": …, "ROLE": …} would bind an unchecked value.
		return errors.New("request body: wants additionalProperties: false")
	}
	if len(schema.AllOf)+len(schema.AnyOf)+len(schema.OneOf) > 0 || schema.Not != nil || schema.MinProps > 0 || schema.MaxProps != nil {
		// Such a rule does not belong to one field, so it has no text.
		return errors.New("request body: wants rules about its properties only")
	}
	var err error
	if o.Body, err = newObject(schema, formats); err != nil {
		return fmt.Errorf("request body: %w", err)
	}
	return nil
}

// readParameters reads the parameters in the path, the headers and the query.
func (o *Operation) readParameters(parameters openapi3.Parameters, extensions map[string]any, formats Formats) error {
	query := openapi3.NewObjectSchema()
	if extra, given := extensions["x-extra-parameters"]; !given {
		query = query.WithoutAdditionalProperties()
	} else if extra != "ignore" {
		return errors.New("x-extra-parameters must be ignore, or left out")
	}
	for i, ref := range parameters {
		parameter := ref.Value
		var err error
		switch parameter.In {
		case openapi3.ParameterInQuery:
			err = o.addToQuery(query, parameter, i+1)
		case openapi3.ParameterInPath:
			o.InPath, err = appendParameter(o.InPath, parameter, formats)
		case openapi3.ParameterInHeader:
			o.InHeader, err = appendParameter(o.InHeader, parameter, formats)
		default:
			err = fmt.Errorf("parameters in %s are not supported", parameter.In)
		}
		if err != nil {
			return fmt.Errorf("parameter %s: %w", parameter.Name, err)
		}
	}
	if len(query.Properties) == 0 {
		return nil
	}
	var err error
	o.Query, err = newObject(query, formats)
	return err
}

// addToQuery adds the parameter to the schema of the query string. order is its
// position in the list of parameters.
func (o *Operation) addToQuery(query *openapi3.Schema, parameter *openapi3.Parameter, order int) error {
	extensions := map[string]any{source.KeyOrder: float64(order)}
	query.Properties[parameter.Name] = &openapi3.SchemaRef{Value: parameter.Schema.Value, Extensions: extensions}
	if parameter.Required {
		query.Required = append(query.Required, parameter.Name)
	}
	clamp, err := readClamp(parameter)
	if clamp != nil {
		o.Clamps = append(o.Clamps, *clamp)
	}
	return err
}

func appendParameter(list []*Property, parameter *openapi3.Parameter, formats Formats) ([]*Property, error) {
	property, err := newProperty(parameter.Name, parameter.Schema, parameter.Required, formats)
	return append(list, property), err
}

func newObject(schema *openapi3.Schema, formats Formats) (*Object, error) {
	o := &Object{byName: map[string]*Property{}, schema: schema, options: formats.options()}
	for name, ref := range schema.Properties {
		property, err := newProperty(name, ref, slices.Contains(schema.Required, name), formats)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", name, err)
		}
		if property.order == 0 {
			return nil, fmt.Errorf("property %s: has no %s, which source.Document.OrderedJSON adds", name, source.KeyOrder)
		}
		o.byName[name] = property
		o.Properties = append(o.Properties, property)
	}
	slices.SortFunc(o.Properties, func(a, b *Property) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Name, b.Name))
	})
	for _, property := range o.Properties {
		if value := property.Schema.Default; value != nil {
			text, err := json.Marshal(map[string]any{property.Name: value})
			if err != nil {
				return nil, fmt.Errorf("property %s: default: %w", property.Name, err)
			}
			o.defaults = append(o.defaults, Default{Name: property.Name, Value: value, JSON: text[1 : len(text)-1]})
		}
	}
	return o, nil
}
