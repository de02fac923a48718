package contract

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// body returns the parsed request body with these properties, which are lines of
// YAML.
func body(t testing.TB, required string, properties ...string) *Object {
	t.Helper()
	const indent = "\n                "
	text := strings.Replace(document,
		"required: [name]\n              properties:\n                name: {type: string, maxLength: 9}",
		"required: ["+required+"]\n              properties:"+indent+strings.Join(properties, indent), 1)
	text = strings.Replace(text, "required: []\n", "\n", 1)
	c, err := Parse(load(t, text), formats)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c.Operations["putThing"].Body
}

// decode reads JSON as the server does: numbers keep their text, and names their
// order.
func decode(t testing.TB, text string) (value any, names []string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if object, ok := value.(map[string]any); ok {
		for name := range object {
			names = append(names, name)
		}
		slices.SortFunc(names, func(a, b string) int {
			return strings.Index(text, `"`+a+`":`) - strings.Index(text, `"`+b+`":`)
		})
	}
	return value, names
}

// texts returns the messages alone. They begin with the field's name unless the
// contract says otherwise.
func texts(violations []Violation) []string {
	var messages []string
	for _, v := range violations {
		messages = append(messages, v.Message)
	}
	return messages
}

type checkTest struct {
	name string
	json string
	want []string
}

func runChecks(t *testing.T, object *Object, tests []checkTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			value, names := decode(t, test.json)
			if diff := cmp.Diff(test.want, texts(object.Check(value, names))); diff != "" {
				t.Errorf("Check(%s) (-want +got):\n%s", test.json, diff)
			}
		})
	}
}

// TestCheckKeywords has a property for each keyword, and some with several. The last
// rule of a field is reported first.
func TestCheckKeywords(t *testing.T) {
	object := body(t, "",
		`word: {type: string, minLength: 3, maxLength: 4, pattern: "^[a-z]+$"}`,
		`kind: {type: string, enum: [CASH, BANK]}`,
		`code: {type: string, format: code, maxLength: 4}`,
		`count: {type: integer, minimum: 2, maximum: 4}`,
		`share: {type: number, minimum: 0.5, maximum: 1.5}`,
		`flag: {type: boolean}`,
		`list: {type: array, maxItems: 1, items: {}}`,
		`inner: {type: object}`,
	)
	const (
		pattern   = "word must match /^[a-z]+$/ regular expression"
		longest   = "word must be shorter than or equal to 4 characters"
		shortest  = "word must be longer than or equal to 3 characters"
		isString  = "word must be a string"
		kind      = "kind must be one of the following values: CASH, BANK"
		code      = "code must be a valid code"
		codeShort = "code must be shorter than or equal to 4 characters"
		most      = "count must not be greater than 4"
		least     = "count must not be less than 2"
		isInteger = "count must be an integer number"
		most2     = "share must not be greater than 1.5"
		least2    = "share must not be less than 0.5"
		isNumber  = "share must be a number conforming to the specified constraints"
		isBoolean = "flag must be a boolean value"
		isArray   = "list must be an array"
		isObject  = "inner must be an object"
	)
	word, count, share := []string{pattern, longest, shortest, isString}, []string{most, least, isInteger}, []string{most2, least2, isNumber}
	runChecks(t, object, []checkTest{
		{"nothing", `{}`, nil},
		{"all right", `{"word":"abc","kind":"BANK","code":"xyz","count":3,"share":0.75,"flag":false,"list":[1],"inner":{"a":1}}`, nil},
		{"pattern", `{"word":"abC"}`, []string{pattern}},
		{"maxLength", `{"word":"abcde"}`, []string{longest}},
		{"minLength", `{"word":"ab"}`, []string{shortest}},
		{"pattern and maxLength", `{"word":"ABCDE"}`, []string{pattern, longest}},
		{"pattern and minLength", `{"word":""}`, []string{pattern, shortest}},
		{"number for a string", `{"word":123}`, word},
		{"boolean for a string", `{"word":true}`, word},
		{"array for a string", `{"word":["abc"]}`, word},
		{"object for a string", `{"word":{"abc":1}}`, word},
		{"null for a string", `{"word":null}`, word},
		{"enum", `{"kind":"STOCK"}`, []string{kind}},
		{"enum in other case", `{"kind":"cash"}`, []string{kind}},
		{"number for an enum", `{"kind":1}`, []string{kind}},
		{"null for an enum", `{"kind":null}`, []string{kind}},
		{"format", `{"code":"wxyz"}`, []string{code}},
		{"format and maxLength", `{"code":"vwxyz"}`, []string{code, codeShort}},
		{"number for a format", `{"code":123}`, []string{code, codeShort}},
		{"maximum", `{"count":5}`, []string{most}},
		{"minimum", `{"count":1}`, []string{least}},
		{"fraction for an integer", `{"count":2.5}`, []string{"count must be an integer number"}},
		{"fraction above the maximum", `{"count":4.5}`, []string{most, "count must be an integer number"}},
		{"fraction below the minimum", `{"count":0.5}`, []string{least, "count must be an integer number"}},
		{"numeric string for an integer", `{"count":"3"}`, count},
		{"null for an integer", `{"count":null}`, count},
		{"integer with an empty fraction", `{"count":3.0}`, nil},
		{"integer with an exponent", `{"count":3e0}`, nil},
		{"far too great", `{"count":1e300}`, []string{most}},
		{"maximum of a number", `{"share":1.51}`, []string{most2}},
		{"minimum of a number", `{"share":-0}`, []string{least2}},
		{"string for a number", `{"share":"1"}`, share},
		{"integer for a number", `{"share":1}`, nil},
		{"string for a boolean", `{"flag":"true"}`, []string{isBoolean}},
		{"number for a boolean", `{"flag":1}`, []string{isBoolean}},
		{"object for an array", `{"list":{}}`, []string{isArray}},
		{"an array too long", `{"list":[1,2]}`, []string{isArray}},
		{"array for an object", `{"inner":[]}`, []string{isObject}},
		{"each that is wrong and no other", `{"word":"abc","count":9,"flag":0}`, []string{most, isBoolean}},
	})
}

