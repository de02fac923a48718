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
		// encoding/json matches names without regard to case: were unknown names let
		// through, {"role": …, "ROLE": …} would bind a value that nobody checked.
		return errors.New("request body: wants additionalProperties: false")
	}
	if len(schema.AllOf)+len(schema.AnyOf)+len(schema.OneOf) > 0 || schema.Not != nil || schema.MinProps > 0 || schema.MaxProps != nil {
		// Such a rule is about no field in particular, so there is no text for it.
		return errors.New("request body: wants rules about its properties only")
	}
	var err error
	if o.Body, err = newObject(schema, formats); err != nil {
		return fmt.Errorf("request body: %w", err)
	}
	return nil
}

func (o *Operation) readParameters(parameters openapi3.Parameters, extensions map[string]any, formats Formats) error {
	query := openapi3.NewObjectSchema()
	if extra, given := extensions["x-extra-parameters"]; !given {
		query = query.WithoutAdditionalProperties()
	} else if extra != "ignore" {
		return errors.New("x-extra-parameters must be ignore, or left out")
	}
	for i, ref := range parameters {
		parameter := ref.Value
		switch parameter.In {
		case openapi3.ParameterInQuery:
			order := map[string]any{source.KeyOrder: float64(i + 1)} // parameters are a list, and have their order by that
			query.Properties[parameter.Name] = &openapi3.SchemaRef{Value: parameter.Schema.Value, Extensions: order}
			if parameter.Required {
				query.Required = append(query.Required, parameter.Name)
			}
			clamp, err := readClamp(parameter)
			if err != nil {
				return fmt.Errorf("parameter %s: %w", parameter.Name, err)
			}
			if clamp != nil {
				o.Clamps = append(o.Clamps, *clamp)
			}
		case openapi3.ParameterInPath, openapi3.ParameterInHeader:
			property, err := newProperty(parameter.Name, parameter.Schema, parameter.Required, formats)
			if err != nil {
				return fmt.Errorf("parameter %s: %w", parameter.Name, err)
			}
			if parameter.In == openapi3.ParameterInPath {
				o.InPath = append(o.InPath, property)
			} else {
				o.InHeader = append(o.InHeader, property)
			}
		default:
			return fmt.Errorf("parameter %s: parameters in %s are not supported", parameter.Name, parameter.In)
		}
	}
	if len(query.Properties) == 0 {
		return nil
	}
	var err error
	o.Query, err = newObject(query, formats)
	return err
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
			o.defaults = append(o.defaults, Default{property.Name, value, text[1 : len(text)-1]})
		}
	}
	return o, nil
}
