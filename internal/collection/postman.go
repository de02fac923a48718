package collection

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/alta/internal/docs"
)

// schema names the file's format: Postman's collections, version 2.1.
const schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"

const jsonType = "application/json"

type postmanCollection struct {
	Info     postmanInfo     `json:"info"`
	Item     []postmanFolder `json:"item"`
	Variable []postmanValue  `json:"variable"`
}

type postmanInfo struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Version     string `json:"version"`
	Schema      string `json:"schema"`
}

type postmanFolder struct {
	ID          string        `json:"id"`
	Name        string        `json:"name"`
	Description string        `json:"description"`
	Item        []postmanItem `json:"item"`
}

type postmanItem struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Request  postmanRequest    `json:"request"`
	Response []postmanResponse `json:"response"`
}

type postmanRequest struct {
	Method      string         `json:"method"`
	URL         postmanURL     `json:"url"`
	Auth        postmanAuth    `json:"auth"`
	Header      []postmanValue `json:"header"`
	Body        *postmanBody   `json:"body,omitempty"`
	Description string         `json:"description,omitempty"`
}

type postmanURL struct {
	Raw      string         `json:"raw"`
	Host     []string       `json:"host"`
	Path     []string       `json:"path"`
	Query    []postmanValue `json:"query,omitempty"`
	Variable []postmanValue `json:"variable,omitempty"`
}

type postmanAuth struct {
	Type   string         `json:"type"`
	Bearer []postmanValue `json:"bearer,omitempty"`
	APIKey []postmanValue `json:"apikey,omitempty"`
}

// postmanValue is a variable, a parameter, a header or an attribute.
type postmanValue struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
}

type postmanBody struct {
	Mode    string         `json:"mode"`
	Raw     string         `json:"raw"`
	Options map[string]any `json:"options"`
}

type postmanResponse struct {
	ID              string          `json:"id"`
	Name            string          `json:"name"`
	OriginalRequest *postmanRequest `json:"originalRequest,omitempty"` // of the success only, since it would be the same for every sample
	Status          string          `json:"status"`
	Code            int             `json:"code"`
	Language        string          `json:"_postman_previewlanguage"`
	Header          []postmanValue  `json:"header"`
	Cookie          []any           `json:"cookie"`
	Body            string          `json:"body"`
}

// Postman returns the requests as a collection for Postman and other tools that
// read its format: a folder per tag, and every sample of an answer with its
// request. Its error is one of encoding.
func Postman(book *docs.Book) ([]byte, error) {
	c := postmanCollection{Info: postmanInfo{Name: book.Title, Description: book.Description, Version: book.Version, Schema: schema}}
	for _, v := range variables(book) {
		c.Variable = append(c.Variable, postmanValue{Key: v.name, Value: v.value, Type: "string", Description: v.description})
	}
	for _, tag := range book.Tags {
		folder := postmanFolder{ID: tag.Name, Name: tag.Title, Description: tag.Description}
		for _, op := range tag.Operations {
			folder.Item = append(folder.Item, itemOf(op))
		}
		c.Item = append(c.Item, folder)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	return append(text, '\n'), err
}

func itemOf(op *docs.Operation) postmanItem {
	request := requestOf(op)
	request.Description = describe(op)
	item := postmanItem{ID: op.ID, Name: op.Summary, Request: request, Response: []postmanResponse{}}
	for _, r := range op.Responses {
		for _, sample := range r.Samples {
			item.Response = append(item.Response, responseOf(op, r, sample))
		}
	}
	return item
}

// requestOf returns the operation's example. Optional parts are included but
// switched off.
func requestOf(op *docs.Operation) postmanRequest {
	request := postmanRequest{Method: op.Method, URL: urlOf(op), Auth: authOf(op), Header: []postmanValue{}}
	if op.Request.Body != "" {
		request.Header = append(request.Header, postmanValue{Key: "Content-Type", Value: jsonType})
		request.Body = &postmanBody{Mode: "raw", Raw: op.Request.Body, Options: map[string]any{"raw": map[string]string{"language": "json"}}}
	}
	for _, p := range op.Parameters {
		if p.In == "header" {
			request.Header = append(request.Header, postmanValue{Key: p.Name, Value: p.Example, Description: p.Description, Disabled: !p.Required})
		}
	}
	return request
}

// urlOf returns the example's URL. Optional query parameters that the example
// leaves out are switched off.
func urlOf(op *docs.Operation) postmanURL {
	// Postman wants a path parameter as a segment of its own: :id.
	path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	u := postmanURL{
		Raw: baseURL.reference() + path, Host: []string{baseURL.reference()}, Path: strings.Split(strings.TrimPrefix(path, "/"), "/"),
	}
	shown, separator := (&url.URL{RawQuery: op.Request.Query}).Query(), "?"
	for _, p := range op.Parameters {
		value := postmanValue{Key: p.Name, Value: p.Example, Description: p.Description}
		switch p.In {
		case "path":
			u.Variable = append(u.Variable, value)
		case "query":
			value.Disabled = !shown.Has(p.Name)
			u.Query = append(u.Query, value)
			if !value.Disabled {
				u.Raw += separator + p.Name + "=" + url.QueryEscape(p.Example)
				separator = "&"
			}
		}
	}
	return u
}

func authOf(op *docs.Operation) postmanAuth {
	v, asked := credential(op)
	text := func(key, value string) postmanValue { return postmanValue{Key: key, Value: value, Type: "string"} }
	switch {
	case !asked:
		return postmanAuth{Type: "noauth"}
	case op.Credential.Header == "Authorization":
		return postmanAuth{Type: "bearer", Bearer: []postmanValue{text("token", v.reference())}}
	}
	return postmanAuth{Type: "apikey", APIKey: []postmanValue{
		text("key", op.Credential.Header), text("value", headerValue(op, v)), text("in", "header"),
	}}
}

// describe returns the description of a request.
func describe(op *docs.Operation) string {
	text := op.Description + "\n"
	if len(op.SideEffects) > 0 {
		text += "\nUpon success the server does this, too:\n\n- " + strings.Join(op.SideEffects, "\n- ") + "\n"
	}
	return text + "\nCost: " + op.CostLabel + ".\n"
}

func responseOf(op *docs.Operation, r *docs.Response, sample docs.Sample) postmanResponse {
	name := fmt.Sprintf("%d %s", r.Status, r.Label)
	id := fmt.Sprintf("%s-%d", op.ID, r.Status)
	if sample.Name != "" {
		name += ": " + sample.Name
		id += "-" + sample.Name
	}
	language := "text"
	if sample.ContentType == jsonType {
		language = "json"
	}
	saved := postmanResponse{
		ID: id, Name: name, Status: http.StatusText(r.Status), Code: r.Status, Language: language,
		Header: []postmanValue{{Key: "Content-Type", Value: sample.ContentType}}, Cookie: []any{}, Body: sample.Text,
	}
	if r.IsSuccess() {
		request := requestOf(op)
		saved.OriginalRequest = &request
	}
	return saved
}
