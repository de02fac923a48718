package handlers_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
)

// TestMutations breaks each operation's example in every way that its schemas
// define: each property of the body and each parameter, one at a time. Each broken
// call must get a 4xx that the operation declares, and change nothing.
func TestMutations(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	bearer := h.register("mutant@example.com")
	h.promote("mutant@example.com") // or role would be all that is ever wrong
	before := h.do("GET", "/api/users/me", "", bearer).Body.String()
	tried := 0
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			base := example(h, method, path, op)
			if op.Security != nil && len(*op.Security) > 0 {
				base.headers = []string{bearer}
			}
			for _, m := range mutations(base, op) {
				tried++
				answer := h.do(method, m.target(), m.text(), m.headers...)
				if answer.Code < 400 || answer.Code >= 500 {
					t.Errorf("%s, %s: got %d, want a 4xx: %s", op.OperationID, m.what, answer.Code, answer.Body)
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d mutations were tried", tried)
	}
	if after := h.do("GET", "/api/users/me", "", bearer).Body.String(); after != before {
		t.Errorf("the user has changed:\n%s%s", before, after)
	}
	if n := h.users(); n != 1 {
		t.Errorf("there are %d users, want 1", n)
	}
}

// wellFormed are texts in responses 400 to valid calls, which are refused because of
// the existing data or because their ids are made up.
var wellFormed = []string{
	`"code":"invite_token_invalid"`, `"code":"token_invalid"`, `"code":"invite_unknown"`, "User already has categories",
	"El enlace no es válido",
}

// TestExamples sends each operation's example, which must not be refused as invalid:
// otherwise the mutations would prove nothing.
func TestExamples(t *testing.T) {
	h := start(t, testdb.SQLite(t))
	for path, item := range h.doc.Paths.Map() {
		for method, op := range item.Operations() {
			base := example(h, method, path, op)
			if op.Security != nil && len(*op.Security) > 0 {
				email := uuid.NewString() + "@example.com"
				base.headers = []string{h.register(email)}
				h.promote(email)
			}
			answer := h.do(method, base.target(), base.text(), base.headers...)
			switch answer.Code {
			case http.StatusBadRequest:
				if slices.ContainsFunc(wellFormed, func(text string) bool { return strings.Contains(answer.Body.String(), text) }) {
					continue
				}
				t.Errorf("%s: the example is answered %d: %s", op.OperationID, answer.Code, answer.Body)
			case http.StatusUnsupportedMediaType, http.StatusMethodNotAllowed:
				t.Errorf("%s: the example is answered %d: %s", op.OperationID, answer.Code, answer.Body)
			}
		}
	}
}

// mutations returns the ways to break the call.
func mutations(base call, op *openapi3.Operation) []call {
	var list []call
	for _, ref := range op.Parameters {
		if ref.Value.Extensions["x-clamp"] == nil { // what is out of bounds is brought into them there
			list = append(list, parameterMutations(base, ref.Value)...)
		}
	}
	if base.body != nil {
		list = append(list, bodyMutations(base, op)...)
	}
	return list
}

func parameterMutations(base call, p *openapi3.Parameter) []call {
	var list []call
	s := p.Schema.Value
	for what, value := range badValues(s) {
		text, isText := value.(string)
		if !isText {
			text = string(must(json.Marshal(value)))
		}
		if !isText && s.Type.Is("string") && s.Format == "" && len(s.Enum) == 0 {
			continue // in a URL or a header it is a text like any other
		}
		if text == "" && p.In == openapi3.ParameterInPath {
			continue // another path is another operation
		}
		m := base
		m.what = fmt.Sprintf("parameter %s %s", p.Name, what)
		switch p.In {
		case openapi3.ParameterInPath:
			m.params = maps.Clone(base.params)
			m.params[p.Name] = text
		case openapi3.ParameterInHeader:
			m.headers = append(slices.Clip(base.headers), p.Name+": "+text)
		default:
			m.query = url.Values{p.Name: {text}}
		}
		list = append(list, m)
	}
	return list
}

func bodyMutations(base call, op *openapi3.Operation) []call {
	schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
	object := base.body.(map[string]any)
	var list []call
	add := func(what string, change func(map[string]any)) {
		m := base
		m.what = what
		body := map[string]any{}
		for name, value := range object {
			body[name] = value
		}
		change(body)
		m.body = body
		list = append(list, m)
	}
	for name, ref := range schema.Properties {
		for what, value := range badValues(ref.Value) {
			add(name+" "+what, func(body map[string]any) { body[name] = value })
		}
		if !ref.Value.Nullable {
			add(name+" null", func(body map[string]any) { body[name] = nil })
		}
		add(name+" in capitals besides", func(body map[string]any) { body[strings.ToUpper(name)] = "x" })
	}
	for _, name := range schema.Required {
		add("without "+name, func(body map[string]any) { delete(body, name) })
	}
	add("an unknown property", func(body map[string]any) { body["isAdmin"] = true })
	text := base.text()
	for what, raw := range map[string]string{
		"an array": "[" + text + "]", "a string": `"x"`, "a number": "1", "cut off": text[:len(text)-1],
		"trailing data": text + "{}", "a name twice": strings.Replace(text, "{", `{"x":1,"x":2,`, 1),
		"invalid UTF-8": strings.Replace(text, `":"`, "\":\"\xff", 1) + "\xff", "deep nesting": strings.Repeat("[", 20_000),
		"a megabyte": `{"x":"` + strings.Repeat("x", 1<<20) + `"}`,
	} {
		m := base
		m.what, m.raw = what, raw
		list = append(list, m)
	}
	return list
}

// badValues are values that the schema does not allow, by the reason.
func badValues(s *openapi3.Schema) map[string]any {
	bad := map[string]any{"an object": map[string]any{"a": 1}, "an array": []any{"a"}}
	switch {
	case s.Type.Is("string"):
		if s.Format != "" || s.VisitJSON("\u202e no") != nil { // formats are the server's own
			bad["nonsense"] = "\u202e no"
		}
		if s.Format != "" && s.Format != "webhook-url" || s.VisitJSON("") != nil {
			bad["empty"] = "" // which clears a webhook
		}
		bad["a NUL"] = "a\x00b"
		if s.MinLength > 0 {
			bad["too short"] = strings.Repeat("ñ", int(s.MinLength)-1)
		}
		if s.MaxLength != nil {
			bad["too long"] = strings.Repeat("ñ", int(*s.MaxLength)+1)
		}
	case s.Type.Is("number"):
		bad["a word"], bad["huge"], bad["a text of a number"] = "abc", json.Number("1e400"), "10"
		if s.Format == "money" {
			bad["three decimals"], bad["fourteen digits"] = json.Number("10.001"), json.Number("10000000000000")
			bad["three decimals that round to none"] = json.Number("10.00000000000000000001")
		}
		if s.Min != nil {
			bad["below the minimum"] = *s.Min - 0.01
		}
	case s.Type.Is("integer"):
		bad["a word"], bad["half"], bad["huge"] = "abc", 1.5, json.Number("1e400")
		if s.Min != nil {
			bad["below the minimum"] = *s.Min - 1
		}
		if s.Max != nil {
			bad["above the maximum"] = *s.Max + 1
		}
	}
	return bad
}
