package source

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// KeyOrder is the extension by which a parsed contract knows the order of an
// object's properties: the number of each, from 1. The document does not have
// it; OrderedJSON adds it.
const KeyOrder = "x-order"

// schemasIn says where schemas are, by what they are in: for each key what is
// under it. The key * stands for any, and [] for the elements of an array.
var schemasIn = map[string]map[string]string{
	"document":   {"paths": "paths", "components": "components"},
	"paths":      {"*": "path"},
	"path":       {"parameters": "list", "get": "operation", "put": "operation", "post": "operation", "delete": "operation", "patch": "operation"},
	"operation":  {"parameters": "list", "requestBody": "body", "responses": "bodies"},
	"components": {"schemas": "schemas", "parameters": "values", "headers": "values", "responses": "bodies", "requestBodies": "bodies"},
	"list":       {"[]": "value"},
	"values":     {"*": "value"},
	"value":      {"schema": "schema", "content": "contents"}, // a parameter, a header or a content
	"bodies":     {"*": "body"},
	"body":       {"headers": "values", "content": "contents"}, // of a request or a response
	"contents":   {"*": "value"},
	"schemas":    {"*": "schema"},
	"schema": {
		"properties": "schemas", "items": "schema", "additionalProperties": "schema", "not": "schema",
		"allOf": "alternatives", "anyOf": "alternatives", "oneOf": "alternatives",
	},
	"alternatives": {"[]": "schema"},
}

// OrderedJSON numbers the properties of each schema as they are written, and
// returns the document as JSON. It is for those that parse it; d has the
// numbers from then on. The error names each line that has a number already.
func (d Document) OrderedJSON() ([]byte, error) {
	if err := addOrder(d.Root, "document"); err != nil {
		return nil, err
	}
	return d.Root.JSON()
}

// Load parses the document as OrderedJSON returns it.
func (d Document) Load() (*openapi3.T, error) {
	raw, err := d.OrderedJSON()
	if err != nil {
		return nil, err
	}
	return openapi3.NewLoader().LoadFromData(raw)
}

// addOrder numbers properties inside n, which is what kind says.
func addOrder(n *Node, kind string) error {
	var problems []error
	inside := schemasIn[kind]
	for item := range n.Items() {
		problems = append(problems, addOrder(item, inside["[]"]))
	}
	for key, value := range n.Pairs() {
		under, isNamed := inside[key.Value]
		if !isNamed {
			under = inside["*"]
		}
		if under == "" {
			continue
		}
		problems = append(problems, addOrder(value, under))
		if kind == "schema" && key.Value == "properties" {
			problems = append(problems, value.number())
		}
	}
	return errors.Join(problems...)
}

// number numbers the properties that n has.
func (n *Node) number() error {
	place := 0
	for name, property := range n.Pairs() {
		place++
		if key, _ := property.Find(KeyOrder); key != nil {
			return fmt.Errorf("line %d: %s: has %s; the order of properties is that of their lines", key.Line, name.Value, KeyOrder)
		}
		if property.Kind != yaml.MappingNode {
			return fmt.Errorf("line %d: %s: wants a schema", property.Line, name.Value)
		}
		property.Content = append(slices.Clip(property.Content),
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: KeyOrder},
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(place)})
	}
	return nil
}
