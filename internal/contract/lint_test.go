package contract

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// The tests of this file check more of Alta's own contract than Parse does: what
// its readers need.

// readContract reads the contract once for all tests, which do not change it.
var readContract = sync.OnceValues(func() (*openapi3.T, error) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		return nil, err
	}
	return loadOrdered(text)
})

func loadContract(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func eachOperation(t *testing.T, check func(t *testing.T, op *openapi3.Operation)) {
	t.Helper()
	for path, item := range loadContract(t).Paths.Map() {
		for method, op := range item.Operations() {
			t.Run(method+" "+path, func(t *testing.T) { check(t, op) })
		}
	}
}

// eachSchema visits each schema of the document once, without those that it refers
// to.
func eachSchema(t *testing.T, visit func(where string, schema *openapi3.Schema)) {
	t.Helper()
	seen := map[*openapi3.Schema]bool{}
	var walk func(where string, ref *openapi3.SchemaRef)
	walk = func(where string, ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		seen[ref.Value] = true
		visit(where, ref.Value)
		for _, name := range slices.Sorted(maps.Keys(ref.Value.Properties)) {
			walk(where+"."+name, ref.Value.Properties[name])
		}
		walk(where+"[]", ref.Value.Items)
		for i, part := range slices.Concat(ref.Value.OneOf, ref.Value.AnyOf, ref.Value.AllOf) {
			walk(fmt.Sprintf("%s|%d", where, i), part)
		}
	}
	doc := loadContract(t)
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		walk(name, doc.Components.Schemas[name])
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, parameter := range slices.Concat(item.Parameters, op.Parameters) {
				walk(op.OperationID+" "+parameter.Value.Name, parameter.Value.Schema)
			}
			if op.RequestBody != nil {
				for _, media := range op.RequestBody.Value.Content {
					walk(op.OperationID+" request", media.Schema)
				}
			}
			for status, response := range op.Responses.Map() {
				for _, media := range response.Value.Content {
					walk(op.OperationID+" "+status, media.Schema)
				}
			}
		}
	}
}

// parseContract parses the contract as the server does, with formats that allow
// every text.
func parseContract(t *testing.T) *Contract {
	t.Helper()
	anything := func(string) error { return nil }
	c, err := Parse(loadContract(t), Formats{"email": anything, "uuid": anything, "iana-time-zone": anything, "webhook-url": anything, "money": anything, "iso-4217": anything, "iso-date": anything, FormatPassword: anything})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func TestContractIsParsed(t *testing.T) {
	doc, c := loadContract(t), parseContract(t)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if got := c.Operations[op.OperationID]; got == nil || got.Path != path || got.Method != method {
				t.Errorf("%s %s is not what Parse makes of %s", method, path, op.OperationID)
			}
		}
	}
}

// TestContractIsValid: the contract is valid, and its examples fit their schemas.
func TestContractIsValid(t *testing.T) {
	err := loadContract(t).Validate(context.Background(),
		openapi3.EnableExamplesValidation(), openapi3.EnableSchemaDefaultsValidation(), openapi3.EnableSchemaPatternValidation())
	if err != nil {
		t.Error(err)
	}
}

func TestContractOperations(t *testing.T) {
	tags := map[string]bool{}
	for _, tag := range loadContract(t).Tags {
		tags[tag.Name] = tag.Description != ""
	}
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		if op.Summary == "" || op.Description == "" {
			t.Error("wants a summary and a description")
		}
		if strings.HasSuffix(op.Summary, ".") {
			t.Errorf("summary %q ends with a full stop", op.Summary)
		}
		for _, tag := range op.Tags {
			if !tags[tag] {
				t.Errorf("tag %q is not described", tag)
			}
		}
	})
}

func TestContractExamples(t *testing.T) {
	hasExample := func(media *openapi3.MediaType) bool { return media.Example != nil || len(media.Examples) > 0 }
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		for _, parameter := range op.Parameters {
			p := parameter.Value
			isOptionalHeader := p.In == openapi3.ParameterInHeader && !p.Required
			if p.Example == nil && p.Schema.Value.Example == nil && !isOptionalHeader {
				t.Errorf("parameter %s has no example", p.Name)
			}
		}
		if op.RequestBody != nil {
			if media := op.RequestBody.Value.Content.Get("application/json"); media == nil || !hasExample(media) {
				t.Error("the request body has no example")
			}
		}
		for status, response := range op.Responses.Map() {
			for kind, media := range response.Value.Content {
				if kind == "application/json" && !hasExample(media) {
					t.Errorf("the answer %s has no example", status)
				}
			}
		}
	})
}

func TestContractDescribesEachProperty(t *testing.T) {
	eachSchema(t, func(where string, schema *openapi3.Schema) {
		for name, property := range schema.Properties {
			if property.Value.Description == "" {
				t.Errorf("%s.%s has no description", where, name)
			}
		}
	})
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		for _, parameter := range op.Parameters {
			if parameter.Value.Description == "" {
				t.Errorf("parameter %s has no description", parameter.Value.Name)
			}
		}
	})
}

// Lines are at most 120 columns wide, unless a value has no blank where it could be broken.
func TestContractLines(t *testing.T) {
	text, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	unbreakable := regexp.MustCompile(`^ *\S+: \S+$`)
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 120 && !unbreakable.MatchString(line) {
			t.Errorf("line %d has %d columns", number, utf8.RuneCountInString(line))
		}
	}
}

// A parent is a category that may be null, which the contract can only say of a schema of its own.
func TestParentCategoryIsCategory(t *testing.T) {
	schemas := loadContract(t).Components.Schemas
	category, parent := schemas["Category"].Value, schemas["ParentCategory"].Value
	if diff := cmp.Diff(category.Required, parent.Required); diff != "" {
		t.Errorf("required (-category +parent):\n%s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(category.Properties)), slices.Sorted(maps.Keys(parent.Properties))); diff != "" {
		t.Errorf("properties (-category +parent):\n%s", diff)
	}
	for name := range category.Properties {
		if got, want := typeOf(t, parent.Properties[name]), typeOf(t, category.Properties[name]); got != want {
			t.Errorf("%s is %s in a parent and %s in a category", name, got, want)
		}
	}
}

// typeOf returns what a schema says but for its texts.
func typeOf(t *testing.T, ref *openapi3.SchemaRef) string {
	t.Helper()
	schema := *ref.Value
	schema.Description, schema.Example = "", nil
	text, err := schema.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestContractNames: names must be safe in URLs, messages, logs and generated code.
func TestContractNames(t *testing.T) {
	plain := regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)
	eachSchema(t, func(where string, schema *openapi3.Schema) {
		for name := range schema.Properties {
			if !plain.MatchString(name) {
				t.Errorf("%s: property %q is not a plain name", where, name)
			}
		}
	})
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		if !plain.MatchString(op.OperationID) {
			t.Errorf("operationId %q is not a plain name", op.OperationID)
		}
		for _, parameter := range op.Parameters {
			if !plain.MatchString(parameter.Value.Name) {
				t.Errorf("parameter %q is not a plain name", parameter.Value.Name)
			}
		}
	})
}
