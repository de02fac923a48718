package contract

import "testing"

// TestRule finds every text that a check can answer with at the property whose
// text it is.
func TestRule(t *testing.T) {
	c := parseContract(t)
	texts := 0
	for _, op := range c.Operations {
		if op.Body == nil {
			continue
		}
		for _, property := range op.Body.Properties {
			for keyword, text := range property.texts {
				texts++
				if got := property.Rule(text); got != keyword {
					t.Errorf("%s: %s: %q is about %q, want %q", op.ID, property.Name, text, got, keyword)
				}
			}
			for _, violation := range property.check(nil, false) {
				if property.Rule(violation.Message) == "" {
					t.Errorf("%s: %s: %q is about no rule", op.ID, property.Name, violation.Message)
				}
			}
			for _, text := range []string{"", "property " + property.Name + " should not exist"} {
				if got := property.Rule(text); got != "" {
					t.Errorf("%s: %s: %q is about %q, want none", op.ID, property.Name, text, got)
				}
			}
			if got := op.Body.Property(property.Name); got != property {
				t.Errorf("%s: the property %s is %v", op.ID, property.Name, got)
			}
		}
	}
	if texts < 50 {
		t.Errorf("only %d texts were looked at", texts)
	}
}
