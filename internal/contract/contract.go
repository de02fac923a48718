// Package contract reads Alta's OpenAPI document: the operations with their security,
// prices, rate limits and input. It does not depend on an HTTP server, so that the
// server and the documentation pages can both use it.
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
	SchemeSession       = "bearerAuth"    // JWT in the Authorization header
	SchemeSessionCookie = "sessionCookie" // the same JWT in a cookie
	SchemeAPIKey        = "apiKey"        // API key in the header X-API-Key
	SchemeAPIKeyQuery   = "apiKeyQuery"   // the same in the query, as apiKey
	SchemeOperator      = "operator"      // a loopback peer, or the metrics token
)

// Contract is the checked document.
type Contract struct {
	Operations map[string]*Operation // by operationId
	Rates      map[string]RateClass  // by name
	BodyLimit  int64                 // longest request body, in bytes
}

// Operation is one operation of the contract.
type Operation struct {
	ID      string
	Method  string
	Path    string
	Tag     string
	Cost    int        // tokens, when called with an API key
	Rate    *RateClass // nil: not limited
	Schemes []string   // accepted security schemes; empty: the operation is public
	Role    string     // required of the caller; empty: none
	Body    *Object    // nil: the operation has no body
	Query   *Object    // nil: the operation has no query parameters
	InPath  []*Property

	InHeader []*Property
	Clamps   []Clamp // of query parameters
	Since    string
	Why      string
	UseCase  string

	SideEffects []string // sentences; may be empty
}

// Endpoint returns the method and the path, as in GET /api/accounts.
func (o *Operation) Endpoint() string { return o.Method + " " + o.Path }

// Accepts reports whether the operation accepts the security scheme.
func (o *Operation) Accepts(scheme string) bool { return slices.Contains(o.Schemes, scheme) }

// HeaderIdempotencyKey is the header parameter that makes it safe to retry a call
// (draft-ietf-httpapi-idempotency-key-header-07).
const HeaderIdempotencyKey = "Idempotency-Key"

// HeaderIfMatch is the header parameter that makes a call depend on the state of the
// resource (RFC 9110 section 13.1.1).
const HeaderIfMatch = "If-Match"

// Idempotent reports whether the operation takes an Idempotency-Key.
func (o *Operation) Idempotent() bool { return o.Header(HeaderIdempotencyKey) != nil }

// Conditional reports whether the operation takes an If-Match.
func (o *Operation) Conditional() bool { return o.Header(HeaderIfMatch) != nil }

// Header returns the header parameter of the operation with the name, or nil.
func (o *Operation) Header(name string) *Property {
	for _, p := range o.InHeader {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Parse reads doc, which kin-openapi has validated. formats may be nil if the caller
// validates no requests. The error has a line for each problem, with the operation
// and the extension.
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
			op := &Operation{ID: operations[method].OperationID, Method: method, Path: path}
			found := op.parse(operations[method], item.Parameters, rates, formats)
			if op.ID != "" && c.Operations[op.ID] != nil {
				found = append(found, errors.New("operationId is used twice"))
			}
			c.Operations[op.ID] = op
			for _, problem := range found {
				problems = append(problems, fmt.Errorf("%s %s: %s: %w", method, path, op.ID, problem))
			}
		}
	}
	return c, errors.Join(problems...)
}

// parse reads the operation and returns its problems.
func (o *Operation) parse(
	spec *openapi3.Operation, shared openapi3.Parameters, rates map[string]RateClass, formats Formats,
) (problems []error) {
	if o.ID == "" {
		return []error{errors.New("operationId is missing")}
	}
	if len(spec.Tags) != 1 {
		return []error{errors.New("wants exactly one tag")}
	}
	o.Tag = spec.Tags[0]
	problems = append(o.readExtensions(spec.Extensions, rates),
		o.readSecurity(spec.Security),
		o.readBody(spec.RequestBody, formats),
		o.readParameters(slices.Concat(shared, spec.Parameters), spec.Extensions, formats))
	if o.Rate != nil && o.Rate.By == ByUser && spec.Security != nil && len(o.Schemes) == 0 {
		problems = append(problems, fmt.Errorf("x-rate-class %s counts by user, but anyone may call", o.Rate.Name))
	}
	if o.Role != "" && spec.Security != nil && len(o.Schemes) == 0 {
		problems = append(problems, errors.New("x-role asks for a role, but anyone may call"))
	}
	return slices.DeleteFunc(problems, func(err error) bool { return err == nil })
}

func (o *Operation) readSecurity(security *openapi3.SecurityRequirements) error {
	if security == nil {
		return errors.New("security is missing; write [] if anyone may call")
	}
	known := []string{SchemeSession, SchemeSessionCookie, SchemeAPIKey, SchemeAPIKeyQuery, SchemeOperator}
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
