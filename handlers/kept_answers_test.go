package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/gen"
	"example.com/alta/internal/contract"
	"example.com/alta/internal/testdb"
)

// largestKept is the largest response to a write that is kept for retries. The server
// undoes a write whose response is larger.
const largestKept = 64 << 10

// serverMade are the lengths of texts that the server makes, for properties that no
// request has.
var serverMade = map[string]int{
	"token": 2048, "key": 64, "masked": 64, "message": 512, "linkMsg": 512, "code": 64, "created_by": 64, "endpoint": 128,
	"request_id": 64, "avatarUrl": 2048, "accountName": 100, "email": 254, "color": 7, // by its pattern
}

// formats are the lengths of texts with a format.
var formats = map[string]int{"uuid": 36, "date-time": 40, "date": 10}

const (
	bytesOfCharacter = 6 // \u003c
	bytesOfNumber    = 32
)

// seeding is the one write that answers a list: of the categories that every user gets.
const seeding = "seedCategories"

// limits finds how long a response can be.
type limits struct {
	typed map[string]int // by property of requests: the largest maxLength
}

// schema returns the largest number of bytes of a value of the schema, whose property has
// the name. Its error names what has no bound.
func (b limits) schema(name string, s *openapi3.Schema) (n int, err error) {
	switch {
	case len(s.Enum) > 0:
		return 64, nil
	case s.Type.Is("object"):
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			if s.AdditionalProperties.Schema != nil {
				return 0, fmt.Errorf("%s has properties without end", name)
			}
		}
		for property, of := range s.Properties {
			length, err := b.schema(property, of.Value)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", name, err)
			}
			n += length + len(property) + len(`"":,`)
		}
	case s.Type.Is("array"):
		if s.MaxItems == nil {
			return 0, fmt.Errorf("%s is a list without end", name)
		}
		n, err = b.schema(name, s.Items.Value)
		return n * int(*s.MaxItems), err
	case s.Type.Is("string"):
		return b.text(name, s)
	default:
		n = bytesOfNumber
	}
	for _, part := range append(append(s.AllOf, s.OneOf...), s.AnyOf...) {
		length, partErr := b.schema(name, part.Value)
		n, err = n+length, partErr
		if err != nil {
			return 0, err
		}
	}
	return n, err
}

func (b limits) text(name string, s *openapi3.Schema) (n int, err error) {
	length, known := formats[s.Format]
	switch {
	case s.MaxLength != nil:
		length = int(*s.MaxLength)
	case known:
	case b.typed[name] > 0:
		length = b.typed[name]
	case serverMade[name] > 0:
		length = serverMade[name]
	default:
		return 0, fmt.Errorf("%s is a text without end", name)
	}
	return length * bytesOfCharacter, nil
}

// TestEveryAnswerToAWriteCanBeKept: no write that takes an Idempotency-Key has a response
// that is too large to be kept, by the limits of the contract.
func TestEveryAnswerToAWriteCanBeKept(t *testing.T) {
	doc := must(openapi3.NewLoader().LoadFromData(must(gen.GetSpecJSON())))
	b := limits{typed: map[string]int{}}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			if op.RequestBody == nil || op.RequestBody.Value.Content["application/json"] == nil {
				continue
			}
			for name, property := range op.RequestBody.Value.Content["application/json"].Schema.Value.Properties {
				if property.Value.MaxLength != nil {
					b.typed[name] = max(b.typed[name], int(*property.Value.MaxLength))
				}
			}
		}
	}
	writes := 0
	for _, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if method == http.MethodGet || op.Parameters.GetByInAndName("header", contract.HeaderIdempotencyKey) == nil {
				continue
			}
			writes++
			for status, response := range op.Responses.Map() {
				content := response.Value.Content["application/json"]
				if status[0] != '2' || content == nil || op.OperationID == seeding {
					continue
				}
				n, err := b.schema(op.OperationID, content.Schema.Value)
				if err != nil || n > largestKept || n == 0 {
					t.Errorf("%s %s: %d bytes, %v", op.OperationID, status, n, err)
				}
			}
		}
	}
	h := start(t, testdb.SQLite(t))
	seeded := h.do("GET", "/api/categories", "", h.register("ada@example.com")).status(200)
	if n := seeded.Body.Len(); n > largestKept || n < 1000 {
		t.Errorf("the seeded categories have %d bytes", n)
	}
	if writes < 22 {
		t.Errorf("the contract has %d writes with an Idempotency-Key", writes)
	}
}
