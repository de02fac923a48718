package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// keywords are the keywords with a wire text, in the order of the texts in an answer.
// That is the order of class-validator: the last declared rule of a field comes
// first, and the type is declared first.
var keywords = []string{"pattern", "enum", "format", "maxLength", "minLength", "maximum", "minimum", "type"}

// FormatPassword is the format of passwords. It has no rule: it says that the text is
// a secret (OpenAPI 3.0.3).
const FormatPassword = "password"

// readMessages sets the wire texts from x-messages and the defaults.
func (p *Property) readMessages() error {
	given, _ := p.Schema.Extensions["x-messages"].(map[string]any)
	for _, keyword := range keywords {
		if text := p.defaultText(keyword); text != "" {
			p.texts[keyword] = text
			p.absentTexts = append(p.absentTexts, text)
		}
	}
	for keyword, value := range given {
		if keyword == "required" {
			continue
		}
		text, ok := value.(string)
		if keyword == "alone" && ok {
			p.alone = text
			continue
		}
		if !ok || p.texts[keyword] == "" {
			return fmt.Errorf("x-messages: %s: wants a text, for a keyword that the schema has", keyword)
		}
		text = p.fillIn(text)
		p.absentTexts[slices.Index(p.absentTexts, p.texts[keyword])] = text
		p.texts[keyword] = text
	}
	if list, ok := given["required"].([]any); ok {
		p.absentTexts = nil
		for _, text := range list {
			p.absentTexts = append(p.absentTexts, p.fillIn(fmt.Sprint(text)))
		}
	}
	return nil
}

// fillIn replaces $property in the text with the property's name.
func (p *Property) fillIn(text string) string { return strings.ReplaceAll(text, "$property", p.Name) }

// defaultText returns class-validator's text for the keyword, or "" if the schema
// does not have the keyword.
func (p *Property) defaultText(keyword string) string {
	s := p.Schema
	switch {
	case keyword == "pattern" && s.Pattern != "":
		return fmt.Sprintf("%s must match /%s/ regular expression", p.Name, s.Pattern)
	case keyword == "enum" && len(s.Enum) > 0:
		return fmt.Sprintf("%s must be one of the following values: %s", p.Name, enumText(s.Enum))
	case keyword == "format" && s.Type.Is(openapi3.TypeString) && s.Format != "" && s.Format != FormatPassword:
		return p.Name + " " + formatText(s.Format)
	case keyword == "maxLength" && s.MaxLength != nil:
		return fmt.Sprintf("%s must be shorter than or equal to %d characters", p.Name, *s.MaxLength)
	case keyword == "minLength" && s.MinLength > 0:
		return fmt.Sprintf("%s must be longer than or equal to %d characters", p.Name, s.MinLength)
	case keyword == "maximum" && s.Max != nil:
		return fmt.Sprintf("%s must not be greater than %s", p.Name, formatNumber(*s.Max))
	case keyword == "minimum" && s.Min != nil:
		return fmt.Sprintf("%s must not be less than %s", p.Name, formatNumber(*s.Min))
	case keyword == "type" && s.Format != "" && s.Format != FormatPassword && s.Type.Is(openapi3.TypeString), keyword == "type" && len(s.Enum) > 0:
		return "" // class-validator has isEmail and isEnum without isString
	case keyword == "type":
		return p.Name + " " + typeTexts[(*s.Type)[0]]
	}
	return ""
}

// enumText lists the values. Clients need not hear of null: it stands for no value.
func enumText(values []any) string {
	var texts []string
	for _, value := range values {
		if value != nil {
			texts = append(texts, fmt.Sprint(value))
		}
	}
	return strings.Join(texts, ", ")
}

var typeTexts = map[string]string{
	openapi3.TypeString:  "must be a string",
	openapi3.TypeInteger: "must be an integer number",
	openapi3.TypeNumber:  "must be a number conforming to the specified constraints",
	openapi3.TypeBoolean: "must be a boolean value",
	openapi3.TypeArray:   "must be an array",
	openapi3.TypeObject:  "must be an object",
}

func formatText(format string) string {
	switch format {
	case "email":
		return "must be an email"
	case "uuid":
		return "must be a UUID"
	case "iso-4217":
		return "must be a valid ISO4217 currency code"
	case "iana-time-zone":
		return "must be a valid IANA time-zone"
	case "date-time", "date", "iso-date":
		return "must be a valid ISO 8601 date string"
	}
	return "must be a valid " + format
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
