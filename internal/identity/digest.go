package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Digest is the stored form of a secret that has to be recognized: an HMAC with
// SHA-256 under a key that is not in the database. A secret of 128 bits or more
// cannot be guessed, so no slow hash is needed.
type Digest struct {
	KeyID string // id of the operator's secret that made it
	Sum   string // in hexadecimal
}

// Digest returns the digest of text for the purpose.
func (k *Keyring) Digest(purpose Purpose, text string) Digest {
	id, key := k.Key(purpose)
	return Digest{KeyID: id, Sum: digest(key, text)}
}

// Digests returns the digest of text under each of the operator's secrets, in
// their order. If text is known, one of the digests is stored.
func (k *Keyring) Digests(purpose Purpose, text string) []Digest {
	list := make([]Digest, len(k.secrets))
	for i, s := range k.secrets {
		list[i] = Digest{KeyID: s.id, Sum: digest(s.keys[purpose], text)}
	}
	return list
}

// Matches reports whether d is the digest of text for the purpose. It takes the
// same time for every wrong text.
func (k *Keyring) Matches(purpose Purpose, d Digest, text string) bool {
	key, err := k.Find(purpose, d.KeyID)
	if err != nil { // the secret that made it has been dropped
		return false
	}
	return hmac.Equal([]byte(digest(key, text)), []byte(d.Sum))
}

func digest(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
