package identity

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of RFC 5321 section 4.5.3.1, in bytes.
const (
	maxAddress = 254
	maxLocal   = 64
	maxLabel   = 63
)

var errEmail = errors.New("not an e-mail address")

// CheckEmail returns an error unless text is an e-mail address that both doors
// accept: a local part and a domain with a top-level domain, with non-ASCII
// characters allowed (RFC 6531). It refuses display names, comments, IP literals,
// control characters and surrounding blanks.
//
// The stored form must be a valid address as well: lower case makes some letters
// longer, and NFC turns the Greek question mark into a semicolon.
func CheckEmail(text string) error {
	if err := checkAddress(text); err != nil {
		return err
	}
	if stored := CanonicalEmail(text); stored != text {
		return checkAddress(stored)
	}
	return nil
}

func checkAddress(text string) error {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || len(text) > maxAddress || !utf8.ValidString(text) {
		return errEmail
	}
	local, domain := text[:at], text[at+1:]
	if len(local) > maxLocal || !(validDotAtom(local) || validQuoted(local)) || !validDomain(domain) {
		return errEmail
	}
	return nil
}

// CanonicalEmail returns the form in which an address is stored and compared:
// lower case, Unicode NFC.
func CanonicalEmail(text string) string {
	return norm.NFC.String(strings.ToLower(norm.NFC.String(text)))
}

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

func validDomain(domain string) bool {
	var last string
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || len(label) > maxLabel || strings.ContainsFunc(label, notLabel) ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		last = label
		labels++
	}
	return labels >= 2 && validTopLevel(last)
}

// validTopLevel requires two characters and a letter, so that no IP address is
// valid.
func validTopLevel(label string) bool {
	return utf8.RuneCountInString(label) >= 2 && strings.ContainsFunc(label, unicode.IsLetter)
}

func notLabel(r rune) bool {
	if r < utf8.RuneSelf {
		return !isAlphanumeric(r) && r != '-'
	}
	return !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// printable reports whether r is visible in an address. Control characters, blanks,
// the byte-order mark, direction marks and unassigned characters are not.
func printable(r rune) bool {
	return r != utf8.RuneError && unicode.IsGraphic(r) && !unicode.IsSpace(r)
}
