package collection

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"example.com/alta/internal/docs"
)

func readBook(t *testing.T) *docs.Book {
	t.Helper()
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := docs.New(document, "")
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestEveryOperationIsThere(t *testing.T) {
	t.Parallel()
	book := readBook(t)
	postman, err := Postman(book, DefaultBaseURL)
	if err != nil {
		t.Fatal(err)
	}
	var c postmanCollection
	if err := json.Unmarshal(postman, &c); err != nil {
		t.Fatal(err)
	}
	items := map[string]postmanItem{}
	for _, folder := range c.Item {
		for _, item := range folder.Item {
			items[item.ID] = item
		}
	}
	file := string(HTTPFile(book, DefaultBaseURL))
	for _, op := range book.Operations {
		if n := strings.Count(file, "\n# @name "+op.ID+"\n"); n != 1 {
			t.Errorf("alta.http has %s %d times", op.ID, n)
		}
		item, isThere := items[op.ID]
		if !isThere {
			t.Errorf("the collection lacks %s: say in x-collection when it is called", op.ID)
			continue
		}
		if item.Name != op.Summary || !strings.Contains(item.Request.Description, op.CostLabel) {
			t.Errorf("the item of %s is %+v", op.ID, item)
		}
		samples := 0
		for _, r := range op.Responses {
			samples += len(r.Samples)
		}
		if len(item.Response) != samples {
			t.Errorf("%s has %d saved answers, want %d", op.ID, len(item.Response), samples)
		}
	}
}

// shape describes an object of the published schema, version 2.1: each property
// has a type, or the shape of its objects.
type shape struct {
	required []string
	allowed  map[string]any // reflect.Kind or *shape, of the value or of a list's elements
}

var (
	shapeOfValue = &shape{[]string{"key", "value"}, map[string]any{
		"key": reflect.String, "value": reflect.String, "type": reflect.String, "description": reflect.String, "disabled": reflect.Bool,
	}}
	shapeOfURL = &shape{[]string{"raw", "host", "path"}, map[string]any{
		"raw": reflect.String, "host": reflect.String, "path": reflect.String, "query": shapeOfValue, "variable": shapeOfValue,
	}}
	shapeOfAuth = &shape{[]string{"type"}, map[string]any{"type": reflect.String, "bearer": shapeOfValue}}
	shapeOfBody = &shape{[]string{"mode", "raw"}, map[string]any{
		"mode": reflect.String, "raw": reflect.String,
		"options": &shape{[]string{"raw"}, map[string]any{"raw": &shape{[]string{"language"}, map[string]any{"language": reflect.String}}}},
	}}
	shapeOfRequest = &shape{[]string{"method", "url", "auth", "header"}, map[string]any{
		"method": reflect.String, "url": shapeOfURL, "auth": shapeOfAuth, "header": shapeOfValue, "body": shapeOfBody, "description": reflect.String,
	}}
	shapeOfResponse = &shape{[]string{"id", "name", "status", "code", "header", "cookie", "body"}, map[string]any{
		"id": reflect.String, "name": reflect.String, "status": reflect.String, "code": reflect.Float64, "header": shapeOfValue,
		"cookie": shapeOfValue, "body": reflect.String, "originalRequest": shapeOfRequest, "_postman_previewlanguage": reflect.String,
	}}
	shapeOfEvent = &shape{[]string{"listen", "script"}, map[string]any{
		"listen": reflect.String, "script": &shape{[]string{"type", "exec"}, map[string]any{"type": reflect.String, "exec": reflect.String}},
	}}
	shapeOfItem = &shape{[]string{"id", "name", "request", "response"}, map[string]any{
		"id": reflect.String, "name": reflect.String, "request": shapeOfRequest, "response": shapeOfResponse, "event": shapeOfEvent,
		"protocolProfileBehavior": &shape{[]string{"followRedirects"}, map[string]any{"followRedirects": reflect.Bool}},
	}}
	shapeOfFolder = &shape{[]string{"name", "item"}, map[string]any{
		"id": reflect.String, "name": reflect.String, "description": reflect.String, "item": shapeOfItem, "event": shapeOfEvent,
	}}
	shapeOfCollection = &shape{[]string{"info", "item"}, map[string]any{
		"info": &shape{[]string{"name", "schema"}, map[string]any{
			"name": reflect.String, "schema": reflect.String, "description": reflect.String, "version": reflect.String,
		}},
		"item": shapeOfFolder, "variable": shapeOfValue,
	}}
)

func TestPostmanShape(t *testing.T) {
	t.Parallel()
	text, err := Postman(readBook(t), DefaultBaseURL)
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	for _, fault := range shapeOfCollection.faults("collection", root) {
		t.Error(fault)
	}
	if got := root["info"].(map[string]any)["schema"]; got != "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" {
		t.Errorf("the schema is %s", got)
	}
	ids := map[string]bool{}
	for _, id := range idsIn(root) {
		if id == "" || ids[id] {
			t.Errorf("the id %q is there twice, or empty", id)
		}
		ids[id] = true
	}
}

// TestScriptsLeadSomewhere holds that each call by whose name a script goes on is
// there once.
func TestScriptsLeadSomewhere(t *testing.T) {
	t.Parallel()
	names, next := map[string]int{}, map[string]bool{}
	for _, c := range newRun(readBook(t)).calls {
		names[c.name()]++
		next[c.repeat], next[c.leave] = true, true
	}
	delete(next, "")
	if len(next) == 0 {
		t.Error("no call is repeated")
	}
	for name := range next {
		if names[name] != 1 {
			t.Errorf("%q is the name of %d calls", name, names[name])
		}
	}
}

// TestShapeFindsFaults tests that the test above can fail.
func TestShapeFindsFaults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{"info": {"name": "a", "schema": "b"}, "item": []}`:                                         0,
		`{"info": {"name": "a"}, "item": []}`:                                                        1,
		`{"info": {"name": 1, "schema": "b", "more": 2}, "item": [{"name": "c"}]}`:                   3,
		`{"info": {"name": "a", "schema": "b"}, "item": [{"name": "c", "item": [{"request": ""}]}]}`: 4,
	} {
		var root map[string]any
		if err := json.Unmarshal([]byte(text), &root); err != nil {
			t.Fatal(err)
		}
		if got := shapeOfCollection.faults("collection", root); len(got) != want {
			t.Errorf("%s: got %q, want %d faults", text, got, want)
		}
	}
}

// faults lists the differences between the value and the shape.
func (s *shape) faults(where string, value any) (list []string) {
	object, isObject := value.(map[string]any)
	if !isObject {
		return []string{fmt.Sprintf("%s is %v, want an object", where, value)}
	}
	for _, name := range s.required {
		if _, ok := object[name]; !ok {
			list = append(list, where+" lacks "+name)
		}
	}
	for name, value := range object {
		elements, isList := value.([]any)
		if !isList {
			elements = []any{value}
		}
		for _, element := range elements {
			switch want := s.allowed[name].(type) {
			case *shape:
				list = append(list, want.faults(where+"."+name, element)...)
			case reflect.Kind:
				if reflect.TypeOf(element).Kind() != want {
					list = append(list, fmt.Sprintf("%s.%s is %v, want a %s", where, name, element, want))
				}
			default:
				list = append(list, where+" has an unknown "+name)
			}
		}
	}
	return list
}

func idsIn(value any) (ids []string) {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["id"].(string); ok {
			ids = append(ids, id)
		}
		for _, inner := range v {
			ids = append(ids, idsIn(inner)...)
		}
	case []any:
		for _, inner := range v {
			ids = append(ids, idsIn(inner)...)
		}
	}
	return ids
}
