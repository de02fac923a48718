package stage

import (
	"testing"

	"example.com/alta/internal/contract"
)

func TestComplete(t *testing.T) {
	defaults := []contract.Default{{Name: "c", Value: "ARS", JSON: []byte(`"c":"ARS"`)}, {Name: "n", Value: 1.0, JSON: []byte(`"n":1`)}}
	for text, want := range map[string]string{
		`{}`:                     `{"c":"ARS","n":1}`,
		"{ \n}\n ":               "{ \n" + `"c":"ARS","n":1}`,
		`{"a":{"b":{}}}`:         `{"a":{"b":{}},"c":"ARS","n":1}`,
		`{"a":"}"}  `:            `{"a":"}","c":"ARS","n":1}`,
		`{"c":null}`:             `{"c":"ARS","n":1}`,
		`{"a":1.0}`:              `{"a":1,"c":"ARS","n":1}`,
		`{"c":"USD","n":2}`:      `{"c":"USD","n":2}`,
		`{"c":"USD","a":[{}]}  `: `{"c":"USD","a":[{}],"n":1}`,
	} {
		doc, err := decodeJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		object := doc.value.(map[string]any)
		var missing []contract.Default
		for _, d := range defaults {
			if object[d.Name] == nil {
				missing = append(missing, d)
			}
		}
		raw := []byte(text)
		got, err := addDefaults(raw, doc, object, missing)
		if err != nil || string(got) != want {
			t.Errorf("%s became %s, want %s (%v)", text, got, want, err)
		}
		if string(raw) != text {
			t.Errorf("%s was written over: %s", text, raw)
		}
	}
}
