package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// call is a request in parts that can be broken one by one.
type call struct {
	what    string
	path    string
	params  map[string]string // in the path, by name
	query   url.Values
	body    any // nil: none
	raw     string
	headers []string
}

func (c call) target() string {
	target := c.path
	for name, value := range c.params {
		target = strings.ReplaceAll(target, "{"+name+"}", url.PathEscape(value))
	}
	return strings.TrimSuffix(target+"?"+c.query.Encode(), "?")
}

func (c call) text() string {
	if c.raw != "" || c.body == nil {
		return c.raw
	}
	return string(must(json.Marshal(c.body)))
}

// example builds the call that the contract gives as an example, without
// headers: they are optional, and what they do has tests of its own.
func example(h *harness, method, path string, op *openapi3.Operation) call {
	h.t.Helper()
	c := call{path: path, params: map[string]string{}, query: url.Values{}}
	for _, ref := range op.Parameters {
		p := ref.Value
		if p.Example == nil {
			h.t.Fatalf("%s: the parameter %s has no example", op.OperationID, p.Name)
		}
		switch p.In {
		case openapi3.ParameterInPath:
			c.params[p.Name] = fmt.Sprint(p.Example)
		case openapi3.ParameterInQuery:
			c.query.Set(p.Name, fmt.Sprint(p.Example))
		}
	}
	if op.RequestBody != nil {
		media := op.RequestBody.Value.Content.Get("application/json")
		c.body = media.Example
		if named := media.Examples["example"]; named != nil {
			c.body = named.Value.Value
		}
	}
	return c
}

// takes reports whether the operation names the security scheme.
func takes(op *openapi3.Operation, scheme string) bool {
	for _, requirement := range *op.Security {
		if _, ok := requirement[scheme]; ok {
			return true
		}
	}
	return false
}

// withKeyInQuery returns the target with the key in its query.
func withKeyInQuery(target, key string) string {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	return target + separator + "apiKey=" + url.QueryEscape(key)
}

// expectOpened fails the test unless the call by key got to the operation: its
// price was taken, or where it has none it succeeded. The examples' ids are
// nobody's, and a call that is made twice may find its work done, so that the
// operation itself may answer otherwise.
func expectOpened(t *testing.T, op *openapi3.Operation, answer *response) {
	t.Helper()
	price, charged := fmt.Sprint(op.Extensions["x-token-cost"]), answer.Header().Get("X-Token-Cost")
	if price == "0" && answer.Code != 200 || price != "0" && charged != price || answer.Code == 403 || answer.Code >= 500 {
		t.Errorf("%s: the key got %d for %q tokens: %s", op.OperationID, answer.Code, charged, answer.Body)
	}
}
