package contract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRole(t *testing.T) {
	c, err := Parse(load(t, change(t, "x-since: 0.1.0", "x-role: ADMIN\n      x-since: 0.1.0")), formats)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"putThing": RoleAdmin, "getHealth": ""} {
		if got := c.Operations[id].Role; got != want {
			t.Errorf("%s asks for the role %q, want %q", id, got, want)
		}
	}
}

const (
	textWhole = "page must be an integer number"
	textLeast = "page must not be less than 1"
)

// extraTests are query strings, with the violations that Check finds.
var extraTests = []struct {
	name   string
	query  map[string][]string
	strict []string // what an operation says that ignores nothing
	want   []string // and one that ignores what it does not declare
}{
	{"none", nil, nil, nil},
	{"declared", map[string][]string{"page": {"2"}}, nil, nil},
	{"unknown", map[string][]string{"utm_source": {"mail"}}, []string{"property utm_source should not exist"}, nil},
	{"unknown twice", map[string][]string{"utm_source": {"a", "b"}}, []string{"property utm_source should not exist"}, nil},
	{"unknown without a value", map[string][]string{"fbclid": {""}, "x": nil},
		[]string{"property fbclid should not exist", "property x should not exist"}, nil},
	{"declared in other case", map[string][]string{"PAGE": {"0"}}, []string{"property PAGE should not exist"}, nil},
	{"unknown beside a declared one", map[string][]string{"page": {"2"}, "x": {"1", "2"}}, []string{"property x should not exist"}, nil},
	{"bad", map[string][]string{"page": {"0"}}, []string{textLeast}, []string{textLeast}},
	{"bad beside an unknown one", map[string][]string{"page": {"0"}, "x": {"1"}},
		[]string{"property x should not exist", textLeast}, []string{textLeast}},
	{"declared twice", map[string][]string{"page": {"1", "1"}}, []string{textLeast, textWhole}, []string{textLeast, textWhole}},
	{"declared twice beside an unknown one", map[string][]string{"page": {"1", "1"}, "x": {"1", "1"}},
		[]string{"property x should not exist", textLeast, textWhole}, []string{textLeast, textWhole}},
}

// TestExtraParameters: links in mails work with the parameters that mail programs
// add, and the declared ones are still checked.
func TestExtraParameters(t *testing.T) {
	ignoring := change(t, "x-since: 0.1.0", "x-extra-parameters: ignore\n      x-since: 0.1.0")
	for _, way := range []struct {
		name, document string
		ignores        bool
	}{{"refused", document, false}, {"ignored", ignoring, true}} {
		c, err := Parse(load(t, way.document), formats)
		if err != nil {
			t.Fatal(err)
		}
		object := c.Operations["putThing"].Query
		for _, test := range extraTests {
			t.Run(way.name+"/"+test.name, func(t *testing.T) {
				want := test.strict
				if way.ignores {
					want = test.want
				}
				value, names := object.ParseQuery(test.query)
				var got []string
				for _, violation := range object.Check(value, names) {
					got = append(got, violation.Message)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("messages (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestExtraParametersRequired: a link without its token is refused, whatever else it
// has.
func TestExtraParametersRequired(t *testing.T) {
	c, err := Parse(load(t, change(t,
		"x-since: 0.1.0", "x-extra-parameters: ignore\n      x-since: 0.1.0",
		"name: page, in: query, schema: {type: integer, minimum: 1, default: 1}",
		"name: token, in: query, required: true, schema: {type: string}")), formats)
	if err != nil {
		t.Fatal(err)
	}
	object := c.Operations["putThing"].Query
	for name, test := range map[string]struct {
		query map[string][]string
		want  int
	}{
		"there":             {map[string][]string{"token": {"t"}, "x": {"1"}}, 0},
		"missing":           {nil, 1},
		"another in place":  {map[string][]string{"x": {"1"}}, 1},
		"twice":             {map[string][]string{"token": {"t", "u"}}, 1},
		"in other case":     {map[string][]string{"Token": {"t"}}, 1},
		"with more of them": {map[string][]string{"token": {"t"}, "x": {"1", "2"}, "token[]": {"u"}}, 0},
	} {
		value, names := object.ParseQuery(test.query)
		if got := object.Check(value, names); len(got) != test.want {
			t.Errorf("%s: %v, want %d violations", name, got, test.want)
		}
	}
}

// TestParseSideEffects: side effects are sentences, or left out, so that no page has
// an empty list.
func TestParseSideEffects(t *testing.T) {
	const since, refused = "x-since: 0.1.0", "x-side-effects: wants sentences"
	for _, test := range []struct {
		extension string
		want      []string
		problem   string
	}{
		{"x-other: 1", nil, ""},
		{"x-side-effects: [Puts the thing., Tells somebody.]", []string{"Puts the thing.", "Tells somebody."}, ""},
		{"x-side-effects: []", nil, refused},
		{"x-side-effects: Puts the thing.", nil, refused},
		{`x-side-effects: [Puts the thing., " "]`, nil, refused},
		{"x-side-effects: [1]", nil, refused},
		{"x-side-effects: null", nil, refused},
	} {
		c, err := Parse(load(t, change(t, since, test.extension+"\n      "+since)), formats)
		if test.problem != "" {
			if err == nil || !strings.Contains(err.Error(), "PUT /things/{id}: putThing: "+test.problem) {
				t.Errorf("%s: %v, want %q", test.extension, err, test.problem)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, c.Operations["putThing"].SideEffects); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.extension, diff)
		}
	}
}

// TestParseWithoutFormats: a caller that checks no request needs no formats.
func TestParseWithoutFormats(t *testing.T) {
	if _, err := Parse(load(t, document), nil); err != nil {
		t.Error(err)
	}
	if _, err := Parse(load(t, document), Formats{}); err == nil || !strings.Contains(err.Error(), `format "code" is not one that the server checks`) {
		t.Errorf("an unknown format is %v", err)
	}
}
