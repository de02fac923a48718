package docs

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Request is an example of a call, made from the contract's examples. It
// contains what is required and what has a default, but no credential.
type Request struct {
	Method string
	Path   string // with its parameters filled in
	Query  string // without the question mark; may be empty
	Body   string // indented JSON; may be empty
	File   string // name of the file to save; empty: not a download
}

// Target returns the path with the query.
func (r Request) Target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

func (w *writer) addRequest(op *Operation, spec *openapi3.Operation, parameters openapi3.Parameters) error {
	op.Request = Request{Method: op.Method, Path: op.Path, File: fileName(op.Success())}
	query := url.Values{}
	for _, ref := range parameters {
		parameter := ref.Value
		value := formatValue(exampleOf(parameter))
		switch _, isClamped := parameter.Extensions["x-clamp"]; {
		case parameter.In == openapi3.ParameterInPath:
			op.Request.Path = strings.ReplaceAll(op.Request.Path, "{"+parameter.Name+"}", url.PathEscape(value))
		case parameter.In == openapi3.ParameterInQuery && (parameter.Required || isClamped || parameter.Schema.Value.Default != nil):
			query.Set(parameter.Name, value)
		}
	}
	op.Request.Query = query.Encode()
	if spec.RequestBody == nil {
		return nil
	}
	media := w.source.At("paths", op.Path, strings.ToLower(op.Method), "requestBody", "content", jsonType)
	samples, err := samplesOf(jsonType, media, w.source)
	if err != nil || len(samples) == 0 {
		return err
	}
	op.Request.Body = samples[0].Text
	return nil
}

// fileName returns the name of the response's download.
func fileName(r *Response) string {
	for _, header := range r.Headers {
		if header.Name != "Content-Disposition" {
			continue
		}
		_, name, _ := strings.Cut(header.Example, `filename="`)
		return strings.TrimSuffix(name, `"`)
	}
	return ""
}

// redirects reports whether the response is a redirect.
func (r *Response) redirects() bool { return r.Status == http.StatusFound }
