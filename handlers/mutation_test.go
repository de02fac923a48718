package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"

	"alta/internal/testdb"
)

// TestMutations breaks the contract in every way that its schemas name: for
// each operation, each property of its body and each parameter, on its own.
// Every broken call must be answered with a 4xx that the operation declares,
// and change nothing. A new operation is tested as soon as the contract has
// it.
func TestMutations(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
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
					answer := h.do(method, m.target(), m.text(), base.headers...)
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
	})
}

// TestExamples sends each operation's own example, which must not be refused
// as a bad request: else the mutations would prove nothing.
func TestExamples(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		h := start(t, databaseURL)
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
					if strings.Contains(answer.Body.String(), `"code":"invite_token_invalid"`) || strings.Contains(answer.Body.String(), `"code":"token_invalid"`) ||
						strings.Contains(answer.Body.String(), `"code":"invite_unknown"`) {
						continue // well formed, and made up
					}
					t.Errorf("%s: the example is answered %d: %s", op.OperationID, answer.Code, answer.Body)
				case http.StatusUnsupportedMediaType, http.StatusMethodNotAllowed:
					t.Errorf("%s: the example is answered %d: %s", op.OperationID, answer.Code, answer.Body)
				}
			}
		}
	})
}

// call is a request in parts that can be broken one by one.
type call struct {
	what    string
	path    string
	query   url.Values
	body    any // nil: none
	raw     string
	headers []string
}

func (c call) target() string {
	if len(c.query) == 0 {
		return c.path
	}
	return c.path + "?" + c.query.Encode()
}

func (c call) text() string {
	if c.raw != "" || c.body == nil {
		return c.raw
	}
	return string(must(json.Marshal(c.body)))
}

// example builds the call that the contract gives as an example.
func example(h *harness, method, path string, op *openapi3.Operation) call {
	h.t.Helper()
	c := call{path: path, query: url.Values{}}
	for _, ref := range op.Parameters {
		p := ref.Value
		if p.Example == nil {
			h.t.Fatalf("%s: the parameter %s has no example", op.OperationID, p.Name)
		}
		if p.In == openapi3.ParameterInPath {
			c.path = strings.ReplaceAll(c.path, "{"+p.Name+"}", fmt.Sprint(p.Example))
		} else {
			c.query.Set(p.Name, fmt.Sprint(p.Example))
		}
	}
	if op.RequestBody != nil {
		c.body = op.RequestBody.Value.Content.Get("application/json").Example
	}
	return c
}

// mutations are the ways to break the call.
func mutations(base call, op *openapi3.Operation) []call {
	var list []call
	for _, ref := range op.Parameters {
		p := ref.Value
		for what, value := range badValues(p.Schema.Value) {
			text, isText := value.(string)
			if !isText {
				if p.Schema.Value.Type.Is("string") && p.Schema.Value.Format == "" && len(p.Schema.Value.Enum) == 0 {
					continue // in a URL it is a text like any other
				}
				text = string(must(json.Marshal(value)))
			}
			m := base
			m.what = fmt.Sprintf("parameter %s %s", p.Name, what)
			if p.In == openapi3.ParameterInPath {
				m.path = base.path[:strings.LastIndexByte(base.path, '/')+1] + url.PathEscape(text)
			} else {
				m.query = url.Values{p.Name: {text}}
			}
			if text != "" || p.In != openapi3.ParameterInPath { // another path is another operation
				list = append(list, m)
			}
		}
	}
	if base.body != nil {
		list = append(list, bodyMutations(base, op)...)
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

// badValues are values that the schema does not allow, by what is wrong.
func badValues(s *openapi3.Schema) map[string]any {
	bad := map[string]any{"an object": map[string]any{"a": 1}, "an array": []any{"a"}}
	switch {
	case s.Type.Is("string"):
		if s.Format != "" || len(s.Enum) > 0 || s.Pattern != "" {
			for what, text := range map[string]string{"nonsense": "\u202e no", "empty": ""} {
				if matches, _ := regexp.MatchString(s.Pattern, text); s.Pattern == "" || !matches {
					bad[what] = text
				}
			}
			if s.Format == "webhook-url" {
				delete(bad, "empty") // it clears the address
			}
		}
		bad["a NUL"] = "a\x00b"
		if s.MinLength > 0 {
			bad["too short"] = strings.Repeat("ñ", int(s.MinLength)-1)
		}
		if s.MaxLength != nil {
			bad["too long"] = strings.Repeat("ñ", int(*s.MaxLength)+1)
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
