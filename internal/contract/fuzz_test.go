package contract

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzCheck tests that an object passes if and only if its schema allows it. A
// refusal is of bounded length, is not empty, and names only fields of the contract
// or the request.
func FuzzCheck(f *testing.F) {
	object := body(f, "name, kind",
		`name: {type: string, minLength: 2, maxLength: 9}`,
		`kind: {type: string, enum: [CASH, BANK]}`,
		`code: {type: string, format: code, nullable: true}`,
		`count: {type: integer, minimum: 1, maximum: 28}`,
		`share: {type: number}`,
		`flag: {type: boolean}`,
		`list: {type: array, items: {}}`,
	)
	longest := maxUnknown
	for _, property := range object.Properties {
		longest += len(property.absentTexts)
	}
	for _, text := range []string{
		`{}`, `[]`, `null`, `"name"`, `[{"name":"Ann"}]`, `{"name":"Ann","kind":"CASH"}`,
		`{"name":"Ann","kind":"BANK","code":null,"count":28,"share":1e-3,"flag":true,"list":[{}]}`,
		`{"name":"A","kind":"cash","code":"ABCD","count":1e999,"share":"1","flag":0,"list":{}}`,
		`{"NAME":"Ann","\u006eame":"Ann","role":"ADMIN"}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		var value any
		if decoder.Decode(&value) != nil {
			return // no JSON
		}
		fields, isObject := value.(map[string]any)
		var names []string
		for name := range fields {
			names = append(names, name)
		}
		violations := object.Check(value, names)
		if taken := isObject && object.schema.VisitJSON(value, object.options...) == nil; taken != (len(violations) == 0) {
			t.Fatalf("Check(%s) = %v, and the schema takes it: %t", text, violations, taken)
		}
		if len(violations) > longest {
			t.Fatalf("Check(%s) has %d violations, want at most %d", text, len(violations), longest)
		}
		for _, v := range violations {
			_, sent := fields[v.Field]
			if v.Message == "" || isObject && !sent && object.byName[v.Field] == nil {
				t.Fatalf("Check(%s) says %q of %q", text, v.Message, v.Field)
			}
		}
	})
}

// FuzzParseQuery tests that a parameter keeps its value or is refused, and that only
// an integer is read as one.
func FuzzParseQuery(f *testing.F) {
	object := listing(f).Query
	for _, text := range []string{"1", "1000", "1001", "0", "-1", "007", "+1", "1e2", "", " 1", "1\x00", "\xff", "true", "a"} {
		f.Add("page", text)
		f.Add("type", text)
	}
	f.Add("Page", "1")
	f.Fuzz(func(t *testing.T, name, text string) {
		value, names := object.ParseQuery(map[string][]string{"all": {"true"}, name: {text}})
		if len(object.Check(value, names)) > 0 {
			return
		}
		if name == "" || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			t.Fatalf("%q=%q is taken", name, text)
		}
		switch sent := value[name].(type) {
		case json.Number:
			if n, err := sent.Int64(); err != nil || sent.String() != text || name == "page" && (n < 1 || n > 1000) {
				t.Fatalf("%s=%q is taken for %v: %v", name, text, sent, err)
			}
		case bool:
			if name != "all" || sent != (text == "true") {
				t.Fatalf("%s=%q is taken for %t", name, text, sent)
			}
		case string:
			if name != "type" || text != "a" && text != "b" {
				t.Fatalf("%s=%q is taken for a text", name, text)
			}
		default:
			t.Fatalf("%s=%q is taken for %T", name, text, sent)
		}
	})
}
