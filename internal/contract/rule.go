package contract

import "slices"

// RuleRequired is the rule that a value is there, and of its type.
const RuleRequired = "required"

// Rule returns which rule of the property the message of a Violation is about:
// a keyword of the schema, RuleRequired, or "" for a message that is none of
// the property's.
func (p *Property) Rule(message string) string {
	for _, keyword := range keywords {
		if message != "" && p.texts[keyword] == message {
			return keyword
		}
	}
	if slices.Contains(p.missing, message) || p.alone != "" && p.alone == message {
		return RuleRequired
	}
	return ""
}

// Property returns the property with the name, or nil.
func (o *Object) Property(name string) *Property { return o.byName[name] }
