// Package redact takes secrets out of texts before they are logged. It knows a
// secret by its form, so that it is found wherever a client has put it: in a path, a
// query, a header or the text of an error.
package redact

import (
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"example.com/alta/internal/text"
)

// Mark stands in a text for the secret that was there.
const Mark = "redacted"

// Lengths, in characters, from which a word is a secret if it looks random. The
// shortest secret without a prefix of its own has 32 characters; identifiers of Go
// in stacks are long, too, but have no digits.
const (
	minMixed  = 24 // letters and digits
	minLonely = 44 // letters of both cases only
)

// Prefixes of secrets that are known from a few characters on.
const (
	prefixAPIKey = "alta_"
	prefixJWT    = "eyJ" // the beginning of an encoded JSON object (RFC 7519)
	minPrefixed  = 20
)

// invite matches invite codes: four groups of five characters. People write other
// hyphens, or none, or lower case.
var invite = regexp.MustCompile(`(?i)(^|%[0-9A-F]{2}|[^0-9A-Z_])([A-Z2-7]{5}(?:[-‐-―−_. ]?[A-Z2-7]{5}){3})\b`)

// Text returns the text with Mark in the place of each API key, JWT, one-time token,
// invite code, and other word that looks like a random secret. UUIDs stay: they
// are the ids by which people look for an entry.
func Text(value string) string {
	if len(value) < minPrefixed || isUUID(value) {
		return value
	}
	return redactInvites(redactWords(value))
}

// redactWords replaces words that are secrets.
func redactWords(text string) string {
	var b strings.Builder
	kept := 0 // the text before it is in b, once something was replaced
	for start := 0; start < len(text); {
		if skip := separatorLength(text[start:]); skip > 0 {
			start += skip
			continue
		}
		end := start + wordLength(text[start:])
		if isSecret(text[start:end]) {
			b.WriteString(text[kept:start] + Mark)
			kept = end
		}
		start = end
	}
	if kept == 0 {
		return text
	}
	return b.String() + text[kept:]
}

// separatorLength returns the length of the byte, or of the escape of a URL, with which
// the text begins. It is 0 if the text begins with a word.
func separatorLength(text string) int {
	if text[0] == '%' && escape.MatchString(text) {
		return len("%2F")
	}
	if isWordByte(text[0]) {
		return 0
	}
	return 1
}

// escape matches an encoded byte of a URL (RFC 3986, section 2.1).
var escape = regexp.MustCompile(`^%[0-9A-Fa-f]{2}`)

// wordLength returns the length of the word that the text begins with. The parts of a
// JWT are one word.
func wordLength(text string) int {
	isJWT := strings.HasPrefix(text, prefixJWT)
	for i := range len(text) {
		c := text[i]
		if !isWordByte(c) && (!isJWT || c != '.') {
			return i
		}
	}
	return len(text)
}

// isWordByte reports whether c is in the alphabet of base64url (RFC 4648), which has
// those of base62, base32 and hexadecimal digits.
func isWordByte(c byte) bool { return isLower(c) || isUpper(c) || isDigit(c) || c == '-' || c == '_' }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isSecret reports whether a word has the form of a secret.
func isSecret(word string) bool {
	if len(word) < minPrefixed {
		return false
	}
	if strings.HasPrefix(word, prefixJWT) || strings.Contains(word, prefixAPIKey) {
		return true
	}
	if len(word) < minMixed || isUUID(word) {
		return false
	}
	lower, upper, digits := 0, 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case isLower(c):
			lower++
		case isUpper(c):
			upper++
		case isDigit(c):
			digits++
		}
	}
	if digits == 0 {
		return len(word) >= minLonely && lower > 0 && upper > 0
	}
	return lower+upper > 0 && !isDated(word)
}

// isUUID reports whether the text is a UUID in its usual form.
func isUUID(text string) bool {
	return len(text) == len(uuid.Nil.String()) && uuid.Validate(text) == nil
}

// isDated reports whether the digits of a word are at one of its ends, as in a name
// with a number or a date: 20260304-nightly-backup-of-accounts.
func isDated(word string) bool {
	name := strings.Trim(word, "0123456789-_")
	return len(name) < len(word) && !strings.ContainsAny(name, "0123456789") && (name == strings.ToLower(name) || name == strings.ToUpper(name)) &&
		strings.ContainsAny(name, "-_")
}

// redactInvites replaces invite codes. Four words of a sentence may have five letters
// each, so letters alone count only with hyphens.
func redactInvites(text string) string {
	if !mayHaveInvite(text) {
		return text
	}
	return invite.ReplaceAllStringFunc(text, func(found string) string {
		parts := invite.FindStringSubmatch(found)
		before, code := parts[1], parts[2]
		if !strings.ContainsAny(code, "234567-‐‑‒–—―−") {
			return found
		}
		return before + Mark
	})
}

// inviteLength is the number of characters of an invite code, without hyphens.
const inviteLength = 20

// mayHaveInvite reports whether the text has as many characters of an invite code in a
// row, with hyphens or other separators in between. It is much faster than the
// expression.
func mayHaveInvite(text string) bool {
	row := 0
	for i := range len(text) {
		switch c := text[i]; {
		case isLower(c), isUpper(c), '2' <= c && c <= '7':
			if row++; row == inviteLength {
				return true
			}
		case c == '-', c == '_', c == '.', c == ' ', c >= 0x80:
		default:
			row = 0
		}
	}
	return false
}

// logged returns the text as it is logged: without secrets, and without characters
// that a terminal would obey, except line breaks and tabs, which logs escape or
// stacks need.
func logged(value string) slog.Value {
	if isPlain(value) {
		return slog.StringValue(Text(value))
	}
	lines := strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\t' })
	if !slices.ContainsFunc(lines, func(line string) bool { return !text.IsLine(line) }) {
		return slog.StringValue(Text(value))
	}
	return slog.StringValue(Text(text.Printable(value)))
}

// isPlain reports whether the text has printable ASCII characters alone, as nearly all
// have that are logged.
func isPlain(value string) bool {
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}

// Attr redacts the value of a log's attribute, as slog.HandlerOptions.ReplaceAttr.
// Errors and other values are redacted in the form in which they are written.
func Attr(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = logged(a.Value.String())
	case slog.KindAny:
		switch value := a.Value.Any().(type) {
		case error:
			a.Value = logged(value.Error())
		case fmt.Stringer:
			a.Value = logged(value.String())
		case []byte:
			a.Value = logged(string(value))
		}
	}
	return a
}
