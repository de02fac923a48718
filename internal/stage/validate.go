package stage

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/problem"
)

// limitBody rejects bodies that are too long: at once if Content-Length says so, and
// otherwise while the body is read.
func (s *Stages) limitBody(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if op.Body == nil {
			return next
		}
		return func(c echo.Context) error {
			r := c.Request()
			if r.ContentLength > s.contract.BodyLimit {
				return problem.ErrTooLarge
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, s.contract.BodyLimit)
			return next(c)
		}
	}
}

// validate checks the request against the contract: path, header, query, body, in
// this order. It adds the contract's defaults for missing values, so that handlers
// have none of their own.
func (s *Stages) validate(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := checkPath(op, c); err != nil {
				return err
			}
			if err := checkHeader(op, c.Request()); err != nil {
				return err
			}
			if err := checkQuery(op, c.Request()); err != nil {
				return err
			}
			if err := s.checkBody(op, c.Response(), c.Request()); err != nil {
				return err
			}
			return next(c)
		}
	}
}

func checkPath(op *contract.Operation, c echo.Context) error {
	for _, parameter := range op.InPath {
		if violations := parameter.Check(c.Param(parameter.Name)); len(violations) > 0 {
			return problem.Invalid(violations...).Alone()
		}
	}
	return nil
}

func checkHeader(op *contract.Operation, r *http.Request) error {
	for _, parameter := range op.InHeader {
		values := r.Header.Values(parameter.Name)
		if len(values) == 0 && !parameter.Required {
			continue
		}
		// The lines of a header that is a list are one list (RFC 9110 section 5.3).
		// Any other repeated header is ambiguous; joined, it fails validation.
		joined := strings.Join(values, ", ")
		if violations := parameter.Check(joined); len(violations) > 0 {
			return problem.Invalid(violations...)
		}
		r.Header.Set(parameter.Name, joined)
	}
	return nil
}

func checkQuery(op *contract.Operation, r *http.Request) error {
	if op.Query == nil {
		return nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return problem.ErrQuery
	}
	for _, clamp := range op.Clamps {
		clamp.Apply(query)
	}
	value, names := op.Query.ParseQuery(query, "apiKey") // a credential, not an input
	if violations := op.Query.Check(value, names); len(violations) > 0 {
		return problem.Invalid(violations...)
	}
	for _, d := range op.Query.Defaults(value) {
		query.Set(d.Name, d.Text())
	}
	r.URL.RawQuery = query.Encode()
	return nil
}

func (s *Stages) checkBody(op *contract.Operation, w http.ResponseWriter, r *http.Request) error {
	if op.Body == nil {
		return nil
	}
	raw, err := s.readBody(w, r)
	if err != nil {
		return err
	}
	doc, err := decodeJSON(raw)
	if err != nil {
		return err
	}
	if violations := op.Body.Check(doc.value, doc.names); len(violations) > 0 {
		return problem.Invalid(violations...)
	}
	object, isObject := doc.value.(map[string]any)
	if !isObject { // and the contract requires no property
		return problem.ErrBodyNotObject
	}
	if raw, err = addDefaults(raw, doc, object, op.Body.Defaults(object)); err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	r.Header.Set("Content-Type", "application/json")
	return nil
}

// addDefaults returns the body with the contract's defaults for missing properties.
// If it can, it appends them to the client's own text.
func addDefaults(raw []byte, doc document, object map[string]any, defaults []contract.Default) ([]byte, error) {
	for _, d := range defaults {
		_, isNull := object[d.Name]
		doc.changed = doc.changed || isNull
		object[d.Name] = d.Value
	}
	if doc.changed {
		return json.Marshal(object)
	}
	if len(defaults) == 0 {
		return raw, nil
	}
	text := slices.Clip(raw[:bytes.LastIndexByte(raw, '}')]) // only white space follows the last brace
	for i, d := range defaults {
		if i > 0 || len(doc.names) > 0 {
			text = append(text, ',')
		}
		text = append(text, d.JSON...)
	}
	return append(text, '}'), nil
}

// readBody returns the whole body. An empty body counts as {}, so that the answer
// lists the missing properties. Its errors are problems.
func (s *Stages) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	raw, err := s.bodies.read(w, r, network(From(r.Context()).Address))
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		return []byte("{}"), nil
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, problem.ErrContentCoding
	}
	// RFC 8259 section 11 gives charset, and any other parameter, no meaning.
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(mediaType), "application/json") {
		return nil, problem.ErrMediaType
	}
	return raw, nil
}
