package contract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckOrder(t *testing.T) {
	object := body(t, "zeta, alpha",
		`zeta: {type: string}`,
		`alpha: {type: string}`,
		`mid: {type: string}`,
		`last: {type: integer}`,
	)
	runChecks(t, object, []checkTest{
		{"as the contract orders them", `{"last":"x","mid":1,"alpha":1,"zeta":1}`, []string{
			"zeta must be a string", "alpha must be a string", "mid must be a string", "last must be an integer number",
		}},
		{"unknown ones first, as they were sent", `{"role":1,"alpha":"a","admin":2,"zeta":3,"beta":4}`, []string{
			"property role should not exist", "property admin should not exist", "property beta should not exist",
			"zeta must be a string",
		}},
		{"unknown ones beside nothing wrong", `{"zeta":"z","x":1,"alpha":"a"}`, []string{"property x should not exist"}},
		{"names in other case are unknown", `{"zeta":"z","alpha":"a","ALPHA":"b"}`, []string{"property ALPHA should not exist"}},
		{"an empty name is unknown", `{"zeta":"z","alpha":"a","":"b"}`, []string{"property  should not exist"}},
	})
}

func TestCheckFields(t *testing.T) {
	object := body(t, "name", `name: {type: string, minLength: 2, x-messages: {minLength: Demasiado corto}}`)
	value, names := decode(t, `{"role":1,"name":"A"}`)
	want := []Violation{
		{Field: "role", Rule: "additionalProperties", Message: "property role should not exist"},
		{Field: "name", Rule: "minLength", Message: "Demasiado corto"},
	}
	if diff := cmp.Diff(want, object.Check(value, names)); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

// TestCheckOtherThanObjects: a value other than an object counts as one without
// properties.
func TestCheckOtherThanObjects(t *testing.T) {
	missing := []string{"name must be longer than or equal to 2 characters", "name must be a string"}
	with := func(names ...string) []string { return append(names, missing...) }
	runChecks(t, body(t, "name", `name: {type: string, minLength: 2}`), []checkTest{
		{"array of an object", `[{"name":"Ann"}]`, with("property 0 should not exist")},
		{"array of two", `["Ann","Bob"]`, with("property 0 should not exist", "property 1 should not exist")},
		{"empty array", `[]`, missing},
		{"null", `null`, missing},
		{"string", `"name"`, missing},
		{"number", `7`, missing},
		{"boolean", `true`, missing},
	})
}

// TestCheckCapsUnknownNames: a small request cannot cause a large response.
func TestCheckCapsUnknownNames(t *testing.T) {
	object := body(t, "name", `name: {type: string}`)
	var fields, want []string
	for i := range 1_000 {
		fields = append(fields, fmt.Sprintf(`"x%03d":1`, i))
	}
	for i := range 20 {
		want = append(want, fmt.Sprintf("property x%03d should not exist", i))
	}
	runChecks(t, object, []checkTest{
		{"20 names", `{"name":"Ann",` + strings.Join(fields[:20], ",") + `}`, want},
		{"1000 names", `{"name":"Ann",` + strings.Join(fields, ",") + `}`, want},
		{"1000 names and what is missing", `{` + strings.Join(fields, ",") + `}`, append(want[:20:20], "name must be a string")},
	})
	value, _ := decode(t, "["+strings.Repeat("0,", 999)+"0]")
	if n := len(object.Check(value, nil)); n != 21 {
		t.Errorf("an array of 1000 has %d violations, want 20 names and 1 of what is missing", n)
	}
}

func TestCheckCountsCodePoints(t *testing.T) {
	object := body(t, "", `name: {type: string, minLength: 2, maxLength: 4}`)
	short, long := "name must be longer than or equal to 2 characters", "name must be shorter than or equal to 4 characters"
	runChecks(t, object, []checkTest{
		{"one emoji", `{"name":"😀"}`, []string{short}},
		{"one emoji as surrogates", `{"name":"\ud83d\ude00"}`, []string{short}},
		{"two emoji", `{"name":"😀😀"}`, nil},
		{"four emoji", `{"name":"😀😀😀😀"}`, nil},
		{"five emoji", `{"name":"😀😀😀😀😀"}`, []string{long}},
		{"four letters of two bytes", `{"name":"ññññ"}`, nil},
		{"five letters of two bytes", `{"name":"ñññññ"}`, []string{long}},
		{"combining marks count", `{"name":"n\u0303n\u0303n"}`, []string{long}},
		{"blanks count", `{"name":"  "}`, nil},
		{"NUL counts", `{"name":"\u0000\u0000"}`, nil},
	})
}

// TestCheckDoesNotQuote: a response does not repeat what was sent, which may be a
// password.
func TestCheckDoesNotQuote(t *testing.T) {
	object := body(t, "", `password: {type: string, minLength: 8, pattern: "^[a-z]+$"}`, `code: {type: string, format: code}`)
	value, names := decode(t, `{"password":"S3CRET","code":"S3CRET"}`)
	violations := object.Check(value, names)
	if len(violations) != 3 {
		t.Errorf("%d violations, want 3: %v", len(violations), violations)
	}
	if strings.Contains(fmt.Sprint(violations), "S3CRET") {
		t.Errorf("the value is quoted: %v", violations)
	}
}
