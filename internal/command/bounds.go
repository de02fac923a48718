package command

import (
	"fmt"
	"math"
	"unicode/utf8"

	"example.com/alta/internal/stage"
	"example.com/alta/internal/text"
)

// bounds are what the contract lets a property of a body be. Commands take no more
// than the operation that does the same.
type bounds struct {
	minimum, maximum int64
	maxLength        int // in characters
}

// boundsOf reads the bounds of the property of the operation's body.
func boundsOf(operation, property string) (bounds, error) {
	parsed, err := stage.ReadContract()
	if err != nil {
		return bounds{}, fmt.Errorf("the contract: %w", err)
	}
	schema := parsed.Operations[operation].Body.Property(property).Schema
	b := bounds{minimum: math.MinInt64, maximum: math.MaxInt64, maxLength: math.MaxInt}
	if schema.Min != nil {
		b.minimum = int64(*schema.Min)
	}
	if schema.Max != nil {
		b.maximum = int64(*schema.Max)
	}
	if schema.MaxLength != nil {
		b.maxLength = int(*schema.MaxLength)
	}
	return b, nil
}

// fits reports whether the text is not too long, and one line of visible text.
func (b bounds) fits(line string) bool {
	return utf8.RuneCountInString(line) <= b.maxLength && text.IsLine(line)
}
