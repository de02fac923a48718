package contract

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"example.com/alta/internal/contract/source"
)

// document is a small valid contract. Tests change one part of it at a time.
const document = `
openapi: 3.0.3
info: {title: Things, version: 0.1.0}
x-body-limit: 1024
x-rate-classes:
  auth: {by: address, rate: 60/m, setting: THINGS_RATE}
  data: {by: user, rate: 600/h}
paths:
  /things/{id}:
    put:
      operationId: putThing
      tags: [things]
      x-token-cost: 5
      x-rate-class: data
      x-since: 0.1.0
      x-why: A thing wants to be put.
      x-use-case: Putting things.
      security: [{bearerAuth: []}, {sessionCookie: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string, format: code}}
        - {name: page, in: query, schema: {type: integer, minimum: 1, default: 1}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [name]
              properties:
                name: {type: string, maxLength: 9}
      responses: {"204": {description: Put.}}
  /health:
    get:
      operationId: getHealth
      tags: [system]
      x-token-cost: 0
      x-since: 0.2.0
      x-why: One wants to know.
      x-use-case: Probes.
      security: []
      responses: {"204": {description: Alive.}}
components:
  securitySchemes:
    bearerAuth: {type: http, scheme: bearer}
    sessionCookie: {type: apiKey, in: cookie, name: session}
    apiKey: {type: apiKey, in: header, name: X-Key}
`

// formats has the only format of these tests: a text of three bytes.
var formats = Formats{"code": func(text string) error {
	if len(text) != 3 {
		return errors.New("not a code")
	}
	return nil
}}

