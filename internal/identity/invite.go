package identity

import (
	"crypto/rand"
	"strings"
)

// NewInviteCode returns a code of 100 random bits that people can read to each
// other: four groups of five characters, each A to Z or 2 to 7.
func NewInviteCode() string {
	text := rand.Text() // 26 characters of base32
	return strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
}

// CanonicalInviteCode returns the stored form of a code. It undoes lower case and
// surrounding blanks, which codes get in mails and notes.
func CanonicalInviteCode(text string) string {
	return strings.ToUpper(strings.TrimSpace(text))
}

// MaskInviteCode returns the beginning of a code, for audit events: a code that
// can still be used is a secret.
func MaskInviteCode(code string) string {
	return strings.ToValidUTF8(code[:min(5, len(code))], "") + "…"
}