func TestCheckRequired(t *testing.T) {
	runChecks(t, body(t, "name, kind",
		`name: {type: string, minLength: 2, maxLength: 9}`,
		`kind: {type: string, enum: [CASH]}`,
		`note: {type: string}`,
		`color: {type: string, nullable: true, maxLength: 7}`,
	), []checkTest{
		{"all there", `{"name":"Ann","kind":"CASH","note":"","color":"red"}`, nil},
		{"optional ones left out", `{"name":"Ann","kind":"CASH"}`, nil},
		{"nullable null", `{"name":"Ann","kind":"CASH","color":null}`, nil},
		{"nullable null beside an error", `{"name":"A","kind":"CASH","color":null}`,
			[]string{"name must be longer than or equal to 2 characters"}},
		{"optional but not nullable", `{"name":"Ann","kind":"CASH","note":null}`, []string{"note must be a string"}},
		{"nullable of another type", `{"name":"Ann","kind":"CASH","color":1}`,
			[]string{"color must be shorter than or equal to 7 characters", "color must be a string"}},
		{"missing", `{"name":"Ann"}`, []string{"kind must be one of the following values: CASH"}},
		{"all missing", `{}`, []string{
			"name must be shorter than or equal to 9 characters",
			"name must be longer than or equal to 2 characters",
			"name must be a string",
			"kind must be one of the following values: CASH",
		}},
		{"empty is not missing", `{"name":"","kind":""}`, []string{
			"name must be longer than or equal to 2 characters",
			"kind must be one of the following values: CASH",
		}},
	})
}

func TestCheckMessages(t *testing.T) {
	const name = `name: {type: string, minLength: 2, maxLength: 9, x-messages: %s}`
	tests := []struct {
		name     string
		messages string
		short    []string // when the name is too short
		missing  []string // when there is none
	}{
		{"for a keyword", `{minLength: Demasiado corto}`,
			[]string{"Demasiado corto"},
			[]string{"name must be shorter than or equal to 9 characters", "Demasiado corto", "name must be a string"}},
		{"with the property's name", `{minLength: "$property: $property is short"}`,
			[]string{"name: name is short"},
			[]string{"name must be shorter than or equal to 9 characters", "name: name is short", "name must be a string"}},
		{"for the type", `{type: Text}`,
			[]string{"name must be longer than or equal to 2 characters"},
			[]string{"name must be shorter than or equal to 9 characters", "name must be longer than or equal to 2 characters", "Text"}},
		{"for what is missing", `{required: [$property is missing, Really]}`,
			[]string{"name must be longer than or equal to 2 characters"},
			[]string{"name is missing", "Really"}},
		{"for both", `{minLength: Short, required: [Gone]}`, []string{"Short"}, []string{"Gone"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			runChecks(t, body(t, "name", fmt.Sprintf(name, test.messages)), []checkTest{
				{"short", `{"name":"A"}`, test.short},
				{"absent", `{}`, test.missing},
				{"null", `{"name":null}`, test.missing},
				{"of another type", `{"name":7}`, test.missing},
				{"right", `{"name":"Ann"}`, nil},
			})
		})
	}
}

// TestCheckAlone: a violation that is answered alone is the only one, whatever else
// is wrong.
func TestCheckAlone(t *testing.T) {
	object := body(t, "amount", `name: {type: string, minLength: 2}`,
		`amount: {type: number, minimum: 0.01, x-messages: {alone: Amount must be positive}}`)
	alone := []Violation{{Field: "amount", Rule: RuleRequired, Message: "Amount must be positive", Alone: true}}
	for text, want := range map[string][]Violation{
		`{"amount":1}`:                    nil,
		`{}`:                              alone,
		`{"amount":null}`:                 alone,
		`{"amount":0}`:                    alone,
		`{"amount":"1"}`:                  alone,
		`{"role":1,"name":"A"}`:           alone,
		`[]`:                              alone,
		`{"role":1,"amount":1}`:           {{Field: "role", Rule: "additionalProperties", Message: "property role should not exist"}},
		`{"name":"ABC","amount":12345.6}`: nil,
	} {
		value, names := decode(t, text)
		if diff := cmp.Diff(want, object.Check(value, names)); diff != "" {
			t.Errorf("%s: violations (-want +got):\n%s", text, diff)
		}
	}
}
