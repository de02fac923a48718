package identity

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
)

// Lengths of the parts of a one-time token, in bytes.
const (
	oneTimeID     = 16
	oneTimeSecret = 32
)

// NewOneTime returns a token for a mail link. Its first part finds the row that
// it belongs to, so that tries at the second part, of 256 random bits, can be
// counted there. Only a digest of the whole is kept.
func NewOneTime() (id, token string) {
	raw := make([]byte, oneTimeID+oneTimeSecret)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw[:oneTimeID]), base64.RawURLEncoding.EncodeToString(raw)
}

// ParseOneTime returns the id of the row that a token says it belongs to, or
// ErrToken where it has not the form of one.
func ParseOneTime(token string) (id string, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != oneTimeID+oneTimeSecret || base64.RawURLEncoding.EncodeToString(raw) != token {
		return "", ErrToken // the decoder skips line breaks, so that there would be two texts for one token
	}
	return hex.EncodeToString(raw[:oneTimeID]), nil
}
