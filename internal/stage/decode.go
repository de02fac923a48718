package stage

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"example.com/alta/internal/problem"
)

// maxDepth is the deepest nesting of JSON that is accepted. No operation needs half
// of it.
const maxDepth = 32

// document is a decoded JSON text.
type document struct {
	value   any      // numbers are json.Number
	names   []string // of the outermost object, in the client's order
	changed bool     // the text of value would differ from the client's
}

// decodeJSON reads exactly one JSON text (RFC 8259). It is stricter than
// encoding/json: it also rejects duplicate names, invalid UTF-8, unpaired
// surrogates, NUL characters, which PostgreSQL cannot store, deep nesting and data
// after the text. It decodes values other than objects too, for validation to
// reject them. null counts as an empty object. Its errors are problems.
func decodeJSON(raw []byte) (document, error) {
	d := &jsonDecoder{Decoder: jsontext.NewDecoder(bytes.NewBuffer(raw))}
	value, err := d.decode()
	if err == nil {
		if _, end := d.ReadToken(); !errors.Is(end, io.EOF) {
			err = errTrailing
		}
	}
	if err != nil {
		return document{}, jsonProblem(err)
	}
	if value == nil {
		value, d.changed = map[string]any{}, true
	}
	return document{value: value, names: d.names, changed: d.changed}, nil
}

var (
	errNUL      = errors.New("NUL character in a string")
	errDepth    = errors.New("nested too deeply")
	errTrailing = errors.New("data after the end")
)

// jsonProblem returns the problem that answers an error of decoding.
func jsonProblem(err error) *problem.Problem {
	syntax, isSyntax := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case errors.Is(err, errNUL):
		return problem.ErrJSONNUL
	case errors.Is(err, errDepth):
		return problem.JSONTooDeep(maxDepth)
	case errors.Is(err, errTrailing):
		return problem.ErrJSONTrailing
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return problem.ErrJSONCutOff
	case errors.Is(err, jsontext.ErrDuplicateName):
		return problem.ErrJSONDuplicate
	case isSyntax:
		return problem.MalformedJSON(syntax.ByteOffset)
	}
	return problem.ErrJSON
}

type jsonDecoder struct {
	*jsontext.Decoder
	names   []string
	changed bool
}

func (d *jsonDecoder) decode() (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{':
		return d.decodeObject()
	case '[':
		return d.decodeArray()
	case '"':
		return decodeString(token)
	case '0':
		return d.decodeNumber(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (d *jsonDecoder) decodeObject() (any, error) {
	depth := d.StackDepth()
	if depth > maxDepth {
		return nil, errDepth
	}
	object := map[string]any{}
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		name, err := decodeString(token)
		if err != nil {
			return nil, err
		}
		if depth == 1 {
			d.names = append(d.names, name)
		}
		if object[name], err = d.decode(); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return object, err
}

func (d *jsonDecoder) decodeArray() (any, error) {
	if d.StackDepth() > maxDepth {
		return nil, errDepth
	}
	array := []any{}
	for d.PeekKind() != ']' {
		value, err := d.decode()
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := d.ReadToken()
	return array, err
}

// decodeString returns the text of a string or a name. Its error is errNUL.
func decodeString(token jsontext.Token) (string, error) {
	text := token.String()
	if strings.IndexByte(text, 0) >= 0 {
		return "", errNUL
	}
	return text, nil
}

// shortNumber matches numbers that are short enough for exact arithmetic.
var shortNumber = regexp.MustCompile(`^-?[0-9]{1,32}(\.[0-9]{1,32})?([eE][+-]?[0-9]{1,2})?$`)

// decodeNumber removes the point and the exponent of integers: 15.0 and 1.5e1 are
// integers in JSON Schema, but not in encoding/json. It leaves other numbers, even
// those that would round to an integer, unchanged.
func (d *jsonDecoder) decodeNumber(text string) json.Number {
	if !strings.ContainsAny(text, ".eE") || !shortNumber.MatchString(text) {
		return json.Number(text)
	}
	exact, ok := new(big.Rat).SetString(text)
	if ok && exact.IsInt() && exact.Num().IsInt64() && exact.Num().CmpAbs(maxSafeInteger) < 0 {
		d.changed = true
		text = exact.Num().String()
	}
	return json.Number(text)
}

// maxSafeInteger is 2^53: clients with floating-point numbers, such as JavaScript,
// cannot represent larger integers exactly.
var maxSafeInteger = big.NewInt(1 << 53)
