package contract

import (
	"strings"
	"testing"
)

// TestParseRefuses breaks one part of the contract at a time. The error must name
// the place.
func TestParseRefuses(t *testing.T) {
	const (
		schema  = "              type: object\n"
		name    = "name: {type: string, maxLength: 9}"
		page    = "- {name: page, in: query, schema: {type: integer, minimum: 1, default: 1}}"
		schemes = "security: [{bearerAuth: []}, {sessionCookie: []}]"
	)
	// in stands for what every error about the operation has to name.
	in := []string{"PUT /things/{id}", "putThing"}
	tests := []struct {
		name string
		edit []string
		want []string
	}{
		{"x-body-limit missing", []string{"x-body-limit: 1024\n", ""}, []string{"x-body-limit"}},
		{"x-body-limit zero", []string{"x-body-limit: 1024", "x-body-limit: 0"}, []string{"x-body-limit"}},
		{"x-body-limit a text", []string{"x-body-limit: 1024", `x-body-limit: "1024"`}, []string{"x-body-limit"}},
		{"x-rate-classes missing", []string{"x-rate-classes:", "x-classes:"}, []string{"x-rate-classes"}},
		{"rate class without by", []string{"by: user, ", ""}, []string{"x-rate-classes", "data", "by"}},
		{"rate class by something else", []string{"by: user", "by: moon"}, []string{"x-rate-classes", "data", "by"}},
		{"rate class without rate", []string{", rate: 600/h", ""}, []string{"x-rate-classes", "data", "rate"}},
		{"rate class with a bad rate", []string{"600/h", "600/d"}, []string{"x-rate-classes", "data", "rate"}},
		{"rate class by-key something else", []string{"by: user, ", "by: user, by-key: moon, "}, []string{"x-rate-classes", "data", "by-key"}},
		{"rate class by-key no text", []string{"by: user, ", "by: user, by-key: true, "}, []string{"x-rate-classes", "data", "by-key"}},
		{"rate class by-key empty", []string{"by: user, ", "by: user, by-key: , "}, []string{"x-rate-classes", "data", "by-key"}},
		{"rate class by-key by address", []string{"by: address, ", "by: address, by-key: plan, "}, []string{"x-rate-classes", "auth", "by-key"}},
		{"rate class no map", []string{"data: {by: user, rate: 600/h}", "data: 600/h"}, []string{"x-rate-classes", "data"}},

		{"operationId missing", []string{"      operationId: putThing\n", ""}, []string{"PUT /things/{id}", "operationId"}},
		{"operationId twice", []string{"operationId: getHealth", "operationId: putThing"}, []string{"putThing", "operationId", "twice"}},
		{"no tag", []string{"tags: [things]", "tags: []"}, append(in, "tag")},
		{"two tags", []string{"tags: [things]", "tags: [things, system]"}, append(in, "tag")},

		{"x-token-cost missing", []string{"      x-token-cost: 5\n", ""}, append(in, "x-token-cost")},
		{"x-token-cost 7", []string{"x-token-cost: 5", "x-token-cost: 7"}, append(in, "x-token-cost")},
		{"x-token-cost 1.5", []string{"x-token-cost: 5", "x-token-cost: 1.5"}, append(in, "x-token-cost")},
		{"x-token-cost -1", []string{"x-token-cost: 5", "x-token-cost: -1"}, append(in, "x-token-cost")},
		{"x-token-cost a text", []string{"x-token-cost: 5", `x-token-cost: "1"`}, append(in, "x-token-cost")},
		{"x-token-cost null", []string{"x-token-cost: 5", "x-token-cost: null"}, append(in, "x-token-cost")},
		{"x-rate-class unknown", []string{"x-rate-class: data", "x-rate-class: moon"}, append(in, "x-rate-class", "moon")},
		{"x-rate-class no text", []string{"x-rate-class: data", "x-rate-class: 1"}, append(in, "x-rate-class")},
		{"x-rate-class empty", []string{"x-rate-class: data", "x-rate-class:"}, append(in, "x-rate-class")},
		{"x-role USER", []string{"x-since: 0.1.0", "x-role: USER\n      x-since: 0.1.0"}, append(in, "x-role", "ADMIN")},
		{"x-role in lower case", []string{"x-since: 0.1.0", "x-role: admin\n      x-since: 0.1.0"}, append(in, "x-role", "ADMIN")},
		{"x-role empty", []string{"x-since: 0.1.0", "x-role:\n      x-since: 0.1.0"}, append(in, "x-role", "ADMIN")},
		{"x-role a list", []string{"x-since: 0.1.0", "x-role: [ADMIN]\n      x-since: 0.1.0"}, append(in, "x-role", "ADMIN")},
		{"x-role no text", []string{"x-since: 0.1.0", "x-role: true\n      x-since: 0.1.0"}, append(in, "x-role", "ADMIN")},
		{"x-since missing", []string{"      x-since: 0.1.0\n", ""}, append(in, "x-since")},
		{"x-since a number", []string{"x-since: 0.1.0", "x-since: 0.1"}, append(in, "x-since")},
		{"x-why missing", []string{"      x-why: A thing wants to be put.\n", ""}, append(in, "x-why")},
		{"x-why blank", []string{"x-why: A thing wants to be put.", `x-why: " "`}, append(in, "x-why")},
		{"x-use-case missing", []string{"      x-use-case: Putting things.\n", ""}, append(in, "x-use-case")},

		{"security missing", []string{"      " + schemes + "\n", ""}, append(in, "security")},
		{"security scheme unknown", []string{"{sessionCookie: []}", "{basic: []}"}, append(in, "security scheme", "basic")},
		{"public operation limited by user", []string{schemes, "security: []"}, append(in, "x-rate-class", "data")},

		{"public operation asks for a role", []string{"x-since: 0.2.0", "x-role: ADMIN\n      x-since: 0.2.0"},
			[]string{"GET /health", "getHealth", "x-role", "anyone"}},
		{"x-extra-parameters refuse", []string{"x-since: 0.1.0", "x-extra-parameters: refuse\n      x-since: 0.1.0"},
			append(in, "x-extra-parameters", "ignore")},
		{"x-extra-parameters empty", []string{"x-since: 0.1.0", "x-extra-parameters:\n      x-since: 0.1.0"},
			append(in, "x-extra-parameters")},
		{"x-extra-parameters no text", []string{"x-since: 0.1.0", "x-extra-parameters: true\n      x-since: 0.1.0"},
			append(in, "x-extra-parameters", "ignore")},
		{"x-extra-parameters of one without parameters", []string{"x-since: 0.2.0", "x-extra-parameters: all\n      x-since: 0.2.0"},
			[]string{"GET /health", "getHealth", "x-extra-parameters", "ignore"}},

		{"body open", []string{"              additionalProperties: false\n", ""}, append(in, "additionalProperties")},
		{"body expressly open", []string{"additionalProperties: false", "additionalProperties: true"}, append(in, "additionalProperties")},
		{"body open to some", []string{"additionalProperties: false", "additionalProperties: {type: string}"}, append(in, "additionalProperties")},
		{"body a form", []string{"application/json:", "application/x-www-form-urlencoded:"}, append(in, "request body", "application/json")},
		{"body JSON or text", []string{"          application/json:", "          text/plain: {schema: {type: string}}\n          application/json:"},
			append(in, "request body", "application/json")},
		{"body an array", []string{schema, "              type: array\n              items: {}\n"}, append(in, "request body", "object")},
		{"body of any type", []string{schema, ""}, append(in, "request body", "object")},

		{"property without type", []string{name, "name: {maxLength: 9}"}, append(in, "name", "type")},
		{"property of unknown format", []string{name, "name: {type: string, format: moon}"}, append(in, "name", "format", "moon")},
		{"query parameter of unknown format", []string{page, "- {name: page, in: query, schema: {type: string, format: moon}}"},
			append(in, "page", "format", "moon")},
		{"path parameter of unknown format", []string{"format: code", "format: moon"}, append(in, "id", "format", "moon")},
		{"header parameter of unknown format", []string{page, "- {name: page, in: header, schema: {type: string, format: moon}}"},
			append(in, "page", "format", "moon")},
		{"cookie parameter", []string{"name: page, in: query", "name: page, in: cookie"}, append(in, "page", "cookie")},

		{"x-messages for a keyword that is not there", []string{name, "name: {type: string, maxLength: 9, x-messages: {minLength: Short}}"},
			append(in, "name", "x-messages", "minLength")},
		{"x-messages for a keyword that has no text", []string{name, "name: {type: string, x-messages: {uniqueItems: Twice}}"},
			append(in, "name", "x-messages", "uniqueItems")},
		{"x-messages for the type of what has a format", []string{name, "name: {type: string, format: code, x-messages: {type: No}}"},
			append(in, "name", "x-messages", "type")},
		{"x-messages no text", []string{name, "name: {type: string, maxLength: 9, x-messages: {maxLength: 9}}"},
			append(in, "name", "x-messages", "maxLength")},
		{"x-messages alone no text", []string{name, "name: {type: string, maxLength: 9, x-messages: {alone: 9}}"},
			append(in, "name", "x-messages", "alone")},
		{"x-messages of a path parameter", []string{"format: code", "x-messages: {pattern: No}"}, append(in, "id", "x-messages", "pattern")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(load(t, change(t, test.edit...)), formats)
			if err == nil {
				t.Fatal("Parse takes it")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Parse: %v\nwant it to name %q", err, want)
				}
			}
		})
	}
}

// TestParseListsEveryOperation: the error names all mistakes at once.
func TestParseListsEveryOperation(t *testing.T) {
	_, err := Parse(load(t, change(t, "x-token-cost: 5", "x-token-cost: 7", "x-why: One wants to know.", "x-why: ''")), formats)
	if err == nil {
		t.Fatal("Parse takes it")
	}
	for _, want := range []string{"putThing: x-token-cost", "getHealth: x-why"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Parse: %v\nwant it to say %q", err, want)
		}
	}
}
