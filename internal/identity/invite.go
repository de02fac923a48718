package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
	"unicode"
)

// NewInviteCode returns a code of 100 random bits that people can read to each
// other: four groups of five characters, each A to Z or 2 to 7.
func NewInviteCode() string {
	return groupInviteCode(rand.Text()[:inviteLength]) // of 26 characters of base32
}

// DerivedInviteCode returns a code that is always the same for the invite's id and the
// operator's secret with the given id. So it can be shown again, though only its digest
// is stored. It returns an error if that secret is no longer in the list.
func (k *Keyring) DerivedInviteCode(secretID, inviteID string) (string, error) {
	key, err := k.Find(PurposeFirstInvite, secretID)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(inviteID))
	return groupInviteCode(base32.StdEncoding.EncodeToString(mac.Sum(nil))[:inviteLength]), nil
}

// Form of a code.
const (
	inviteGroup  = 5 // characters
	inviteLength = 4 * inviteGroup
	inviteBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// CanonicalInviteCode returns the form of a code whose digest is stored. It undoes what mails, notes
// and people do to codes: lower case, blanks, and other hyphens or none.
func CanonicalInviteCode(text string) string {
	bare := strings.Map(func(r rune) rune {
		if isSeparator(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, text)
	if len(bare) != inviteLength || strings.Trim(bare, inviteBase32) != "" {
		return strings.ToUpper(strings.TrimSpace(text)) // no code that NewInviteCode makes
	}
	return groupInviteCode(bare)
}

func groupInviteCode(bare string) string {
	groups := make([]string, 0, inviteLength/inviteGroup)
	for group := range slices.Chunk([]byte(bare), inviteGroup) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, "-")
}

// isSeparator reports whether r may stand between the characters of a code: a blank,
// a hyphen or dash of any kind, or a character that is not visible.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.Dash, unicode.Cf)
}

// MaskInviteCode returns the beginning of a code, for lists and audit events: a code
// that can still be used is a secret. 75 of its bits stay unknown.
func MaskInviteCode(code string) string {
	return strings.ToValidUTF8(code[:min(5, len(code))], "") + "…"
}
