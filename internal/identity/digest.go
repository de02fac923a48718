package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Digest is what is stored of a secret that has to be recognized: an HMAC with
// SHA-256 under a key that the database does not hold. The secret of 128 bits
// or more has nothing to be guessed by, so no slow hash is needed.
type Digest struct {
	KeyID string // which of the operator's secrets made it
	Sum   string // in hexadecimal
}

// Digest returns the digest of text for the purpose.
func (k *Keyring) Digest(purpose Purpose, text string) Digest {
	id, key := k.Key(purpose)
	return Digest{id, digest(key, text)}
}

// Digests returns the digest of text under each of the operator's secrets, the
// first one's first: one of them is stored, if text is known.
func (k *Keyring) Digests(purpose Purpose, text string) []Digest {
	list := make([]Digest, len(k.secrets))
	for i, s := range k.secrets {
		list[i] = Digest{s.id, digest(s.keys[purpose], text)}
	}
	return list
}

// Matches reports whether text is what d was made of, for the purpose. It takes
// the same time whatever part of it is wrong.
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
