package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

const base = "https://alta.example.com"

// sourceFiles returns the files from which the tests' book is made.
var sourceFiles = sync.OnceValues(func() (document, changelog []byte) {
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		panic(err)
	}
	changelog, err = os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		panic(err)
	}
	return document, changelog
})

var builtBook = sync.OnceValues(func() (*Book, error) {
	document, changelog := sourceFiles()
	return New(document, string(changelog))
})

func testBook(t *testing.T) *Book {
	t.Helper()
	book, err := builtBook()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// operationOf returns the operation with the id.
func operationOf(t *testing.T, id string) *Operation {
	t.Helper()
	for _, op := range operations(t) {
		if op.ID == id {
			return op
		}
	}
	t.Fatalf("there is no operation %s", id)
	return nil
}

func operations(t *testing.T) []*Operation {
	t.Helper()
	return testBook(t).Operations
}

// TestEveryOperationHasAPage compares the book with the document.
func TestEveryOperationHasAPage(t *testing.T) {
	document, _ := sourceFiles()
	var doc struct {
		Tags []struct{ Name string }
		// Path, method, operation.
		Paths yaml.Node
	}
	if err := yaml.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	var tags []string
	for _, tag := range doc.Tags {
		tags = append(tags, tag.Name)
	}
	got := map[string][]string{}
	var order []string
	for _, tag := range testBook(t).Tags {
		order = append(order, tag.Name)
		for _, op := range tag.Operations {
			got[tag.Name] = append(got[tag.Name], op.Endpoint())
			if testBook(t).Operation(tag.Name, op.Slug) != op || op.Page != tag.Page+"/"+op.Slug {
				t.Errorf("%s is not at its page %s", op.ID, op.Page)
			}
		}
		if testBook(t).Tag(tag.Name) != tag {
			t.Errorf("%s is not found by its name", tag.Name)
		}
	}
	if !slices.Equal(order, tags) {
		t.Errorf("the groups are %v, want %v", order, tags)
	}
	for i := 0; i < len(doc.Paths.Content); i += 2 {
		var item map[string]struct{ Tags []string }
		if err := doc.Paths.Content[i+1].Decode(&item); err != nil {
			t.Fatal(err)
		}
		for method, op := range item {
			if endpoint := strings.ToUpper(method) + " " + doc.Paths.Content[i].Value; !slices.Contains(got[op.Tags[0]], endpoint) {
				t.Errorf("%s has no page in %s", endpoint, op.Tags[0])
			}
		}
	}
	if order := got["me"]; order[0] != "GET /api/users/me" || order[1] != "PATCH /api/users/me" {
		t.Errorf("the operations are %v, want them as they are written", order)
	}
}

func TestSlugs(t *testing.T) {
	for id, want := range map[string]string{
		"registerDeveloper": "/docs/registration/post-api-v1-auth-register",
		"registerAppUser":   "/docs/authentication/post-api-auth-register",
		"getDeveloper":      "/docs/developer/get-api-v1-user",
		"rotateAPIKey":      "/docs/api-keys/post-api-v1-account-api-keys-id-rotate",
		"openReset":         "/docs/passwords/get-api-v1-auth-verifypasswordlink",
		"getHealth":         "/docs/system/get-healthz",
	} {
		if got := operationOf(t, id).Page; got != want {
			t.Errorf("%s is at %s, want %s", id, got, want)
		}
	}
	if book := testBook(t); book.Operation("users", "post-api-v1-auth-register") != nil || book.Operation("", "") != nil || book.Tag("nope") != nil {
		t.Error("there is a page where none is")
	}
}

// TestSections: no page leaves a section empty.
func TestSections(t *testing.T) {
	for _, op := range operations(t) {
		for name, text := range map[string]string{
			"summary": op.Summary, "description": op.Description, "cost": op.CostLabel, "since": op.Since, "why": op.Why,
			"use case": op.UseCase, "limit": op.Limit, "credential": op.Credential.Note, "tag": op.Tag.Description, "title": op.Tag.Title,
		} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: the section %s is empty", op.ID, name)
			}
		}
		if len(op.SideEffects) == 0 && op.Method != "GET" {
			t.Errorf("%s changes something and has no x-side-effects", op.ID)
		}
		for _, p := range op.Parameters {
			if p.Type == "" || p.Description == "" || p.In == "" || p.Required && p.Example == "" {
				t.Errorf("%s: the parameter %s is not explained: %+v", op.ID, p.Name, p)
			}
		}
		for _, r := range op.Responses {
			checkResponse(t, op, r)
		}
	}
}

func checkResponse(t *testing.T, op *Operation, r *Response) {
	t.Helper()
	isJSON := slices.Contains(r.ContentTypes, jsonType)
	if r.Label == "" || r.Description == "" || r.Body == "" || isJSON != (len(r.Fields) > 0) || isJSON && len(r.Samples) == 0 {
		t.Errorf("%s: the answer %d is not explained: %+v", op.ID, r.Status, r)
	}
	for _, f := range r.Fields {
		if f.Name == "" || f.Type == "" || f.Description == "" {
			t.Errorf("%s: %d: the field %s is not explained: %+v", op.ID, r.Status, f.Name, f)
		}
	}
	for _, h := range r.Headers {
		if h.Name == "" || h.Description == "" || h.Example == "" {
			t.Errorf("%s: %d: the header %s is not explained: %+v", op.ID, r.Status, h.Name, h)
		}
	}
	for _, s := range r.Samples {
		if s.Text == "" || s.ContentType == jsonType && !json.Valid([]byte(s.Text)) {
			t.Errorf("%s: %d: the sample %s is %q", op.ID, r.Status, s.Name, s.Text)
		}
	}
}

// TestJSON: the JSON is the same document in the same order.
func TestJSON(t *testing.T) {
	document, _ := sourceFiles()
	raw := testBook(t).JSON()
	var got, want any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(document, &want); err != nil {
		t.Fatal(err)
	}
	wanted, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil || !bytes.Equal(again, wanted) {
		t.Errorf("the JSON says something else than the YAML: %v", err)
	}
	if !bytes.HasPrefix(raw, []byte(`{"openapi":"3.0.3","info":{"title":"Alta","version":`)) ||
		bytes.Index(raw, []byte(`"/healthz":`)) < bytes.Index(raw, []byte(`"/api/v1/sandbox":`)) {
		t.Error("the keys are not in the order of the document")
	}
	spec, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil || spec.Extensions["x-statuses"] == nil || spec.Paths.Find("/api/auth/register").Post.Extensions["x-why"] == nil {
		t.Errorf("the JSON is no contract with its extensions: %v", err)
	}
}
