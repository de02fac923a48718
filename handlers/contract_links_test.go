package handlers_test

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/docs"
	"example.com/alta/internal/testdb"
)

// TestLinksOfTheContract makes the example call of each operation that has links,
// and follows each link with the values that it carries. The second call has to
// succeed, and the harness holds both to the contract. Each operation with an ID in its
// path has to be the target of a link.
func TestLinksOfTheContract(t *testing.T) {
	book := readBook(t)
	linked := map[string]bool{}
	for _, op := range book.Operations {
		for _, link := range op.Then {
			linked[link.Target.ID] = true
			t.Run(op.ID+" then "+link.Target.ID, func(t *testing.T) {
				followLink(startWithGoogle(t, testdb.SQLite(t)), op, link)
			})
		}
	}
	for _, op := range book.Operations {
		if strings.Contains(op.Path, "{") && !linked[op.ID] {
			t.Errorf("no link leads to %s: say in the contract which response has what its path takes", op.ID)
		}
	}
}

// followLink makes the call of op and then that of the link's target, both by the same person.
func followLink(g *withGoogle, op *docs.Operation, link docs.NextCall) {
	g.t.Helper()
	first := newLinkRun(g, op, g.person("caller@example.com"))
	if op.Role != "" { // or the caller would be the last administrator
		g.register("root@example.com")
		g.promote("root@example.com")
	}
	first.prepare()
	g.clock.Advance(time.Second) // lists begin with the newest
	switch kind := op.Tag.Name; {
	case op.Method != "GET": // it makes what it answers with
	case kind == "invites":
		g.invite(2)
	case op.Role != "":
		g.person("another@example.com") // first in every list of users
	case belongings[kind] != nil:
		belongings[kind](g.harness, first.caller)
	}
	answer := first.send().status(op.Success().Status)
	second := newLinkRun(g, link.Target, first.caller)
	second.prepare()
	if op.Credential.Kind != docs.CredentialNone {
		second.substitutes[docs.PlaceholderSession] = first.substitutes[docs.PlaceholderSession]
	}
	for _, carried := range link.Carried {
		second.carry(carried, first.evaluate(carried.Expression, answer))
	}
	second.send().status(link.Target.Success().Status)
}

func newLinkRun(g *withGoogle, op *docs.Operation, caller person) *exampleRun {
	run := &exampleRun{withGoogle: g, op: op, caller: caller, substitutes: map[string]string{}}
	run.example = exampleCall{method: op.Method, target: op.Request.Target(), body: op.Request.Body}
	return run
}

// send makes the call, by the caller's session if no credential was carried to it.
func (s *exampleRun) send() *response {
	s.t.Helper()
	headers := s.example.headers
	if len(headers) == 0 && s.op.Credential.Kind != docs.CredentialNone {
		headers = []string{"Authorization: Bearer " + s.substitutes[docs.PlaceholderSession]}
	}
	return s.do(s.example.method, s.real(s.example.target), s.real(s.example.body), headers...)
}

// evaluate returns the value of a link's expression after the call.
func (s *exampleRun) evaluate(expression string, answer *response) string {
	s.t.Helper()
	where, pointer, found := strings.Cut(expression, "#/")
	text := map[string]string{"$response.body": answer.Body.String(), "$request.body": s.real(s.example.body)}[where]
	if !found || text == "" {
		s.t.Fatalf("%s is not understood", expression)
	}
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		s.t.Fatal(err)
	}
	for part := range strings.SplitSeq(pointer, "/") {
		if list, isList := value.([]any); isList {
			i := must(strconv.Atoi(part))
			if i >= len(list) {
				s.t.Fatalf("%s: the list has %d items: %s", expression, len(list), text)
			}
			value = list[i]
			continue
		}
		object, _ := value.(map[string]any)
		value = object[part]
	}
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	s.t.Fatalf("%s is %v in %s", expression, value, text)
	return ""
}

// carry puts the value into the call.
func (s *exampleRun) carry(carried docs.Carried, value string) {
	s.t.Helper()
	switch {
	case carried.IsCredential() && carried.Name == contract.SchemeAPIKey:
		s.example.headers = []string{"X-API-Key: " + value}
	case carried.IsCredential():
		s.example.headers = []string{"Authorization: Bearer " + value}
	case carried.In == "query":
		path, query, _ := strings.Cut(s.example.target, "?")
		values := must(url.ParseQuery(query))
		values.Set(carried.Name, value)
		s.example.target = path + "?" + values.Encode()
	case carried.In == "body":
		body := map[string]any{}
		if err := json.Unmarshal([]byte(s.real(s.example.body)), &body); err != nil {
			s.t.Fatal(err)
		}
		body[carried.Name] = value
		s.example.body = string(must(json.Marshal(body)))
	default:
		s.set(carried.Name, value)
	}
}
