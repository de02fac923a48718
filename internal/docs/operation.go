package docs

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/contract/source"
)

// Operation is the content of an operation's page, section by section.
type Operation struct {
	ID          string
	Tag         *Tag
	Slug        string // such as post-api-v1-auth-register
	Page        string // such as /docs/registration/post-api-v1-auth-register
	Method      string
	Path        string
	Summary     string
	Description string
	Cost        int    // tokens for a call with an API key
	CostLabel   string // free, EXEMPT (cost: 0), 1 token, 5 tokens and so on
	Since       string
	Why         string
	UseCase     string
	SideEffects []string // of the section "Additional information"
	Credential  Credential
	Role        string // required role; empty: any
	Limit       string // how often it may be called, in words
	Idempotent  bool   // whether it takes an Idempotency-Key

	Parameters []Parameter
	Responses  []*Response // sorted by status
	Errors     []ErrorRow
	Request    Request
	Then       []NextCall   // of the success, in the contract's order
	Codes      []*ErrorCode // codes that it can return, from the contract's examples
}

// Endpoint names the operation as people do, such as GET /api/accounts.
func (o *Operation) Endpoint() string { return o.Method + " " + o.Path }

// Response returns the response with the status, or nil.
func (o *Operation) Response(status int) *Response {
	for _, response := range o.Responses {
		if response.Status == status {
			return response
		}
	}
	return nil
}

// Success returns the response with the lowest status, which is the one of a
// successful call.
func (o *Operation) Success() *Response { return o.Responses[0] }

// root is the start of the paths of all pages.
const root = "/docs/"

// reserved are the pages below /docs that do not belong to a group.
var reserved = []string{"changelog", "errors", "reference", "search"}

// writer fills a book.
type writer struct {
	book     *Book
	spec     *openapi3.T
	contract *contract.Contract
	source   source.Document
	rows     []ErrorRow // the documented rows of all error tables
}

func (w *writer) write() error {
	var err error
	if w.rows, err = documentedRows(w.spec); err != nil {
		return err
	}
	if w.book.ErrorCodes, err = errorCodes(w.spec); err != nil {
		return err
	}
	w.book.Schemes = w.schemes()
	if err := w.addTags(); err != nil {
		return err
	}
	if err := w.addOperations(); err != nil {
		return err
	}
	for _, tag := range w.book.Tags {
		w.book.Operations = append(w.book.Operations, tag.Operations...)
	}
	if err := w.addLinks(); err != nil {
		return err
	}
	if err := w.addRun(); err != nil {
		return err
	}
	w.book.index = newIndex(w.book.Operations)
	return nil
}

func (w *writer) addTags() error {
	for _, tag := range w.spec.Tags {
		if slices.Contains(reserved, tag.Name) {
			return fmt.Errorf("tag %s: its page is another one's", tag.Name)
		}
		t := &Tag{Name: tag.Name, Title: title(tag.Name), Page: root + tag.Name, Description: tag.Description}
		w.book.tags[tag.Name] = t
		w.book.Tags = append(w.book.Tags, t)
	}
	return nil
}

func (w *writer) addOperations() error {
	paths := w.source.At("paths")
	for _, path := range paths.Keys() {
		item := w.spec.Paths.Value(path)
		for _, key := range paths.Get(path).Keys() {
			method := strings.ToUpper(key)
			spec := item.Operations()[method]
			if spec == nil { // a key for parameters that the operations share
				continue
			}
			if err := w.addOperation(spec, slices.Concat(item.Parameters, spec.Parameters)); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
	}
	return nil
}

func (w *writer) addOperation(spec *openapi3.Operation, parameters openapi3.Parameters) error {
	rules := w.contract.Operations[spec.OperationID]
	tag := w.book.tags[rules.Tag]
	if tag == nil {
		return fmt.Errorf("tag %s is not described", rules.Tag)
	}
	op := newOperation(tag, spec, rules, parameters)
	if w.book.pages[op.Page] != nil {
		return errors.New("its page is another operation's, too")
	}
	if err := w.addAnswers(op, spec); err != nil {
		return err
	}
	if err := w.addRequest(op, spec, parameters); err != nil {
		return err
	}
	w.book.pages[op.Page] = op
	tag.Operations = append(tag.Operations, op)
	return nil
}

// newOperation returns the operation without its responses and its example.
func newOperation(tag *Tag, spec *openapi3.Operation, rules *contract.Operation, parameters openapi3.Parameters) *Operation {
	return &Operation{
		ID:          spec.OperationID,
		Tag:         tag,
		Slug:        slug(rules.Method, rules.Path),
		Page:        PageOf(rules),
		Method:      rules.Method,
		Path:        rules.Path,
		Summary:     spec.Summary,
		Description: strings.TrimSpace(spec.Description),
		Cost:        rules.Cost,
		CostLabel:   costLabel(rules),
		Since:       rules.Since,
		Why:         rules.Why,
		UseCase:     rules.UseCase,
		SideEffects: rules.SideEffects,
		Credential:  credentialOf(rules),
		Role:        rules.Role,
		Limit:       limitWords(rules.Rate, len(rules.Schemes) == 0),
		Idempotent:  rules.Idempotent(),
		Parameters:  parameterRows(parameters, spec.RequestBody, rules),
	}
}

// addAnswers adds the operation's responses.
func (w *writer) addAnswers(op *Operation, spec *openapi3.Operation) error {
	for status, ref := range spec.Responses.Map() {
		written := w.source.At("paths", op.Path, strings.ToLower(op.Method), "responses", status)
		response, err := w.response(status, ref.Value, written)
		if err != nil {
			return fmt.Errorf("answer %s: %w", status, err)
		}
		op.Responses = append(op.Responses, response)
	}
	if len(op.Responses) == 0 {
		return errors.New("has no answer")
	}
	slices.SortFunc(op.Responses, func(a, b *Response) int { return cmp.Compare(a.Status, b.Status) })
	op.Errors = w.errorRows(op.Responses)
	w.addCodes(op)
	return nil
}

// PageOf returns the path of the operation's page.
func PageOf(op *contract.Operation) string { return pagePath(op.Tag, slug(op.Method, op.Path)) }

// slug returns the operation's name in URLs: its method and the words of its
// path.
func slug(method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' })
	return strings.ToLower(method + "-" + strings.Join(words, "-"))
}

func pagePath(tag, slug string) string { return root + tag + "/" + slug }

// title returns a heading for the name of a tag.
func title(name string) string {
	words := strings.ReplaceAll(name, "-", " ")
	if rest, isAPI := strings.CutPrefix(words, "api "); isAPI {
		return "API " + rest
	}
	return string(unicode.ToUpper(rune(words[0]))) + words[1:]
}

// costLabel returns the badge. An operation that takes no API key never touches
// the ledger, so it is exempt. One that takes a key but costs nothing is free.
func costLabel(op *contract.Operation) string {
	switch {
	case op.Cost == 1:
		return "1 token"
	case op.Cost > 0:
		return fmt.Sprintf("%d tokens", op.Cost)
	case op.Accepts(contract.SchemeAPIKey):
		return "free"
	}
	return "EXEMPT (cost: 0)"
}
