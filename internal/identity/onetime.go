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

// NewOneTime returns a token for a link in a mail, and its id. The first part of
// the token is the id of its row, in which attempts to guess the second part, of
// 256 random bits, are counted. Only a digest of the token is stored.
func NewOneTime() (id, token string) {
	raw := make([]byte, oneTimeID+oneTimeSecret)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw[:oneTimeID]), base64.RawURLEncoding.EncodeToString(raw)
}

// ParseOneTime returns the id in a token. If the text does not have the form of a
// token, the error is ErrToken.
func ParseOneTime(token string) (id string, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != oneTimeID+oneTimeSecret || base64.RawURLEncoding.EncodeToString(raw) != token {
		return "", ErrToken // the decoder skips line breaks, which would give a token a second text
	}
	return hex.EncodeToString(raw[:oneTimeID]), nil
}
