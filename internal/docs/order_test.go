package docs

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestSamplesAreInOrder: samples have the order of the table of their fields,
// which is the server's.
func TestSamplesAreInOrder(t *testing.T) {
	for _, op := range operations(t) {
		for _, r := range op.Responses {
			var fields []string
			for _, f := range r.Fields {
				fields = append(fields, f.Name)
			}
			for _, s := range r.Samples {
				if s.ContentType == jsonType {
					checkOrder(t, op.ID, fields, s.Text)
				}
			}
		}
		if op.Request.Body != "" {
			var fields []string
			for _, p := range op.Parameters {
				if p.In == inBody {
					fields = append(fields, p.Name)
				}
			}
			checkOrder(t, op.ID+" request", fields, op.Request.Body)
		}
	}
}

// checkOrder checks the outer fields of each object.
func checkOrder(t *testing.T, where string, fields []string, sample string) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(sample))
	var walk func(prefix string)
	walk = func(prefix string) {
		token, err := decoder.Token()
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		last := -1
		switch token {
		case json.Delim('['):
			for decoder.More() {
				walk(prefix + "[]")
			}
			_, _ = decoder.Token()
		case json.Delim('{'):
			for decoder.More() {
				key, _ := decoder.Token()
				name := joinName(prefix, key.(string))
				if at := slices.Index(fields, name); at >= 0 {
					if at < last {
						t.Errorf("%s: %s stands after what should follow it in\n%s", where, name, sample)
					}
					last = at
				}
				walk(name)
			}
			_, _ = decoder.Token()
		}
	}
	walk("")
}
