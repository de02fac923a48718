package contract

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listing is an operation with a parameter of each type.
func listing(t testing.TB) *Operation {
	t.Helper()
	doc := load(t, `
openapi: 3.0.3
info: {title: Things, version: 0.1.0}
x-body-limit: 1024
x-rate-classes: {}
paths:
  /things/{id}:
    get:
      operationId: listThings
      tags: [things]
      x-token-cost: 1
      x-since: 0.1.0
      x-why: To see them.
      x-use-case: Lists.
      security: []
      parameters:
        - {name: type, in: query, schema: {type: string, enum: [a, b]}}
        - {name: page, in: query, schema: {type: integer, minimum: 1, maximum: 1000, default: 1}}
        - {name: all, in: query, required: true, schema: {type: boolean}}
        - {name: limit, in: query, schema: {type: integer, nullable: true, default: 20}}
        - {name: id, in: path, required: true, schema: {type: string, format: code, x-messages: {format: No such form}}}
      responses: {"204": {description: Listed.}}
`)
	c, err := Parse(doc, formats)
	if err != nil {
		t.Fatal(err)
	}
	return c.Operations["listThings"]
}

func TestParseQuery(t *testing.T) {
	const (
		most  = "page must not be greater than 1000"
		least = "page must not be less than 1"
		whole = "page must be an integer number"
		flag  = "all must be a boolean value"
		kind  = "type must be one of the following values: a, b"
	)
	page := []string{most, least, whole}
	tests := []struct {
		name  string
		query map[string][]string
		value map[string]any
		want  []string
	}{
		{"each", map[string][]string{"type": {"a"}, "page": {"2"}, "all": {"true"}},
			map[string]any{"type": "a", "page": json.Number("2"), "all": true}, nil},
		{"the required one alone", map[string][]string{"all": {"false"}}, map[string]any{"all": false}, nil},
		{"none", nil, map[string]any{}, []string{flag}},
		{"ignored", map[string][]string{"all": {"true"}, "apiKey": {"x", "y"}}, map[string]any{"all": true}, nil},
		{"negative", map[string][]string{"all": {"true"}, "page": {"-1"}}, map[string]any{"all": true, "page": json.Number("-1")}, []string{least}},
		{"too great", map[string][]string{"all": {"true"}, "page": {"1001"}}, map[string]any{"all": true, "page": json.Number("1001")}, []string{most}},
		{"20 digits", map[string][]string{"all": {"true"}, "page": {"99999999999999999999"}},
			map[string]any{"all": true, "page": "99999999999999999999"}, page},
		{"fraction", map[string][]string{"all": {"true"}, "page": {"1.5"}}, map[string]any{"all": true, "page": json.Number("1.5")}, []string{whole}},
		{"fraction out of bounds", map[string][]string{"all": {"true"}, "page": {"-0.5"}}, map[string]any{"all": true, "page": json.Number("-0.5")}, []string{least, whole}},
		{"whole, with a point", map[string][]string{"all": {"true"}, "page": {"1.0"}}, map[string]any{"all": true, "page": "1.0"}, page},
		{"exponent", map[string][]string{"all": {"true"}, "page": {"1e2"}}, map[string]any{"all": true, "page": "1e2"}, page},
		{"hexadecimal", map[string][]string{"all": {"true"}, "page": {"0x10"}}, map[string]any{"all": true, "page": "0x10"}, page},
		{"blank before", map[string][]string{"all": {"true"}, "page": {" 1"}}, map[string]any{"all": true, "page": " 1"}, page},
		{"plus", map[string][]string{"all": {"true"}, "page": {"+1"}}, map[string]any{"all": true, "page": "+1"}, page},
		{"digits of another script", map[string][]string{"all": {"true"}, "page": {"١"}}, map[string]any{"all": true, "page": "١"}, page},
		{"line feed after", map[string][]string{"all": {"true"}, "page": {"1\n"}}, map[string]any{"all": true, "page": "1\n"}, page},
		{"empty integer", map[string][]string{"all": {"true"}, "page": {""}}, map[string]any{"all": true, "page": ""}, page},
		{"null for an integer", map[string][]string{"all": {"true"}, "page": {"null"}}, map[string]any{"all": true, "page": "null"}, page},
		{"boolean in capitals", map[string][]string{"all": {"TRUE"}}, map[string]any{"all": "TRUE"}, []string{flag}},
		{"boolean as a digit", map[string][]string{"all": {"1"}}, map[string]any{"all": "1"}, []string{flag}},
		{"empty boolean", map[string][]string{"all": {""}}, map[string]any{"all": ""}, []string{flag}},
		{"twice", map[string][]string{"all": {"true"}, "type": {"a", "a"}}, map[string]any{"all": true, "type": []any{}}, []string{kind}},
		{"no value", map[string][]string{"all": {"true"}, "type": {}}, map[string]any{"all": true, "type": []any{}}, []string{kind}},
		{"NUL", map[string][]string{"all": {"true"}, "type": {"a\x00"}}, map[string]any{"all": true, "type": []any{}}, []string{kind}},
		{"invalid UTF-8", map[string][]string{"all": {"true"}, "type": {"\xff"}}, map[string]any{"all": true, "type": []any{}}, []string{kind}},
		{"unknown, in order of names", map[string][]string{"all": {"true"}, "zoo": {"1"}, "bar": {"1", "2"}, "ALL": {"true"}},
			map[string]any{"all": true, "zoo": []any{}, "bar": []any{}, "ALL": []any{}},
			[]string{"property ALL should not exist", "property bar should not exist", "property zoo should not exist"}},
		{"the contract's order", map[string][]string{"all": {"x"}, "page": {"0"}, "type": {"c"}},
			map[string]any{"all": "x", "page": json.Number("0"), "type": "c"}, []string{kind, least, flag}},
		{"a path parameter's name", map[string][]string{"all": {"true"}, "id": {"abc"}},
			map[string]any{"all": true, "id": []any{}}, []string{"property id should not exist"}},
	}
	object := listing(t).Query
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			value, names := object.ParseQuery(test.query, "apiKey")
			if diff := cmp.Diff(test.value, value); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.want, texts(object.Check(value, names))); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPropertyCheck(t *testing.T) {
	property := listing(t).InPath[0]
	refused := func(rule string) []Violation { return []Violation{{Field: "id", Rule: rule, Message: "No such form"}} }
	for text, want := range map[string][]Violation{
		"abc":     nil,
		"ABC":     nil,
		"abcd":    refused("format"),
		"":        refused("format"),
		"ab\x00":  refused("required"),
		"ab\xff":  refused("required"),
		"../../x": refused("format"),
	} {
		if diff := cmp.Diff(want, property.Check(text)); diff != "" {
			t.Errorf("Check(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestDefaults(t *testing.T) {
	object := listing(t).Query
	page, limit := Default{"page", 1.0, []byte(`"page":1`)}, Default{"limit", 20.0, []byte(`"limit":20`)}
	for _, test := range []struct {
		name  string
		value map[string]any
		want  []Default
	}{
		{"nothing sent", nil, []Default{page, limit}},
		{"others sent", map[string]any{"all": true, "type": "a"}, []Default{page, limit}},
		{"one sent", map[string]any{"page": json.Number("3")}, []Default{limit}},
		{"both sent", map[string]any{"page": json.Number("3"), "limit": json.Number("5")}, nil},
		{"zero counts as sent", map[string]any{"page": json.Number("0")}, []Default{limit}},
		{"null does not", map[string]any{"page": json.Number("3"), "limit": nil}, []Default{limit}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, object.Defaults(test.value)); diff != "" {
				t.Errorf("Defaults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultText(t *testing.T) {
	for want, value := range map[string]any{"20": 20.0, "1000000": 1e6, "0.5": 0.5, "a b": "a b", "true": true} {
		if got := (Default{Value: value}).Text(); got != want {
			t.Errorf("%v is %q, want %q", value, got, want)
		}
	}
}
