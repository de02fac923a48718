package stage

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeJSON(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct{ name, text, problem string }{
		{"an object", `{"a":[1,2.5,"x",true,null,{"b":{}}]}`, ""},
		{"white space around", " \n\t{} \r\n", ""},
		{"as deep as may be", deep(maxDepth), ""},
		{"deeper", deep(maxDepth + 1), "JSON must not be nested deeper than 32 levels"},
		{"much deeper", strings.Repeat(`{"a":`, 50_000), "JSON must not be nested deeper than 32 levels"},
		{"nothing", " ", "Unexpected end of JSON input"},
		{"cut off", `{"a":`, "Unexpected end of JSON input"},
		{"two", `{} {}`, "Unexpected data after the JSON body"},
		{"a name twice", `{"a":1,"a":2}`, "Duplicate name in the JSON body"},
		{"a name twice, escaped", `{"a":1,"\u0061":2}`, "Duplicate name in the JSON body"},
		{"a name twice, inside", `[{"b":{"a":1,"a":2}}]`, "Duplicate name in the JSON body"},
		{"NUL", `{"a":"\u0000"}`, "JSON strings must not contain NUL characters"},
		{"NUL in a name", `{"\u0000":1}`, "JSON strings must not contain NUL characters"},
		{"invalid UTF-8", "{\"a\":\"\xff\"}", "Malformed JSON at byte 6"},
		{"half a surrogate pair", `{"a":"\ud83d"}`, "Malformed JSON at byte 6"},
		{"a comment", `{/**/}`, "Malformed JSON at byte 1"},
		{"single quotes", `{'a':1}`, "Malformed JSON at byte 1"},
		{"a leading zero", `{"a":01}`, "Malformed JSON at byte 6"},
		{"NaN", `{"a":NaN}`, "Malformed JSON at byte 5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := decodeJSON([]byte(test.text))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.problem {
				t.Errorf("got %q, want %q", got, test.problem)
			}
		})
	}
}

func TestDecodeJSONWholeNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"15": "15", "15.0": "15", "1.5e1": "15", "1E2": "100", "-0.0": "0", "10.50": "10.50", "1e400": "1e400", "9007199254740993.0": "9007199254740993.0",
		"1.00000000000000000001": "1.00000000000000000001", "1e-400": "1e-400", "100e-2": "1", "-2.50e1": "-25",
	} {
		doc, err := decodeJSON([]byte(`{"n":` + text + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := doc.value.(map[string]any)["n"]; got != json.Number(want) {
			t.Errorf("%s became %v, want %s", text, got, want)
		}
	}
}

// FuzzDecodeJSON holds the decoder to encoding/json: what it accepts means
// the same there, and it accepts less.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"email":"a@example.com","password":"x"}`, `{"a":1,"A":2}`, `{"a":"\ud83d\ude00"}`, `1e5`, `"\u0000"`, `{"a":{"b":[1.0]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := decodeJSON(raw)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) || len(err.Error()) > 100 {
				t.Errorf("the problem %q is not fit for a client", err)
			}
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Fatalf("accepted %q", raw)
		}
		standard := json.NewDecoder(bytes.NewReader(raw))
		standard.UseNumber()
		var want any
		if err := standard.Decode(&want); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", raw, err)
		}
		if !doc.changed && !reflect.DeepEqual(doc.value, want) {
			t.Errorf("%q is %#v, encoding/json says %#v", raw, doc.value, want)
		}
		for i, name := range doc.names {
			for _, other := range doc.names[:i] {
				if name == other {
					t.Errorf("%q twice in %q", name, raw)
				}
			}
		}
	})
}
