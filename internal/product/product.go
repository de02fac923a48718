// Package product has the name that people know the service by. The operator chooses
// it; the software is called Alta.
package product

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.com/alta/internal/text"
)

// DefaultName is the name of a service whose operator has not chosen one.
const DefaultName = "Alta"

// maxName is how many characters a name may have.
const maxName = 50

// CheckName returns an error that says what a name takes, or nil. A name is one line
// of visible characters.
func CheckName(name string) error {
	switch {
	case !utf8.ValidString(name), strings.ContainsFunc(name, isHidden):
		return errors.New("takes one line without control characters")
	case strings.TrimSpace(name) != name, name == "":
		return fmt.Errorf("%q begins or ends with a space; it takes a name such as %s", name, DefaultName)
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("%q is too long; it takes at most %d characters", name, maxName)
	}
	return nil
}

// isHidden reports whether the character is none that people see, such as a line
// break or a change of the direction, or one whose look nobody has agreed on.
func isHidden(char rune) bool { return text.IsHidden(char) || unicode.Is(unicode.Co, char) }

// FileName returns the name as the beginning of a file's: lower-case letters of
// ASCII, digits and hyphens. A name without any letter or digit of ASCII gives that
// of the software.
func FileName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(withoutMarks(name)), func(char rune) bool {
		return (char < 'a' || char > 'z') && (char < '0' || char > '9')
	})
	if len(words) == 0 {
		return strings.ToLower(DefaultName)
	}
	return strings.Join(words, "-")
}

// withoutMarks returns the text without accents.
func withoutMarks(text string) string {
	return strings.Map(func(char rune) rune {
		if unicode.Is(unicode.Mn, char) {
			return -1
		}
		return char
	}, norm.NFD.String(text))
}
