package docs

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/contract"
)

func schemaOf(t *testing.T, text string) *openapi3.Schema {
	t.Helper()
	var schema openapi3.Schema
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		t.Fatal(err)
	}
	return &schema
}

func TestTypesInWords(t *testing.T) {
	for _, test := range []struct{ schema, wantType, wantAllowed string }{
		{schema: `{}`, wantType: "any", wantAllowed: ""},
		{schema: `{"type":"string"}`, wantType: "string", wantAllowed: ""},
		{schema: `{"type":"string","format":"binary"}`, wantType: "file", wantAllowed: ""},
		{schema: `{"type":"string","format":"uuid"}`, wantType: "string", wantAllowed: "a UUID"},
		{schema: `{"type":"string","minLength":8,"maxLength":100}`, wantType: "string", wantAllowed: "8 to 100 characters"},
		{schema: `{"type":"string","minLength":1}`, wantType: "string", wantAllowed: "at least 1 character"},
		{schema: `{"type":"string","maxLength":1}`, wantType: "string", wantAllowed: "at most 1 character"},
		{schema: `{"type":"string","pattern":"^a|b$"}`, wantType: "string", wantAllowed: "matches `^a|b$`"},
		{schema: `{"type":"string","enum":["A","B"]}`, wantType: "string", wantAllowed: "`A`, `B`"},
		{schema: `{"type":"integer","minimum":1,"maximum":1000000}`, wantType: "integer", wantAllowed: "1 to 1,000,000"},
		{schema: `{"type":"integer","minimum":-10000000,"maximum":10000000}`, wantType: "integer", wantAllowed: "-10,000,000 to 10,000,000"},
		{schema: `{"type":"number","minimum":0.01,"format":"money"}`, wantType: "number", wantAllowed: "at least 0.01, at most the decimals of its currency"},
		{schema: `{"type":"number","maximum":99999999.99}`, wantType: "number", wantAllowed: "at most 99,999,999.99"},
		{schema: `{"type":"array","items":{"type":"string"},"maxItems":10}`, wantType: "array of strings", wantAllowed: "at most 10 items"},
		{schema: `{"type":"array","items":{"type":"array","items":{"type":"object"}}}`, wantType: "array of arrays of objects", wantAllowed: ""},
		{schema: `{"type":"object","additionalProperties":{"type":"number"}}`, wantType: "object of numbers", wantAllowed: ""},
		{schema: `{"oneOf":[{"type":"string"},{"type":"array","items":{"type":"string"}}]}`, wantType: "string or array of strings", wantAllowed: ""},
		{schema: `{"allOf":[{"type":"string","enum":["A"]}]}`, wantType: "string", wantAllowed: "`A`"},
	} {
		schema := schemaOf(t, test.schema)
		if got := typeWords(schema); got != test.wantType {
			t.Errorf("%s is %q, want %q", test.schema, got, test.wantType)
		}
		if got := allowedWords(schema); got != test.wantAllowed {
			t.Errorf("%s allows %q, want %q", test.schema, got, test.wantAllowed)
		}
	}
}

// TestFields: nested names, the order (x-order, then required, then name), and
// schemas that contain themselves.
func TestFields(t *testing.T) {
	node := schemaOf(t, `{"type":"object","required":["z","y"],"properties":{
		"a":{"type":"string"},"y":{"type":"string"},"z":{"type":"string"},
		"list":{"x-order":2,"type":"array","items":{"type":"object","properties":{"x":{"type":"integer","nullable":true}}}},
		"any":{"x-order":1,"type":"object","additionalProperties":{"type":"object","properties":{"sum":{"type":"number"}}}},
		"part":{"x-order":3,"description":"","allOf":[{"type":"object","description":"A part.","properties":{"p":{"type":"boolean"}}}]}}}`)
	node.Properties["children"] = &openapi3.SchemaRef{Value: &openapi3.Schema{
		Type: &openapi3.Types{"array"}, Items: &openapi3.SchemaRef{Value: node}, Extensions: map[string]any{"x-order": 4.0},
	}}
	var got []string
	descriptions := map[string]string{}
	for _, f := range fieldsOf(node) {
		got = append(got, f.Name)
		descriptions[f.Name] = f.Description
	}
	want := []string{"any", "any.*.sum", "list", "list[].x", "part", "part.p", "children", "z", "y", "a"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if descriptions["part"] != "A part." {
		t.Errorf("part is described as %q", descriptions["part"])
	}
	if list := fieldsOf(schemaOf(t, `{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}`)); list[0].Name != "[].id" {
		t.Errorf("a field of a list's element is %q", list[0].Name)
	}
}

func TestParameterRows(t *testing.T) {
	rows := func(id string) map[string]Parameter {
		byName := map[string]Parameter{}
		for _, p := range operationOf(t, id).Parameters {
			byName[p.Name] = p
		}
		return byName
	}
	for _, test := range []struct {
		id   string
		want Parameter
	}{
		{"registerAppUser", Parameter{Name: "currency", In: "body", Type: "string", Nullable: true, Default: "ARS", Allowed: "an ISO 4217 code of `Currency`", Example: "USD"}},
		{"registerAppUser", Parameter{Name: "lastName", In: "body", Type: "string", Required: true, Allowed: "2 to 100 characters, one line of visible text", Example: "Doe"}},
		{"createInvite", Parameter{Name: "note", In: "body", Type: "string", Default: `""`, Allowed: "at most 200 characters, one line of visible text", Example: "Beta, first wave"}},
		{"createCategory", Parameter{Name: "isFixed", In: "body", Type: "boolean", Nullable: true, Default: "false", Example: "false"}},
		{"getTokenUsage", Parameter{Name: "days", In: "query", Type: "integer", Default: "30",
			Allowed: "1 to 90; a number outside is set to the nearest bound, anything else to the default", Example: "30"}},
		{"findTransactions", Parameter{Name: "limit", In: "query", Type: "integer", Default: "20", Allowed: "1 to 100", Example: "20"}},
		{"adminDeleteUser", Parameter{Name: "id", In: "path", Type: "string", Required: true, Allowed: "a UUID", Example: "550e8400-e29b-41d4-a716-446655440000"}},
	} {
		got := rows(test.id)[test.want.Name]
		got.Description = ""
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.id, diff)
		}
	}
	var places []string
	for _, p := range operationOf(t, "updateTransaction").Parameters {
		if len(places) == 0 || places[len(places)-1] != p.In {
			places = append(places, p.In)
		}
	}
	if diff := cmp.Diff([]string{"path", "body", "header"}, places); diff != "" {
		t.Errorf("the order of places (-want +got):\n%s", diff)
	}
}

