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

// maxDepth is how deep JSON may be nested. No operation takes half of it.
const maxDepth = 32

// document is a JSON text, decoded.
type document struct {
	value   any      // numbers are json.Number
	names   []string // of the outermost object, in the client's order
	changed bool     // value says the same as the text, but in other words
}

// decodeJSON reads exactly one JSON text (RFC 8259). Beyond what encoding/json
// refuses it refuses duplicate names, invalid UTF-8, half surrogate pairs,
// NUL characters, which PostgreSQL cannot store, deep nesting and anything
// after the text. Whatever is no object is decoded, too: the contract says
// what is wrong with it. null stands for no body.
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
	return document{value, d.names, d.changed}, nil
}

var (
	errNUL      = errors.New("NUL character in a string")
	errDepth    = errors.New("nested too deeply")
	errTrailing = errors.New("data after the end")
)

// jsonProblem returns the problem of a text that is not JSON, or not JSON that is
// taken.
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
		return d.object()
	case '[':
		return d.array()
	case '"':
		return cleanString(token)
	case '0':
		return d.number(token.String()), nil
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (d *jsonDecoder) object() (any, error) {
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
		name, err := cleanString(token)
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

func (d *jsonDecoder) array() (any, error) {
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

func cleanString(token jsontext.Token) (string, error) {
	text := token.String()
	if strings.IndexByte(text, 0) >= 0 {
		return "", errNUL
	}
	return text, nil
}

// wholeNumber is what may be a whole number, and is not written at such length
// that it would take long to find out.
var wholeNumber = regexp.MustCompile(`^-?[0-9]{1,32}(\.[0-9]{1,32})?([eE][+-]?[0-9]{1,2})?$`)

// number writes whole numbers without point or exponent: 15.0 and 1.5e1 are
// integers to JSON Schema and not to encoding/json. A number that only rounds to
// a whole one stays as it is.
func (d *jsonDecoder) number(text string) json.Number {
	if !strings.ContainsAny(text, ".eE") || !wholeNumber.MatchString(text) {
		return json.Number(text)
	}
	exact, ok := new(big.Rat).SetString(text)
	if ok && exact.IsInt() && exact.Num().IsInt64() && exact.Num().CmpAbs(maxWhole) < 0 {
		d.changed = true
		text = exact.Num().String()
	}
	return json.Number(text)
}

// maxWhole is where whole numbers end that a float tells apart: clients have
// those.
var maxWhole = big.NewInt(1 << 53)
