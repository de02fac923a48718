package contract

import "testing"

// TestRules: each violation names its property and the broken rule.
func TestRules(t *testing.T) {
	c := parseContract(t)
	seen := 0
	for _, op := range c.Operations {
		if op.Body == nil {
			continue
		}
		for _, property := range op.Body.Properties {
			for _, violation := range property.check(nil, false) {
				seen++
				if violation.Field != property.Name || violation.Rule != RuleRequired || violation.Message == "" {
					t.Errorf("%s: without %s: %+v", op.ID, property.Name, violation)
				}
			}
			if got := op.Body.Property(property.Name); got != property {
				t.Errorf("%s: the property %s is %v", op.ID, property.Name, got)
			}
		}
		if got := op.Body.Property("nothing"); got != nil {
			t.Errorf("%s: the property nothing is %v", op.ID, got)
		}
	}
	if seen < 20 {
		t.Errorf("only %d violations were seen", seen)
	}
}
