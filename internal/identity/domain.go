package identity

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxLabel is the limit of RFC 1035 for a label in ASCII, in bytes.
const maxLabel = 63

// acePrefix is how a label begins that encodes another in ASCII.
const acePrefix = "xn--"

// domainProfile maps domains as browsers do: by UTS 46, non-transitional, so that ß
// and ss are two letters. It allows two hyphens in the third and fourth place, which
// labels in ASCII may have.
var domainProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.CheckHyphens(false))

// domain has the forms of one domain.
type domain struct {
	ascii   string // A-labels
	unicode string // U-labels
	display string // each label in the script in which it was typed
}

func parseDomain(typed string) (domain, error) {
	d, err := mapDomain(typed)
	if err != nil {
		return domain{}, err
	}
	asciiLabels, labels := strings.Split(d.ascii, "."), strings.Split(d.unicode, ".")
	typedLabels := strings.Split(typed, ".")
	if len(labels) < 2 || len(labels) != len(asciiLabels) || len(labels) != len(typedLabels) || !validTopLevel(labels[len(labels)-1]) {
		return domain{}, errEmail
	}
	display := slices.Clone(labels)
	for i, label := range labels {
		if len(asciiLabels[i]) > maxLabel || !validLabel(label) {
			return domain{}, errEmail
		}
		if isEncoded(typedLabels[i]) {
			display[i] = asciiLabels[i]
		}
	}
	d.display = strings.Join(display, ".")
	return d, nil
}

// mapDomain returns the domain in ASCII and in Unicode. Either form leads back to
// the other.
func mapDomain(typed string) (domain, error) {
	if strings.ContainsFunc(typed, notInDomain) {
		return domain{}, errEmail
	}
	if lower := strings.ToLower(typed); isASCII(typed) && !slices.ContainsFunc(strings.Split(typed, "."), isEncoded) {
		return domain{ascii: lower, unicode: lower}, nil
	}
	ascii, err := domainProfile.ToASCII(typed)
	if err != nil {
		return domain{}, errEmail
	}
	decoded, err := domainProfile.ToUnicode(ascii)
	if err != nil {
		return domain{}, errEmail
	}
	if again, err := domainProfile.ToASCII(decoded); err != nil || again != ascii {
		return domain{}, errEmail
	}
	return domain{ascii: ascii, unicode: decoded}, nil
}

// isEncoded reports whether the label is, or pretends to be, an A-label.
func isEncoded(label string) bool {
	return len(label) >= len(acePrefix) && strings.EqualFold(label[:len(acePrefix)], acePrefix)
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// capitalSharpS is a letter that UTS 46 has mapped to ss and, since Unicode 15.1, to
// ß: which domain it means depends on the reader.
const capitalSharpS = 'ẞ'

// notInDomain reports whether a domain cannot be typed with r. Dots and hyphens of
// other widths, soft hyphens and other marks that IDNA drops are refused, not mapped.
func notInDomain(r rune) bool { return r != '.' && notInLabel(r) || r == capitalSharpS }

// notInLabel reports whether r cannot be in a label. Categories are those of RFC
// 5892.
func notInLabel(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return !isAlphanumeric(r) && r != '-'
	case contextRules[r] != nil, r == zeroWidthNonJoiner, r == zeroWidthJoiner:
		return false
	}
	return unicode.Is(disallowed, r) || !unicode.In(r, unicode.L, unicode.Mn, unicode.Mc, unicode.Nd)
}

// The context rules for joiners are the profile's (RFC 5892, appendix A.1 and A.2).
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// disallowed are letters and marks that IDNA 2008 forbids although UTS 46 does not
// (RFC 5892, sections 2.6 and 2.9): tatweel, tone and repeat marks, and the parts of
// which Hangul syllables are made.
var disallowed = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0640, Hi: 0x0640, Stride: 1},
	{Lo: 0x07fa, Hi: 0x07fa, Stride: 1},
	{Lo: 0x1100, Hi: 0x11ff, Stride: 1},
	{Lo: 0x302e, Hi: 0x302f, Stride: 1},
	{Lo: 0x3031, Hi: 0x3035, Stride: 1},
	{Lo: 0x303b, Hi: 0x303b, Stride: 1},
	{Lo: 0xa960, Hi: 0xa97c, Stride: 1},
	{Lo: 0xd7b0, Hi: 0xd7fb, Stride: 1},
}}

// contextRules say where in a label a sign may be that is not a letter (RFC 5892,
// appendix A.3 to A.7).
var contextRules = map[rune]func(label []rune, at int) bool{
	'\u00b7': func(label []rune, at int) bool { return runeAt(label, at-1) == 'l' && runeAt(label, at+1) == 'l' }, // middle dot
	'\u0375': func(label []rune, at int) bool { return unicode.Is(unicode.Greek, runeAt(label, at+1)) },           // keraia
	'\u05f3': followsHebrew,                                                                                       // geresh
	'\u05f4': followsHebrew,                                                                                       // gershayim
	'\u30fb': func(label []rune, _ int) bool { return slices.ContainsFunc(label, isJapanese) },                    // katakana middle dot
}

func followsHebrew(label []rune, at int) bool { return unicode.Is(unicode.Hebrew, runeAt(label, at-1)) }

func isJapanese(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han) }

// runeAt returns 0 outside the label.
func runeAt(label []rune, at int) rune {
	if at < 0 || at >= len(label) {
		return 0
	}
	return label[at]
}

// validLabel reports whether a U-label, or one in ASCII, is good.
func validLabel(label string) bool {
	if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return false
	}
	runes := []rune(label)
	if !isASCII(label) && runeAt(runes, 2) == '-' && runeAt(runes, 3) == '-' { // reserved (RFC 5891, section 4.2.3.1)
		return false
	}
	for i, r := range runes {
		if rule := contextRules[r]; notInLabel(r) || rule != nil && !rule(runes, i) {
			return false
		}
	}
	return !mixesArabicDigits(label)
}

// mixesArabicDigits reports whether the label has both of the rows of digits that
// look the same (RFC 5892, appendix A.8 and A.9).
func mixesArabicDigits(label string) bool {
	has := func(first rune) bool {
		return strings.ContainsFunc(label, func(r rune) bool { return first <= r && r <= first+9 })
	}
	return has('\u0660') && has('\u06f0')
}

// validTopLevel requires two characters and a letter, so that no IP address is
// valid.
func validTopLevel(label string) bool {
	return utf8.RuneCountInString(label) >= 2 && strings.ContainsFunc(label, unicode.IsLetter)
}
