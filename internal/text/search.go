package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The marks that searches ignore, and the tilde, which makes another letter of an n:
// in Spanish, año is not ano.
const (
	firstMark = '\u0300'
	lastMark  = '\u036f'
	tilde     = '\u0303'
)

// SearchForm returns the text in the form in which searches compare it: without case,
// for all of Unicode, and without accents. Only the tilde of ñ is kept.
func SearchForm(text string) string {
	var out strings.Builder
	base := rune(0) // the last character that is not a mark
	for _, char := range norm.NFD.String(cases.Fold().String(text)) {
		isMark := firstMark <= char && char <= lastMark
		if isMark && !(char == tilde && base == 'n') {
			continue
		}
		if !unicode.Is(unicode.Mn, char) {
			base = char
		}
		out.WriteRune(char)
	}
	return norm.NFC.String(out.String())
}
