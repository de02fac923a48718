package handlers_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/testdb"
)

// TestOthersIDs calls each operation that takes an id with an id that belongs to
// another user: in the path, in the query and in the body, one at a time. The
// response must be the documented one for an unknown id, must reveal nothing, and
// must change nothing. The same call with the caller's own id must succeed, or the
// refusal would prove nothing.
//
// A new operation is included by itself. If it names a kind of thing that is not in
// belongings, or by a name that is not in references, the test fails.
func TestOthersIDs(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	h := start(t, databaseURL)
	db := testdb.Connect(t, databaseURL)
	owner, stranger := h.person("owner@example.com"), h.person("stranger@example.com")
	list := idPlaces(h)
	if len(list) < 10 {
		t.Errorf("only %d ways to name a thing were found", len(list))
	}
	expectNoLeftovers(t, list)
	for _, r := range list {
		t.Run(r.String(), func(t *testing.T) {
			h.t = t
			if own := r.make(h, stranger, stranger); own.Code >= 300 {
				t.Fatalf("with an id of one's own: got %d: %s", own.Code, own.Body)
			}
			id := r.belonging(h, owner)
			before := rowsOf(t, db, owner)
			answer := r.send(h, stranger, id)
			if want := r.refusals(); !slices.Contains(want, answer.Code) {
				t.Errorf("got %d, want one of %v: %s", answer.Code, want, answer.Body)
			}
			if strings.Contains(answer.Body.String(), owner.email) {
				t.Errorf("the answer tells of what is another's: %s", answer.Body)
			}
			if after := rowsOf(t, db, owner); after != before {
				t.Errorf("what is another's has changed:\n%s\n%s", before, after)
			}
			if strings.Contains(rowsOf(t, db, stranger), id) {
				t.Error("the caller has something that leads to what is another's")
			}
		})
		h.t = t
	}
}

// expectNoLeftovers fails the test if its tables name operations that the contract
// no longer has.
func expectNoLeftovers(t *testing.T, list []idPlace) {
	t.Helper()
	known := map[string]bool{}
	for _, r := range list {
		known[r.String()], known[r.op.OperationID] = true, true
	}
	for _, name := range slices.Concat(slices.Collect(maps.Keys(otherRefusals)), slices.Collect(maps.Keys(samples))) {
		if !known[name] {
			t.Errorf("the contract has no %q", name)
		}
	}
}

// idPlace is one parameter or property of an operation that holds an id.
type idPlace struct {
	method, path string
	op           *openapi3.Operation
	in, name     string
	kind         string // key of belongings
}

func (r idPlace) String() string { return r.op.OperationID + " " + r.name }

// belonging creates a thing of the kind that r names.
func (r idPlace) belonging(h *harness, p person) string {
	h.t.Helper()
	makeOne := belongings[r.kind]
	if makeOne == nil {
		h.t.Fatalf("%s: say in belongings how to make one of %q", r, r.kind)
	}
	return makeOne(h, p)
}

// make makes the call for the caller with a thing of the owner's.
func (r idPlace) make(h *harness, caller, owner person) *response {
	h.t.Helper()
	return r.send(h, caller, r.belonging(h, owner))
}

// send makes the call for the caller with the id at r. Everything else that the call
// names is the caller's own.
func (r idPlace) send(h *harness, caller person, id string) *response {
	h.t.Helper()
	c := r.base(h)
	for _, other := range idPlacesOf(h, r.method, r.path, r.op) {
		if body, _ := c.body.(map[string]any); other.in == openapi3.ParameterInPath || other.in == "body" && body[other.name] != nil {
			c.set(other, other.belonging(h, caller))
		}
	}
	c.set(r, id)
	return h.do(r.method, c.target(), c.text(), caller.bearer)
}

// base returns the operation's example without optional parameters, or its sample.
func (r idPlace) base(h *harness) call {
	h.t.Helper()
	c := example(h, r.method, r.path, r.op)
	for _, ref := range r.op.Parameters {
		if ref.Value.In == openapi3.ParameterInQuery && !ref.Value.Required {
			c.query.Del(ref.Value.Name)
		}
	}
	if body, ok := c.body.(map[string]any); ok {
		c.body = maps.Clone(body)
	}
	for _, name := range []string{r.op.OperationID, r.String()} {
		if sample, ok := samples[name]; ok {
			c.body = nil
			if err := json.Unmarshal([]byte(sample), &c.body); err != nil {
				h.t.Fatalf("samples: %s: %v", name, err)
			}
		}
	}
	return c
}

func (c *call) set(r idPlace, id string) {
	switch r.in {
	case openapi3.ParameterInPath:
		c.params[r.name] = id
	case openapi3.ParameterInQuery:
		c.query.Set(r.name, id)
	default:
		c.body.(map[string]any)[r.name] = id
	}
}

// refusals are the allowed statuses. A list that is filtered by an unknown id may be
// empty.
func (r idPlace) refusals() []int {
	if status, ok := otherRefusals[r.String()]; ok {
		return []int{status}
	}
	if r.in == openapi3.ParameterInQuery {
		return []int{200, 403, 404}
	}
	return []int{403, 404}
}

// idPlaces returns the places in all operations, except those that anyone may call
// or that need a role. TestRoles covers these.
func idPlaces(h *harness) (list []idPlace) {
	h.t.Helper()
	for _, path := range slices.Sorted(maps.Keys(h.doc.Paths.Map())) {
		for method, op := range h.doc.Paths.Value(path).Operations() {
			if len(*op.Security) > 0 && op.Extensions["x-role"] == nil {
				list = append(list, idPlacesOf(h, method, path, op)...)
			}
		}
	}
	return list
}

func idPlacesOf(h *harness, method, path string, op *openapi3.Operation) (list []idPlace) {
	h.t.Helper()
	add := func(in, name string, schema *openapi3.Schema) {
		if schema.Type.Is("object") || schema.Type.Is("array") {
			h.t.Fatalf("%s: teach this test to look for ids inside %s", op.OperationID, name)
		}
		if !namesThing(name, schema) {
			return
		}
		r := idPlace{method, path, op, in, name, references[name]}
		if in == openapi3.ParameterInPath {
			r.kind = op.Tags[0]
		}
		if r.kind == "" {
			h.t.Fatalf("%s: say in references what %s names", op.OperationID, name)
		}
		list = append(list, r)
	}
	for _, ref := range op.Parameters {
		if p := ref.Value; p.In != openapi3.ParameterInHeader {
			add(p.In, p.Name, p.Schema.Value)
		}
	}
	if op.RequestBody != nil {
		schema := op.RequestBody.Value.Content.Get("application/json").Schema.Value
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			add("body", name, schema.Properties[name].Value)
		}
	}
	return list
}

// namesThing reports whether the value is an id, by its format or by its name.
func namesThing(name string, schema *openapi3.Schema) bool {
	return schema.Format == "uuid" || name == "id" || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "_id")
}
