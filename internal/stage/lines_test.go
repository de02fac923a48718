package stage_test

import (
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/alta/internal/stage"
	"example.com/alta/internal/text"
)

// manyLines are the texts of bodies that may have several lines, and secrets and
// codes, which are compared and never shown.
var manyLines = []string{"description", "token", "invite_token", "code", "currency"}

// TestOneLineOfTextIsVisible: labels, notes, names and reasons have the contract's
// pattern, and the pattern is text.IsLine as far as the Basic Multilingual Plane.
func TestOneLineOfTextIsVisible(t *testing.T) {
	lines := 0
	for id, op := range must(stage.ReadContract()).Operations {
		if op.Body == nil {
			continue
		}
		for _, p := range op.Body.Properties {
			schema := p.Schema
			isFree := schema.Type.Is(openapi3.TypeString) && schema.Format == "" && len(schema.Enum) == 0
			if !isFree || slices.Contains(manyLines, p.Name) || p.Name == "color" {
				continue
			}
			lines++
			for r := rune(1); r <= 0xffff; r++ {
				if r >= 0xd800 && r <= 0xdfff { // no characters
					continue
				}
				value := "ab" + string(r) + "cd"
				if got, want := len(p.Check(value)) == 0, text.IsLine(value); got != want {
					t.Fatalf("%s, %s: %q is accepted: %t, want %t", id, p.Name, value, got, want)
				}
			}
		}
	}
	if lines < 10 {
		t.Errorf("only %d properties are one line", lines)
	}
}
