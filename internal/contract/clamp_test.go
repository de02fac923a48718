package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const (
	plainPage   = "- {name: page, in: query, schema: {type: integer, minimum: 1, default: 1}}"
	clampedPage = "- {name: page, in: query, schema: {type: integer}, x-clamp: {minimum: 1, maximum: 50, default: 10}}"
)

func TestClampApply(t *testing.T) {
	c := Clamp{Name: "days", Minimum: 1, Maximum: 90, Default: 30}
	signed := Clamp{Name: "days", Minimum: -5, Maximum: 5}
	for _, test := range []struct {
		name  string
		clamp Clamp
		sent  []string
		want  string
	}{
		{"absent", c, nil, "30"},
		{"no value", c, []string{}, "30"},
		{"empty", c, []string{""}, "30"},
		{"inside", c, []string{"7"}, "7"},
		{"the minimum", c, []string{"1"}, "1"},
		{"under the minimum", c, []string{"0"}, "1"},
		{"the maximum", c, []string{"90"}, "90"},
		{"over the maximum", c, []string{"91"}, "90"},
		{"negative", c, []string{"-7"}, "1"},
		{"huge", c, []string{"99999999999999999999"}, "90"},
		{"huge with a plus", c, []string{"+99999999999999999999"}, "90"},
		{"negative huge", c, []string{"-99999999999999999999"}, "1"},
		{"huge and letters", c, []string{"99999999999999999999d"}, "30"},
		{"letters", c, []string{"many"}, "30"},
		{"letters after digits", c, []string{"7d"}, "30"},
		{"a fraction", c, []string{"7.5"}, "30"},
		{"an exponent", c, []string{"1e1"}, "30"},
		{"hexadecimal", c, []string{"0x10"}, "30"},
		{"an underscore", c, []string{"1_0"}, "30"},
		{"blanks", c, []string{" 7"}, "30"},
		{"a sign alone", c, []string{"-"}, "30"},
		{"zeros in front", c, []string{"007"}, "7"},
		{"a plus", c, []string{"+7"}, "7"},
		{"twice", c, []string{"7", "7"}, "30"},
		{"twice, one empty", c, []string{"", "7"}, "30"},
		{"bounds under zero", signed, []string{"-5"}, "-5"},
		{"under bounds under zero", signed, []string{"-6"}, "-5"},
		{"default zero", signed, nil, "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			query := map[string][]string{"other": {"x"}}
			if test.sent != nil {
				query["days"] = test.sent
			}
			test.clamp.Apply(query)
			if diff := cmp.Diff(map[string][]string{"other": {"x"}, "days": {test.want}}, query); diff != "" {
				t.Errorf("the query (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseClamp(t *testing.T) {
	c, err := Parse(load(t, change(t, plainPage, clampedPage)), formats)
	if err != nil {
		t.Fatal(err)
	}
	want := []Clamp{{Name: "page", Minimum: 1, Maximum: 50, Default: 10}}
	if diff := cmp.Diff(want, c.Operations["putThing"].Clamps); diff != "" {
		t.Errorf("Clamps (-want +got):\n%s", diff)
	}
	if clamps := c.Operations["getHealth"].Clamps; clamps != nil {
		t.Errorf("getHealth has %v", clamps)
	}
	if put := c.Operations["putThing"]; len(put.Query.Properties) != 1 || put.Query.Properties[0].Name != "page" {
		t.Error("a clamped parameter is not one of the query's")
	}
}

// TestParseHeader: header parameters are read as path parameters are, and one of
// them makes an operation idempotent.
func TestParseHeader(t *testing.T) {
	for _, test := range []struct {
		name, parameter string
		required        bool
		idempotent      bool
	}{
		{"X-Thing", "{name: X-Thing, in: header, required: true, schema: {type: string, format: code}}", true, false},
		{"Idempotency-Key", "{name: Idempotency-Key, in: header, schema: {type: string, maxLength: 9}}", false, true},
	} {
		c, err := Parse(load(t, change(t, plainPage, "- "+test.parameter)), formats)
		if err != nil {
			t.Fatal(err)
		}
		put := c.Operations["putThing"]
		if len(put.InHeader) != 1 || put.InHeader[0].Name != test.name || put.InHeader[0].Required != test.required {
			t.Errorf("%s: the header's parameters are %v", test.name, put.InHeader)
		}
		if len(put.InPath) != 1 || put.Query != nil {
			t.Errorf("%s: it is taken for a parameter of the path or the query", test.name)
		}
		if put.Idempotent() != test.idempotent || c.Operations["getHealth"].Idempotent() {
			t.Errorf("%s: putThing idempotent: %t, getHealth: %t", test.name, put.Idempotent(), c.Operations["getHealth"].Idempotent())
		}
	}
	// In the query it is another parameter.
	c, err := Parse(load(t, change(t, plainPage, "- {name: Idempotency-Key, in: query, schema: {type: string}}")), formats)
	if err != nil || c.Operations["putThing"].Idempotent() {
		t.Errorf("Idempotency-Key in the query: %v, and it makes putThing idempotent", err)
	}
}

// TestParseAPIKey: an operation may accept a key in the header and in the query, and
// the plan may limit its calls.
func TestParseAPIKey(t *testing.T) {
	c, err := Parse(load(t, change(t, "{sessionCookie: []}", "{apiKey: []}, {apiKeyQuery: []}", "by: user, ", "by: user, by-key: plan, ")), formats)
	if err != nil {
		t.Fatal(err)
	}
	put := c.Operations["putThing"]
	if diff := cmp.Diff([]string{SchemeSession, SchemeAPIKey, SchemeAPIKeyQuery}, put.Schemes); diff != "" {
		t.Errorf("Schemes (-want +got):\n%s", diff)
	}
	want := RateClass{Name: "data", By: ByUser, ByPlan: true}
	if diff := cmp.Diff(want, *put.Rate, cmpopts.IgnoreFields(RateClass{}, "Rate")); diff != "" {
		t.Errorf("Rate (-want +got):\n%s", diff)
	}
	if c.Rates["auth"].ByPlan {
		t.Error("auth goes by plan")
	}
}

func TestParseRefusesClamp(t *testing.T) {
	const all = "{minimum: 1, maximum: 50, default: 10}"
	for _, test := range []struct{ name, old, new string }{
		{"no minimum", all, "{maximum: 50, default: 10}"},
		{"no maximum", all, "{minimum: 1, default: 10}"},
		{"no default", all, "{minimum: 1, maximum: 50}"},
		{"nothing", all, "{}"},
		{"null", all, "null"},
		{"no map", all, "50"},
		{"a list", all, "[1, 50, 10]"},
		{"a text", all, `{minimum: "1", maximum: 50, default: 10}`},
		{"a fraction", all, "{minimum: 1, maximum: 50, default: 10.5}"},
		{"a huge number", all, "{minimum: 1, maximum: 1e300, default: 10}"},
		{"maximum under minimum", all, "{minimum: 50, maximum: 1, default: 10}"},
		{"default under minimum", all, "{minimum: 1, maximum: 50, default: 0}"},
		{"default over maximum", all, "{minimum: 1, maximum: 50, default: 51}"},
		{"on a string", "{type: integer}", "{type: string}"},
		{"on a number", "{type: integer}", "{type: number}"},
		{"without a type", "{type: integer}", "{}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(load(t, change(t, plainPage, strings.Replace(clampedPage, test.old, test.new, 1))), formats)
			if err == nil {
				t.Fatal("Parse takes it")
			}
			for _, want := range []string{"PUT /things/{id}", "putThing", "page", "x-clamp"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("Parse: %v\nwant it to name %q", err, want)
				}
			}
		})
	}
}
