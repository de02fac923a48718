package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// The tests of this file hold what generators of clients, and readers of generated
// clients, need of the contract.

func TestContractDescribesEachSchema(t *testing.T) {
	for name, schema := range loadContract(t).Components.Schemas {
		if schema.Value.Description == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

// TestSchemasHideNoLanguagesOwnTypes: generators give types the names of schemas.
func TestSchemasHideNoLanguagesOwnTypes(t *testing.T) {
	taken := []string{ // TypeScript and browsers, Java, C#, Kotlin, Swift, Dart, Python, Ruby
		"Any", "Array", "Blob", "Boolean", "Character", "Credential", "Data", "Date", "Double", "Enum", "Error", "Event", "Exception", "File", "Float",
		"Function", "Hash", "Headers", "History", "Int", "Integer", "Iterable", "List", "Location", "Lock", "Long", "Map", "Module", "Never", "Node",
		"Nothing", "Notification", "Number", "Object", "Optional", "Option", "Package", "Process", "Promise", "Range", "Record", "Report", "Request",
		"Response", "Result", "Selection", "Set", "String", "Struct", "Symbol", "Thread", "Type", "Unit", "Void", "Warning",
	}
	for name := range loadContract(t).Components.Schemas {
		if slices.Contains(taken, name) {
			t.Errorf("schema %s hides a language's own type", name)
		}
	}
}

// TestSchemesAndSchemasDiffer: some generators make a type of each security scheme.
func TestSchemesAndSchemasDiffer(t *testing.T) {
	components := loadContract(t).Components
	for name := range components.SecuritySchemes {
		if components.Schemas[strings.ToUpper(name[:1])+name[1:]] != nil {
			t.Errorf("security scheme %s and a schema get the same name", name)
		}
	}
}

// TestEnumerationsAreWrittenOnce: generators make a type of each list of values.
func TestEnumerationsAreWrittenOnce(t *testing.T) {
	places := map[string]string{}
	eachSchema(t, func(where string, schema *openapi3.Schema) {
		if len(schema.Enum) == 0 || schema.Default != nil { // which a reference cannot have
			return
		}
		list := fmt.Sprint(schema.Enum)
		if places[list] != "" {
			t.Errorf("%s and %s both list %s", where, places[list], list)
		}
		places[list] = where
	})
	schemas := loadContract(t).Components.Schemas
	for _, name := range []string{"AccountType", "TransactionType", "CategoryType", "Language"} { // NullableCurrency has a format, for a list of that length is written once
		plain, nullable := schemas[name], schemas["Nullable"+name]
		if plain == nil || nullable == nil {
			t.Errorf("there is no schema %s, or none of the same that may be null", name)
		} else if want := append(slices.Clone(plain.Value.Enum), nil); !slices.Equal(nullable.Value.Enum, want) {
			t.Errorf("Nullable%s has %v, want %v", name, nullable.Value.Enum, want)
		}
	}
}

// TestNullableEnumerationsListNull: a validator refuses null otherwise, whatever
// `nullable` says.
func TestNullableEnumerationsListNull(t *testing.T) {
	eachSchema(t, func(where string, schema *openapi3.Schema) {
		if len(schema.Enum) > 0 && schema.Nullable != slices.Contains(schema.Enum, nil) {
			t.Errorf("%s: nullable is %t, and the values are %v", where, schema.Nullable, schema.Enum)
		}
	})
}

// TestIDsAreUUIDs, and days are dates: an ID that a response has fits the parameter
// that takes it, in every generated client.
func TestIDsAreUUIDs(t *testing.T) {
	isID := regexp.MustCompile(`^(id|uuid|.+Id|.+_id)$`)
	check := func(where, name string, schema *openapi3.Schema) {
		switch {
		case !schema.Type.Is(openapi3.TypeString):
		case name == "day" && schema.Format != "date":
			t.Errorf("%s.%s is a day, but not of format date", where, name)
		case name == "request_id" || name == "requestId" || name == "stripe_price_id": // some are empty, or another system's
		case isID.MatchString(name) && schema.Format != "uuid" && !strings.Contains(schema.Pattern, "null"):
			t.Errorf("%s.%s is an ID, but not of format uuid", where, name)
		}
	}
	eachSchema(t, func(where string, schema *openapi3.Schema) {
		for name, property := range schema.Properties {
			check(where, name, property.Value)
		}
	})
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		for _, parameter := range op.Parameters {
			check(op.OperationID, parameter.Value.Name, parameter.Value.Schema.Value)
		}
	})
}

// TestOptionalHeadersHaveNoExample: importers send the example with every call. The
// second call with the example of an Idempotency-Key would be refused.
func TestOptionalHeadersHaveNoExample(t *testing.T) {
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		for _, parameter := range op.Parameters {
			if p := parameter.Value; p.In == openapi3.ParameterInHeader && !p.Required && (p.Example != nil || p.Examples != nil || p.Schema.Value.Example != nil) {
				t.Errorf("the optional header %s has an example", p.Name)
			}
		}
	})
}

// TestTextIsNotBinary: clients would treat it as a file.
func TestTextIsNotBinary(t *testing.T) {
	eachOperation(t, func(t *testing.T, op *openapi3.Operation) {
		for status, response := range op.Responses.Map() {
			for kind, media := range response.Value.Content {
				if media.Schema != nil && media.Schema.Value.Format == "binary" && strings.HasPrefix(kind, "text/") {
					t.Errorf("%s: %s is binary", status, kind)
				}
			}
		}
	})
}

// TestContractHasNoHintsForGenerators: overlays beside the generated code have them.
func TestContractHasNoHintsForGenerators(t *testing.T) {
	raw, err := loadContract(t).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if hints := regexp.MustCompile(`"x-(go-|oapi-|omitempty|enum-|ogen|speakeasy)[a-z-]*"`).FindAll(raw, -1); hints != nil {
		t.Errorf("the contract has %q", hints)
	}
}

// TestNamesAreToldApart: two tags, operations or schemas whose names differ by one
// letter, or by a plural, are mistaken for each other.
func TestNamesAreToldApart(t *testing.T) {
	doc := loadContract(t)
	lists := map[string][]string{"schemas": slices.Collect(maps.Keys(doc.Components.Schemas))}
	for _, tag := range doc.Tags {
		lists["tags"] = append(lists["tags"], tag.Name)
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			lists["operations"] = append(lists["operations"], op.OperationID)
		}
	}
	for kind, names := range lists {
		for i, a := range names {
			for _, b := range names[:i] {
				if differByALetter(strings.ToLower(a), strings.ToLower(b)) {
					t.Errorf("%s %s and %s differ by a letter", kind, a, b)
				}
			}
		}
	}
}

// differByALetter reports whether one text becomes the other if a letter is added,
// removed or replaced.
func differByALetter(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	start := 0
	for start < len(a) && a[start] == b[start] {
		start++
	}
	return len(b)-len(a) <= 1 && (a[start:] == b[min(start+1, len(b)):] || start < len(a) && a[start+1:] == b[start+1:])
}
