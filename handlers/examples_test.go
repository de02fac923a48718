package handlers_test

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/testdb"
)

// exampleCall is an example request, as a document shows it to readers.
type exampleCall struct {
	method, target, body string
	headers              []string // "Name: value"
}

// TestExamplesOfTheContract sends the example request of each operation to a
// server, as it is written but for what only one server can know: ids, tokens and
// credentials. It has to be answered with the status of success, and by the
// harness with what the contract says of that.
//
// A new operation is in it at once. Where it wants something to be there first,
// say in preparations what.
func TestExamplesOfTheContract(t *testing.T) {
	book := readBook(t)
	shown, full := map[string]exampleCall{}, map[string]exampleCall{}
	for _, op := range book.Operations {
		example := exampleCall{method: op.Method, target: op.Request.Target(), body: op.Request.Body}
		if op.Credential.Header != "" {
			example.headers = []string{op.Credential.Header + ": " + op.Credential.Value}
		}
		shown[op.ID] = example
		if target := withEveryParameter(op); target != example.target {
			example.target = target
			full[op.ID] = example
		}
	}
	for name := range preparations {
		if _, ok := shown[name]; !ok {
			t.Errorf("preparations: the contract has no operation %s", name)
		}
	}
	t.Run("as shown", func(t *testing.T) { sendExamples(t, book, shown) })
	t.Run("with every parameter", func(t *testing.T) { sendExamples(t, book, full) })
}

// readBook makes the documentation of the contract.
func readBook(t *testing.T) *docs.Book {
	t.Helper()
	document, err := os.ReadFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := docs.New(document, "")
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// withEveryParameter is the example's target with the examples of its optional
// parameters, too.
func withEveryParameter(op *docs.Operation) string {
	query := url.Values{}
	for _, p := range op.Parameters {
		if p.In == "query" {
			query.Set(p.Name, p.Example)
		}
	}
	return strings.TrimSuffix(op.Request.Path+"?"+query.Encode(), "?")
}

// sendExamples sends the examples, by their operations' ids.
func sendExamples(t *testing.T, book *docs.Book, examples map[string]exampleCall) {
	g := startWithGoogle(t, testdb.SQLite(t), withMetricsToken(metricsToken))
	caller, key := g.person("caller@example.com"), g.secret("key")
	for _, op := range book.Operations {
		example, ok := examples[op.ID]
		if !ok {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			g.t = t
			s := &stage{withGoogle: g, op: op, example: example, caller: caller, exist: map[string]string{docs.PlaceholderKey: key}}
			s.prepare()
			answer := g.do(example.method, s.real(example.target), s.real(example.body), s.realHeaders()...)
			if want := op.Success().Status; answer.Code != want {
				t.Errorf("%s %s %s\nis answered %d %s\nwant %d: mend the example, or say in preparations what makes it succeed",
					example.method, example.target, example.body, answer.Code, answer.Body, want)
			}
		})
		g.t = t
	}
}

const metricsToken = "metrics token"

// sessionToken is the token of a header that speaks for somebody.
func sessionToken(bearer string) string { return strings.TrimPrefix(bearer, "Authorization: Bearer ") }

// stage is what an example is sent to.
type stage struct {
	*withGoogle
	op      *docs.Operation
	example exampleCall
	caller  person            // one for all, unless a preparation makes another one
	exist   map[string]string // what there is in place of what the example says
}

// prepare makes what the example goes with.
func (s *stage) prepare() {
	s.t.Helper()
	if s.op.Role != "" {
		s.promote(s.caller.email)
	}
	if set := preparations[s.op.ID]; set != nil {
		set(s)
	}
	s.belong()
	if s.exist[docs.PlaceholderSession] == "" {
		s.exist[docs.PlaceholderSession] = sessionToken(s.caller.bearer)
	}
	if s.op.Credential.Kind == docs.CredentialOperator {
		s.exist[s.op.Credential.Placeholder] = metricsToken
	}
}

// belong makes something of the caller's for each id in the example that no
// preparation has made.
func (s *stage) belong() {
	s.t.Helper()
	for _, p := range s.op.Parameters {
		kind := references[p.Name]
		if p.In == "path" {
			kind = s.op.Tag.Name
		}
		if makeOne := belongings[kind]; makeOne != nil && s.exist[p.Example] == "" && s.shows(p.Example) {
			s.exist[p.Example] = makeOne(s.harness, s.caller)
		}
	}
}

// shows reports whether the example has the text.
func (s *stage) shows(text string) bool {
	return text != "" && strings.Contains(s.example.target+s.example.body, text)
}

// set says what there is in place of the parameter's or the property's example.
func (s *stage) set(name, value string) {
	s.t.Helper()
	i := slices.IndexFunc(s.op.Parameters, func(p docs.Parameter) bool { return p.Name == name })
	if i < 0 {
		s.t.Fatalf("preparations: it has no %s", name)
	}
	if s.shows(s.op.Parameters[i].Example) {
		s.exist[s.op.Parameters[i].Example] = value
	}
}

// real is the text with what there is.
func (s *stage) real(text string) string {
	for shown, value := range s.exist {
		text = strings.ReplaceAll(text, shown, value)
	}
	return text
}

func (s *stage) realHeaders() (headers []string) {
	for _, header := range s.example.headers {
		headers = append(headers, s.real(header))
	}
	return headers
}
