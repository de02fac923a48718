package identity

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.com/alta/internal/text"
)

// Limits of RFC 5321 section 4.5.3.1, in bytes.
const (
	maxAddress = 254
	maxLocal   = 64
)

var errEmail = errors.New("not an e-mail address")

// CheckEmail returns an error unless text is an e-mail address that both doors
// accept: a local part and a domain with a top-level domain, with non-ASCII
// characters allowed (RFC 6531). It refuses display names, comments, IP literals,
// control characters and surrounding blanks, and domains that IDNA forbids. The
// canonical and the displayed form must keep the limits as well.
func CheckEmail(text string) error {
	_, err := parseEmail(text)
	return err
}

// CanonicalEmail returns the form in which an address is compared, and to which
// mail is sent. All spellings of one mailbox have the same: the local part in lower
// case and Unicode NFC, and without quotes unless it needs them; the domain in ASCII
// (A-labels). Of a text that CheckEmail refuses, only the case is folded.
func CanonicalEmail(text string) string {
	e, err := parseEmail(text)
	if err != nil {
		return foldAddress(text)
	}
	return e.canonical
}

// DisplayEmail returns the form in which an address is shown to people: as it was
// typed, in lower case and Unicode NFC. Its canonical form is that of text.
func DisplayEmail(text string) string {
	e, err := parseEmail(text)
	if err != nil {
		return foldAddress(text)
	}
	return e.display
}

// EmailSpellings returns the canonical form, and the form with the domain in
// Unicode if that is another one. Before there was a canonical form, addresses were
// compared as they were typed.
func EmailSpellings(text string) []string {
	e, err := parseEmail(text)
	switch {
	case err != nil:
		return []string{foldAddress(text)}
	case e.unicode == e.canonical:
		return []string{e.canonical}
	}
	return []string{e.canonical, e.unicode}
}

// email has the forms of one address.
type email struct {
	canonical string
	display   string
	unicode   string // canonical, with the domain in Unicode
}

func parseEmail(text string) (email, error) {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || len(text) > maxAddress || !utf8.ValidString(text) {
		return email{}, errEmail
	}
	typed, local := text[:at], foldAddress(text[:at])
	// Lower case makes some letters longer, and NFC turns the Greek question mark
	// into a semicolon.
	if !validLocal(typed) || !validLocal(local) {
		return email{}, errEmail
	}
	d, err := parseDomain(text[at+1:])
	if err != nil {
		return email{}, err
	}
	plain := minimallyQuoted(local)
	e := email{canonical: plain + "@" + d.ascii, display: local + "@" + d.display, unicode: plain + "@" + d.unicode}
	if len(e.canonical) > maxAddress || len(e.display) > maxAddress {
		return email{}, errEmail
	}
	return e, nil
}

// foldAddress returns text in lower case and Unicode NFC.
func foldAddress(text string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(text)))
}

func validLocal(local string) bool {
	return len(local) <= maxLocal && text.IsLine(local) && (validDotAtom(local) || validQuoted(local))
}

// minimallyQuoted returns a valid local part with the fewest quotes and backslashes
// (RFC 5321, section 4.1.2), which mean nothing: "a\b"@example.com is
// ab@example.com.
func minimallyQuoted(local string) string {
	if local[0] != '"' {
		return local
	}
	var content strings.Builder
	escaped := false
	for _, r := range local[1 : len(local)-1] {
		if escaped = r == '\\' && !escaped; !escaped {
			content.WriteRune(r)
		}
	}
	if plain := content.String(); validDotAtom(plain) {
		return plain
	}
	return `"` + quoter.Replace(content.String()) + `"`
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func validDotAtom(local string) bool {
	for part := range strings.SplitSeq(local, ".") {
		if part == "" || strings.ContainsFunc(part, notAtom) {
			return false
		}
	}
	return true
}

// notAtom reports whether an atom cannot contain r (RFC 5322, section 3.2.3; RFC
// 6531 allows every printable character beyond ASCII).
func notAtom(r rune) bool {
	if r < utf8.RuneSelf {
		return !isAlphanumeric(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	}
	return !printable(r)
}

func validQuoted(local string) bool {
	if len(local) < 3 || local[0] != '"' || local[len(local)-1] != '"' {
		return false
	}
	escaped := false
	for _, r := range local[1 : len(local)-1] {
		switch {
		case !printable(r) && r != ' ':
			return false
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			return false
		}
	}
	return !escaped
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// printable reports whether r is visible in an address. Control characters, blanks,
// the byte-order mark, direction marks and unassigned characters are not.
func printable(r rune) bool {
	return r != utf8.RuneError && unicode.IsGraphic(r) && !unicode.IsSpace(r)
}
