// Package contract reads Alta's OpenAPI document: which operations there are,
// who may call them, what they cost, how often they may be called and what
// their input must look like. It knows no HTTP server, so that the server and
// the documentation pages can both be made from it.
package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Security schemes that an operation may name.
const (
	SchemeSession       = "session"       // JWT in the Authorization header
	SchemeSessionCookie = "sessionCookie" // the same JWT in a cookie
	SchemeOperator      = "operator"      // a loopback peer, or the metrics token
)

// Contract is the whole document, read and checked.
type Contract struct {
	Operations map[string]*Operation // by operationId
	Rates      map[string]RateClass  // by name
	BodyLimit  int64                 // longest request body, in bytes
}

// Operation is what the server must know of one operation.
type Operation struct {
	ID      string
	Method  string
	Path    string
	Tag     string
	Cost    int        // tokens, when called with an API key
	Rate    *RateClass // nil: not limited
	Schemes []string   // accepted security schemes; empty: anyone may call
	Body    *Object    // nil: takes no body
	Query   *Object    // nil: declares no query parameters
	InPath  []*Property
	Since   string
	Why     string
	UseCase string
}

// Accepts reports whether the operation names the security scheme.
func (o *Operation) Accepts(scheme string) bool { return slices.Contains(o.Schemes, scheme) }

// Parse reads doc, which kin-openapi has found valid. The error lists
// everything that is missing or unusable, each line naming the operation and
// the extension.
func Parse(doc *openapi3.T, formats Formats) (*Contract, error) {
	rates, err := parseRates(doc)
	if err != nil {
		return nil, err
	}
	limit, ok := doc.Extensions["x-body-limit"].(float64)
	if !ok || limit < 1 {
		return nil, errors.New("x-body-limit is missing")
	}
	c := &Contract{Operations: map[string]*Operation{}, Rates: rates, BodyLimit: int64(limit)}
	var problems []error
	for _, path := range doc.Paths.InMatchingOrder() {
		item := doc.Paths.Value(path)
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op, err := c.parseOperation(method, path, operations[method], item.Parameters, formats)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			if c.Operations[op.ID] != nil {
				problems = append(problems, fmt.Errorf("%s %s: operationId %s is used twice", method, path, op.ID))
			}
			c.Operations[op.ID] = op
		}
	}
	return c, errors.Join(problems...)
}

func (c *Contract) parseOperation(
	method, path string, spec *openapi3.Operation, shared openapi3.Parameters, formats Formats,
) (*Operation, error) {
	if spec.OperationID == "" {
		return nil, fmt.Errorf("%s %s: operationId is missing", method, path)
	}
	if len(spec.Tags) != 1 {
		return nil, fmt.Errorf("%s %s: %s: wants exactly one tag", method, path, spec.OperationID)
	}
	op := &Operation{ID: spec.OperationID, Method: method, Path: path, Tag: spec.Tags[0]}
	problems := append(op.readExtensions(spec.Extensions, c.Rates),
		op.readSecurity(spec.Security),
		op.readBody(spec.RequestBody, formats),
		op.readParameters(slices.Concat(shared, spec.Parameters), formats))
	if op.Rate != nil && op.Rate.By == ByUser && spec.Security != nil && len(op.Schemes) == 0 {
		problems = append(problems, fmt.Errorf("x-rate-class %s counts by user, but anyone may call", op.Rate.Name))
	}
	for i, problem := range problems {
		if problem != nil { // a line each, and each names the operation
			problems[i] = fmt.Errorf("%s %s: %s: %w", method, path, op.ID, problem)
		}
	}
	return op, errors.Join(problems...)
}

func (o *Operation) readSecurity(security *openapi3.SecurityRequirements) error {
	if security == nil {
		return errors.New("security is missing; write [] where anyone may call")
	}
	known := []string{SchemeSession, SchemeSessionCookie, SchemeOperator}
	for _, requirement := range *security {
		for scheme := range requirement {
			if !slices.Contains(known, scheme) {
				return fmt.Errorf("security scheme %q is not one that the server knows: %v", scheme, known)
			}
			o.Schemes = append(o.Schemes, scheme)
		}
	}
	return nil
}