// change returns document with each old text replaced by the new one after it. Each
// old text must occur once.
func change(t *testing.T, oldNew ...string) string {
	t.Helper()
	text := document
	for i := 0; i < len(oldNew); i += 2 {
		if n := strings.Count(text, oldNew[i]); n != 1 {
			t.Fatalf("%q is %d times in the document, want 1", oldNew[i], n)
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

func load(t testing.TB, text string) *openapi3.T {
	t.Helper()
	doc, err := loadOrdered([]byte(text))
	if err != nil {
		t.Fatalf("loading the document: %v", err)
	}
	return doc
}

// loadOrdered reads a contract with the order of its properties, as it is embedded in the server.
func loadOrdered(text []byte) (*openapi3.T, error) {
	written, err := source.Parse(text)
	if err != nil {
		return nil, err
	}
	return written.Load()
}

func TestParse(t *testing.T) {
	doc := load(t, document)
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatalf("the tests' document is not valid: %v", err)
	}
	c, err := Parse(doc, formats)
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	if c.BodyLimit != 1024 {
		t.Errorf("BodyLimit = %d, want 1024", c.BodyLimit)
	}
	auth := RateClass{Name: "auth", By: ByAddress, Rate: Rate{60, time.Minute}, Setting: "THINGS_RATE"}
	data := RateClass{Name: "data", By: ByUser, Rate: Rate{600, time.Hour}}
	if diff := cmp.Diff(map[string]RateClass{"auth": auth, "data": data}, c.Rates); diff != "" {
		t.Errorf("Rates (-want +got):\n%s", diff)
	}
	want := map[string]*Operation{
		"putThing": {
			ID: "putThing", Method: "PUT", Path: "/things/{id}", Tag: "things", Cost: 5, Rate: &data,
			Schemes: []string{SchemeSession, SchemeSessionCookie},
			Since:   "0.1.0", Why: "A thing wants to be put.", UseCase: "Putting things.",
		},
		"getHealth": {
			ID: "getHealth", Method: "GET", Path: "/health", Tag: "system",
			Since: "0.2.0", Why: "One wants to know.", UseCase: "Probes.",
		},
	}
	ignore := cmpopts.IgnoreFields(Operation{}, "Body", "Query", "InPath")
	if diff := cmp.Diff(want, c.Operations, ignore); diff != "" {
		t.Errorf("Operations (-want +got):\n%s", diff)
	}
	put, health := c.Operations["putThing"], c.Operations["getHealth"]
	if health.Body != nil || health.Query != nil || health.InPath != nil {
		t.Error("getHealth takes input, want none")
	}
	if len(put.Body.Properties) != 1 || put.Body.Properties[0].Name != "name" || !put.Body.Properties[0].Required {
		t.Error("the body of putThing wants the property name, required")
	}
	if len(put.Query.Properties) != 1 || put.Query.Properties[0].Name != "page" || put.Query.Properties[0].Required {
		t.Error("the query of putThing wants the parameter page, optional")
	}
	if len(put.InPath) != 1 || put.InPath[0].Name != "id" || !put.InPath[0].Required {
		t.Error("the path of putThing wants the parameter id, required")
	}
}

func TestOperationAccepts(t *testing.T) {
	c, err := Parse(load(t, document), formats)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		operation, scheme string
		want              bool
	}{
		{"putThing", SchemeSession, true},
		{"putThing", SchemeSessionCookie, true},
		{"putThing", SchemeOperator, false},
		{"putThing", "", false},
		{"getHealth", SchemeSession, false},
	} {
		if got := c.Operations[test.operation].Accepts(test.scheme); got != test.want {
			t.Errorf("%s accepts %q: %t, want %t", test.operation, test.scheme, got, test.want)
		}
	}
}

// TestParseSharedParameters: each operation of a path has the path's parameters.
func TestParseSharedParameters(t *testing.T) {
	c, err := Parse(load(t, change(t,
		"    put:\n", "    parameters:\n      - {name: sort, in: query, required: true, schema: {type: string}}\n    put:\n")), formats)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, property := range c.Operations["putThing"].Query.Properties {
		got = append(got, property.Name)
	}
	if diff := cmp.Diff([]string{"sort", "page"}, got); diff != "" {
		t.Errorf("query parameters (-want +got):\n%s", diff)
	}
	if !c.Operations["putThing"].Query.Properties[0].Required {
		t.Error("sort is optional, want it required")
	}
}

// TestParseRateClassOff: a rate may be off in the contract, as in a setting.
func TestParseRateClassOff(t *testing.T) {
	c, err := Parse(load(t, change(t, "rate: 600/h", `rate: "off"`)), formats)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Operations["putThing"].Rate; got == nil || got.Rate != (Rate{}) {
		t.Errorf("Rate = %v, want data without a limit", got)
	}
}

func TestParseRate(t *testing.T) {
	tests := []struct {
		text string
		want Rate
		ok   bool
	}{
		{"1/s", Rate{1, time.Second}, true},
		{"60/m", Rate{60, time.Minute}, true},
		{"5/h", Rate{5, time.Hour}, true},
		{"1000000/s", Rate{1_000_000, time.Second}, true},
		{"off", Rate{}, true},
		{"", Rate{}, false},
		{"/", Rate{}, false},
		{"60", Rate{}, false},
		{"60/", Rate{}, false},
		{"/m", Rate{}, false},
		{"0/m", Rate{}, false},
		{"-1/m", Rate{}, false},
		{"1000001/s", Rate{}, false},
		{"99999999999999999999/s", Rate{}, false},
		{"1.5/s", Rate{}, false},
		{"1e3/s", Rate{}, false},
		{"0x10/s", Rate{}, false},
		{"60/d", Rate{}, false},
		{"60/M", Rate{}, false},
		{"60/min", Rate{}, false},
		{"60/m/s", Rate{}, false},
		{" 60/m", Rate{}, false},
		{"60/m ", Rate{}, false},
		{"60 / m", Rate{}, false},
		{"Off", Rate{}, false},
		{"none", Rate{}, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := ParseRate(test.text)
			if got != test.want || (err == nil) != test.ok {
				t.Errorf("ParseRate(%q) = %v, %v, want %v, ok = %t", test.text, got, err, test.want, test.ok)
			}
			if err != nil && !strings.Contains(err.Error(), "N/s, N/m or N/h") {
				t.Errorf("the error does not say what a rate takes: %v", err)
			}
		})
	}
}
