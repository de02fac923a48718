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

// exampleCall is an example request as the documentation shows it.
type exampleCall struct {
	method, target, body string
	headers              []string // "Name: value"
}

// TestExamplesOfTheContract sends the example request of each operation to a server.
// Ids, tokens and credentials are replaced. The response must be the documented
// success.
//
// A new operation is included by itself. If it needs existing data, add that to
// preparations.
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
	g := startWithGoogle(t, testdb.SQLite(t))
	caller, key := g.person("caller@example.com"), g.secret("key")
	for _, op := range book.Operations {
		example, ok := examples[op.ID]
		if !ok {
			continue
		}
		t.Run(op.ID, func(t *testing.T) {
			g.t = t
			s := &exampleRun{withGoogle: g, op: op, example: example, caller: caller, substitutes: map[string]string{docs.PlaceholderKey: key}}
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

// sessionToken returns the token in the header.
func sessionToken(bearer string) string { return strings.TrimPrefix(bearer, "Authorization: Bearer ") }

// exampleRun is one example with the server and the data that it is sent to.
type exampleRun struct {
	*withGoogle
	op          *docs.Operation
	example     exampleCall
	caller      person            // the same for all examples, unless a preparation creates another one
	substitutes map[string]string // existing values, by the example's value that they replace
}

// prepare creates the data that the example needs.
func (s *exampleRun) prepare() {
	s.t.Helper()
	if s.op.Role != "" {
		s.promote(s.caller.email)
	}
	if set := preparations[s.op.ID]; set != nil {
		set(s)
	}
	s.addBelongings()
	if s.substitutes[docs.PlaceholderSession] == "" {
		s.substitutes[docs.PlaceholderSession] = sessionToken(s.caller.bearer)
	}
	if s.op.Credential.Kind == docs.CredentialOperator {
		s.substitutes[s.op.Credential.Placeholder] = metricsToken
	}
}

// addBelongings creates a row of the caller's for each id in the example that
// no preparation has replaced.
func (s *exampleRun) addBelongings() {
	s.t.Helper()
	for _, p := range s.op.Parameters {
		kind := references[p.Name]
		if p.In == "path" {
			kind = s.op.Tag.Name
		}
		if makeOne := belongings[kind]; makeOne != nil && s.substitutes[p.Example] == "" && s.shows(p.Example) {
			s.substitutes[p.Example] = makeOne(s.harness, s.caller)
		}
	}
}

// shows reports whether the example has the text.
func (s *exampleRun) shows(text string) bool {
	return text != "" && strings.Contains(s.example.target+s.example.body, text)
}

// set replaces the example of the parameter or the property with an existing
// value.
func (s *exampleRun) set(name, value string) {
	s.t.Helper()
	i := slices.IndexFunc(s.op.Parameters, func(p docs.Parameter) bool { return p.Name == name })
	if i < 0 {
		s.t.Fatalf("preparations: it has no %s", name)
	}
	if s.shows(s.op.Parameters[i].Example) {
		s.substitutes[s.op.Parameters[i].Example] = value
	}
}

// real returns the text with existing values.
func (s *exampleRun) real(text string) string {
	for shown, value := range s.substitutes {
		text = strings.ReplaceAll(text, shown, value)
	}
	return text
}

func (s *exampleRun) realHeaders() (headers []string) {
	for _, header := range s.example.headers {
		headers = append(headers, s.real(header))
	}
	return headers
}
