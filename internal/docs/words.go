package docs

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// formatWords explains the formats of strings and numbers that say more than
// their type.
var formatWords = map[string]string{
	"date":           "a date as `YYYY-MM-DD`",
	"date-time":      "an RFC 3339 time in UTC",
	"email":          "an e-mail address",
	"iana-time-zone": "an IANA time zone",
	"iso-date":       "an ISO 8601 date, with or without a time",
	"iso-4217":       "an ISO 4217 code of `Currency`",
	"money":          "at most the decimals of its currency",
	"uuid":           "a UUID",
	"webhook-url":    "an https URL, or empty",
}

// typeWords describes the type of a value, such as string, file or array of
// objects.
func typeWords(schema *openapi3.Schema) string {
	switch {
	case len(schema.OneOf) > 0:
		var types []string
		for _, one := range schema.OneOf {
			types = append(types, typeWords(one.Value))
		}
		return strings.Join(types, " or ")
	case len(schema.AllOf) > 0:
		return typeWords(schema.AllOf[0].Value)
	case schema.Type == nil || len(*schema.Type) == 0:
		return "any"
	case schema.Format == "binary":
		return "file"
	case schema.Type.Is(openapi3.TypeArray):
		return "array of " + plural(typeWords(schema.Items.Value))
	case schema.AdditionalProperties.Schema != nil:
		return "object of " + plural(typeWords(schema.AdditionalProperties.Schema.Value))
	}
	return (*schema.Type)[0]
}

func plural(words string) string {
	first, rest, _ := strings.Cut(words, " ")
	return strings.TrimSpace(first + "s " + rest)
}

// maxListed is the largest number of values that are listed one by one.
const maxListed = 30

// allowedWords describes the values that the schema allows, beyond their type.
func allowedWords(schema *openapi3.Schema) string {
	if len(schema.AllOf) == 1 {
		return allowedWords(schema.AllOf[0].Value)
	}
	var words []string
	for i, value := range schema.Enum {
		if i == 3 && len(schema.Enum) > maxListed {
			words = append(words, fmt.Sprintf("or another of the %d values in the contract", len(schema.Enum)))
			break
		}
		if value == nil {
			continue // the table says in another way that the value may be null
		}
		words = append(words, "`"+formatValue(value)+"`")
	}
	add := func(phrase string) {
		if phrase != "" {
			words = append(words, phrase)
		}
	}
	add(rangeWords(schema.Min, schema.Max, ""))
	add(rangeWords(atLeast(schema.MinLength), length(schema.MaxLength), "character"))
	add(rangeWords(atLeast(schema.MinItems), length(schema.MaxItems), "item"))
	add(formatWords[schema.Format])
	add(patternWords(schema))
	return strings.Join(words, ", ")
}

// maxPattern is how long a pattern may be, in bytes, for readers to make it out.
const maxPattern = 100

// patternWords describes the schema's pattern, or "" without one. A long pattern is
// described by what it asks of people.
func patternWords(schema *openapi3.Schema) string {
	if schema.Pattern == "" {
		return ""
	}
	if meanings, ok := schema.Extensions["x-meaning"].(map[string]any); ok && len(schema.Pattern) > maxPattern {
		asked, _ := meanings["en"].(string)
		return strings.TrimSuffix(strings.TrimPrefix(asked, "Enter "), ".")
	}
	return "matches `" + schema.Pattern + "`"
}

func atLeast(n uint64) *float64 {
	if n == 0 {
		return nil
	}
	return length(&n)
}

func length(n *uint64) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}

// rangeWords describes a range; either end may be open.
func rangeWords(low, high *float64, unit string) string {
	count := func(n float64) string {
		if unit == "" {
			return formatNumber(n)
		}
		if n == 1 {
			return "1 " + unit
		}
		return formatNumber(n) + " " + unit + "s"
	}
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return "at least " + count(*low)
	case low == nil:
		return "at most " + count(*high)
	}
	return formatNumber(*low) + " to " + count(*high)
}

// formatNumber formats a number with commas if it has five digits or more; one of
// four may be a year.
func formatNumber(n float64) string {
	digits := strconv.FormatFloat(n, 'f', -1, 64)
	whole, decimals, hasDecimals := strings.Cut(digits, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; len(whole) > 4 && i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasDecimals {
		whole += "." + decimals
	}
	return sign + whole
}

// formatValue formats a value of the contract for a cell of a table: a string
// unchanged, anything else as JSON.
func formatValue(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(raw)
}