// TestInside: the example of a row is the value in the example of the body.
func TestInside(t *testing.T) {
	example := map[string]any{"a": 1.0, "b": map[string]any{"c": "x"}, "list": []any{map[string]any{"d": true}}, "none": []any{}}
	for name, want := range map[string]any{
		"a": 1.0, "b.c": "x", "list[].d": true, "none[].d": nil, "nope": nil, "nope.c": nil, "a.c": nil, "nope[].d": nil,
	} {
		if got := inside(example, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if got := inside(nil, "a"); got != nil {
		t.Errorf("nothing has %v", got)
	}
}

func TestCredentials(t *testing.T) {
	for _, test := range []struct {
		id, cost, kind, header, value string
		role, limit                   string
		idempotent                    bool
	}{
		{id: "registerDeveloper", cost: "EXEMPT (cost: 0)", kind: CredentialNone,
			limit: "60 calls per minute per client address", idempotent: true},
		{id: "getSessionUser", cost: "EXEMPT (cost: 0)", kind: CredentialSession, header: "Authorization", value: "Bearer YOUR_JWT_TOKEN",
			limit: "120 calls per minute per API key or session"},
		{id: "grantTokens", cost: "EXEMPT (cost: 0)", kind: CredentialSession, header: "Authorization", value: "Bearer YOUR_JWT_TOKEN", role: "ADMIN",
			limit: "120 calls per minute per API key or session", idempotent: true},
		{id: "getTokenBalance", cost: "free", kind: CredentialSessionOrKey, header: "X-API-Key", value: "YOUR_API_KEY",
			limit: "120 calls per minute"},
		{id: "listAccounts", cost: "1 token", kind: CredentialSessionOrKey, header: "X-API-Key", value: "YOUR_API_KEY",
			limit: "With an API key, the limit of the [plan](/pricing)", idempotent: true},
		{id: "exportVisualPDF", cost: "25 tokens", kind: CredentialSessionOrKey, header: "X-API-Key", value: "YOUR_API_KEY",
			limit: "With a session, 600 calls per minute", idempotent: true},
		{id: "listPlans", cost: "EXEMPT (cost: 0)", kind: CredentialNone, limit: "Not limited."},
		{id: "getMetrics", cost: "EXEMPT (cost: 0)", kind: CredentialOperator, header: "Authorization", value: "Bearer YOUR_METRICS_TOKEN",
			limit: "Not limited."},
	} {
		op := operationOf(t, test.id)
		c := op.Credential
		if op.CostLabel != test.cost || c.Kind != test.kind || c.Header != test.header || c.Value != test.value || op.Role != test.role || op.Idempotent != test.idempotent {
			t.Errorf("%s: %s, role %q, idempotent %v, %+v", test.id, op.CostLabel, op.Role, op.Idempotent, c)
		}
		contains(t, test.id, op.Limit, test.limit)
		contains(t, test.id, c.Value, c.Placeholder)
	}
	for window, want := range map[time.Duration]string{time.Second: "second", time.Minute: "minute", time.Hour: "hour"} {
		rate := &contract.RateClass{Name: "things", By: contract.ByUser, Rate: contract.Rate{Calls: 5, Window: window}}
		if got := limitWords(rate, false); got != "5 calls per "+want+" per user, shared by all operations of the class `things`." {
			t.Errorf("a limit is %s", got)
		}
	}
	for _, id := range []string{"listAccounts", "getSandbox", "registerDeveloper"} {
		contains(t, id, operationOf(t, id).Credential.Note,
			"Generate an API key in [/account/credentials](/account/credentials) to run live queries (literal `YOUR_API_KEY` placeholder shown until then).")
	}
	contains(t, "administrators", operationOf(t, "grantTokens").Credential.Note, "A session of an administrator")
}
