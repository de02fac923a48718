package identity

import (
	"crypto/rand"
	"strings"
)

// NewInviteCode returns a code of 100 random bits in a form that people can
// read to each other: four groups of five of A to Z and 2 to 7.
func NewInviteCode() string {
	text := rand.Text() // 26 characters of base32
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
}

// CanonicalInviteCode returns the form in which a code is stored: what people
// do to codes in mails and notes (lower case, blanks around) is undone.
func CanonicalInviteCode(text string) string {
	return strings.ToUpper(strings.TrimSpace(text))
}

// MaskInviteCode returns what audit events show of a code: one that has uses
// left is a secret.
func MaskInviteCode(code string) string {
	return strings.ToValidUTF8(code[:min(5, len(code))], "") + "…"
}
