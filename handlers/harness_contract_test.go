package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// call is a request in parts, so that tests can break one at a time.
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

// example returns the contract's example of the operation, without headers: they are
// optional, and have their own tests.
func example(h *harness, method, path string, op *openapi3.Operation) call {
	h.t.Helper()
	c := call{path: path, params: map[string]string{}, query: url.Values{}}
	for _, ref := range op.Parameters {
		p := ref.Value
		if p.Example == nil && p.In != openapi3.ParameterInHeader {
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

// expectOpened fails the test unless the call by key reached the operation: it was
// charged or, if it is free, it succeeded. The operation itself may fail, because
// the example's ids belong to nobody and the call may be a repetition.
func expectOpened(t *testing.T, op *openapi3.Operation, answer *response) {
	t.Helper()
	price, charged := fmt.Sprint(op.Extensions["x-token-cost"]), answer.Header().Get("X-Token-Cost")
	if price == "0" && answer.Code != 200 || price != "0" && charged != price || answer.Code == 403 || answer.Code >= 500 {
		t.Errorf("%s: the key got %d for %q tokens: %s", op.OperationID, answer.Code, charged, answer.Body)
	}
}
