package collection

import (
	"encoding/json"
	"fmt"
	"net/http"

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
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Description string         `json:"description,omitempty"`
	Item        []postmanItem  `json:"item"`
	Event       []postmanEvent `json:"event,omitempty"`
}

type postmanItem struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Event    []postmanEvent    `json:"event"`
	Request  postmanRequest    `json:"request"`
	Response []postmanResponse `json:"response"`
	Behavior *postmanBehavior  `json:"protocolProfileBehavior,omitempty"`
}

// postmanBehavior makes Postman show a redirect instead of following it.
type postmanBehavior struct {
	FollowRedirects bool `json:"followRedirects"`
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
// read its format: in the order of the contract's x-collection, with every sample of
// an answer, and with scripts that carry values from answers into later requests.
// They go to the server at the URL, which has no slash at its end. Its error is one
// of encoding.
func Postman(book *docs.Book, serverURL string) ([]byte, error) {
	r := newRun(book)
	c := postmanCollection{
		Info: postmanInfo{Name: book.Title, Description: r.describe(), Version: book.Version, Schema: schema},
		Variable: []postmanValue{
			{Key: baseURL.name, Value: serverURL, Type: "string", Description: baseURL.description},
			{Key: token.name, Type: "string", Description: token.description},
			{Key: apiKey.name, Type: "string", Description: apiKey.description},
		},
	}
	for _, v := range r.variables {
		c.Variable = append(c.Variable, postmanValue{Key: v.name, Value: v.value, Type: "string", Description: v.description})
	}
	for i, folder := range book.Run {
		written := postmanFolder{
			ID: fmt.Sprintf("folder-%d", i+1), Name: folder.Title, Description: describeFolder(folder), Event: skipWithout(folder),
		}
		for _, call := range r.calls {
			if call.folder == folder {
				written.Item = append(written.Item, r.itemOf(call))
			}
		}
		c.Item = append(c.Item, written)
	}
	text, err := json.MarshalIndent(c, "", "  ")
	return append(text, '\n'), err
}

func (r *run) itemOf(c *call) postmanItem {
	request := r.requestOf(c)
	request.Description = describe(c.op)
	item := postmanItem{ID: c.id(), Name: c.name(), Event: r.scripts(c), Request: request, Response: []postmanResponse{}}
	if c.op.Success().Status/100 == 3 {
		item.Behavior = &postmanBehavior{FollowRedirects: false}
	}
	if c.nth > 1 {
		return item
	}
	for _, answer := range c.op.Responses {
		for _, sample := range answer.Samples {
			item.Response = append(item.Response, r.responseOf(c, answer, sample))
		}
	}
	return item
}

func (r *run) responseOf(c *call, answer *docs.Response, sample docs.Sample) postmanResponse {
	name := fmt.Sprintf("%d %s", answer.Status, answer.Label)
	id := fmt.Sprintf("%s-answer-%d", c.op.ID, answer.Status)
	if sample.Name != "" {
		name += ": " + sample.Name
		id += "-" + sample.Name
	}
	language := "text"
	if sample.ContentType == jsonType {
		language = "json"
	}
	saved := postmanResponse{
		ID: id, Name: name, Status: http.StatusText(answer.Status), Code: answer.Status, Language: language,
		Header: []postmanValue{{Key: "Content-Type", Value: sample.ContentType}}, Cookie: []any{}, Body: sample.Text,
	}
	if answer.IsSuccess() {
		request := r.requestOf(c)
		saved.OriginalRequest = &request
	}
	return saved
}
