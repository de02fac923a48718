package collection

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"example.com/alta/internal/docs"
)

// requestOf returns the operation's example, with variables for values that other
// calls give. Optional parts are included but switched off.
func (r *run) requestOf(c *call) postmanRequest {
	request := postmanRequest{Method: c.op.Method, URL: r.urlOf(c.op), Auth: authOf(c), Header: []postmanValue{}}
	if c.op.Request.Body != "" {
		request.Header = append(request.Header, postmanValue{Key: "Content-Type", Value: jsonType})
		request.Body = &postmanBody{Mode: "raw", Raw: r.bodyOf(c.op), Options: map[string]any{"raw": map[string]string{"language": "json"}}}
	}
	for _, p := range c.op.Parameters {
		if p.In == "header" {
			request.Header = append(request.Header, postmanValue{Key: p.Name, Value: p.Example, Description: p.Description, Disabled: !p.Required})
		}
	}
	return request
}

// urlOf returns the example's URL. Optional query parameters that the example
// leaves out are switched off.
func (r *run) urlOf(op *docs.Operation) postmanURL {
	// Postman wants a path parameter as a segment of its own: :id.
	path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	u := postmanURL{
		Raw: baseURL.reference() + path, Host: []string{baseURL.reference()}, Path: strings.Split(strings.TrimPrefix(path, "/"), "/"),
	}
	shown, separator := (&url.URL{RawQuery: op.Request.Query}).Query(), "?"
	for _, p := range op.Parameters {
		value := postmanValue{Key: p.Name, Value: p.Example, Description: p.Description}
		escaped := url.QueryEscape(p.Example)
		if name, ok := r.variable(op, p.Name); ok {
			value.Value = variable{name: name}.reference()
			escaped = value.Value
		}
		switch p.In {
		case "path":
			u.Variable = append(u.Variable, value)
		case "query":
			value.Disabled = !shown.Has(p.Name)
			u.Query = append(u.Query, value)
			if !value.Disabled {
				u.Raw += separator + p.Name + "=" + escaped
				separator = "&"
			}
		}
	}
	return u
}

// bodyOf returns the example's body, with variables for values that other calls give.
func (r *run) bodyOf(op *docs.Operation) string {
	text := op.Request.Body
	var properties map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &properties) != nil {
		return text
	}
	for property, value := range properties {
		name, ok := r.variable(op, property)
		if !ok {
			continue
		}
		reference := variable{name: name}.reference()
		if value[0] == '"' {
			reference = `"` + reference + `"`
		}
		text = strings.Replace(text, fmt.Sprintf("%q: %s", property, value), fmt.Sprintf("%q: %s", property, reference), 1)
	}
	return text
}

func authOf(c *call) postmanAuth {
	name, asked := c.credential()
	if !asked {
		return postmanAuth{Type: "noauth"}
	}
	return postmanAuth{Type: "bearer", Bearer: []postmanValue{{Key: "token", Value: variable{name: name}.reference(), Type: "string"}}}
}
