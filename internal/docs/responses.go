package docs

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/contract/source"
)

const jsonType = "application/json"

// Response is one of the responses of an operation.
type Response struct {
	Status       int
	Label        string // such as Created
	Description  string
	Headers      []Header
	ContentTypes []string // empty: there is no body
	Body         string   // description of the body, in words
	Fields       []Field  // of a JSON body
	Samples      []Sample
}

// IsSuccess reports whether the status means success.
func (r *Response) IsSuccess() bool { return r.Status < 400 }

// Header is a header of a response.
type Header struct {
	Name, Description, Example string
}

// Sample is an example of a body.
type Sample struct {
	Name        string // empty if it is the only one
	ContentType string
	Text        string // JSON is indented
}

func (w *writer) response(status string, spec *openapi3.Response, written *source.Node) (*Response, error) {
	code, err := strconv.Atoi(status)
	if err != nil {
		return nil, err
	}
	if spec.Description == nil {
		return nil, errors.New("wants a description")
	}
	r := &Response{
		Status:       code,
		Label:        w.label(code),
		Description:  strings.TrimSpace(*spec.Description),
		ContentTypes: slices.Sorted(maps.Keys(spec.Content)),
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Headers)) {
		header := spec.Headers[name].Value
		r.Headers = append(r.Headers, Header{Name: name, Description: header.Description, Example: formatValue(header.Example)})
	}
	r.Body = bodyWords(r)
	for _, kind := range r.ContentTypes {
		if kind == jsonType {
			schema := spec.Content[kind].Schema.Value
			r.Body = withArticle(typeWords(schema)) + " as JSON."
			r.Fields = fieldsOf(schema)
		}
		samples, err := samplesOf(kind, written.Get("content").Get(kind), w.source)
		if err != nil {
			return nil, err
		}
		r.Samples = append(r.Samples, samples...)
	}
	return r, nil
}

func bodyWords(r *Response) string {
	switch {
	case len(r.ContentTypes) == 0 && r.Status/100 == 3:
		return "No body. The `Location` header holds the URL to continue at."
	case len(r.ContentTypes) == 0:
		return "No body."
	}
	return "A file or text: `" + strings.Join(r.ContentTypes, "`, `") + "`."
}

func withArticle(words string) string {
	if strings.ContainsAny(words[:1], "aeio") {
		return "An " + words
	}
	return "A " + words
}

// loneExample is the name of an example that is the only one, and needs none.
const loneExample = "example"

// samplesOf returns the examples in the order and form in which they are
// written.
func samplesOf(kind string, media *source.Node, document source.Document) ([]Sample, error) {
	var samples []Sample
	add := func(name string, value *source.Node) error {
		sample := Sample{Name: name, ContentType: kind, Text: value.Value}
		if name == loneExample {
			sample.Name = ""
		}
		if kind == jsonType {
			raw, err := value.JSON()
			if err != nil {
				return err
			}
			sample.Text = indent(raw)
		}
		samples = append(samples, sample)
		return nil
	}
	if example := media.Get("example"); example != nil {
		return samples, add("", example)
	}
	examples := media.Get("examples")
	for _, name := range examples.Keys() {
		if err := add(name, document.Follow(examples.Get(name)).Get("value")); err != nil {
			return nil, err
		}
	}
	return samples, nil
}

func indent(raw []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return string(raw) // not JSON, so unchanged
	}
	return out.String()
}
