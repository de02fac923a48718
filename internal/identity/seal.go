package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"strings"
)

var errSealed = errors.New("not sealed for this purpose and place, or damaged")

// Seal encrypts text for the purpose (AES-256-GCM with a random nonce) and binds it
// to a place, such as the id of its row. Open refuses it for any other place.
func (k *Keyring) Seal(purpose Purpose, place, text string) string {
	id, key := k.Key(purpose)
	box := newAEAD(key).Seal(nil, nil, []byte(text), []byte(place))
	return id + "." + base64.RawStdEncoding.EncodeToString(box)
}

// Open returns the text that was sealed for the purpose and the place. It returns
// an error if the text was not, or if its secret is no longer in the list.
func (k *Keyring) Open(purpose Purpose, place, sealed string) (string, error) {
	id, box, _ := strings.Cut(sealed, ".")
	key, err := k.Find(purpose, id)
	if err != nil {
		return "", err
	}
	raw, err := base64.RawStdEncoding.DecodeString(box)
	if err != nil {
		return "", errSealed
	}
	text, err := newAEAD(key).Open(nil, nil, raw, []byte(place))
	if err != nil {
		return "", errSealed
	}
	return string(text), nil
}

func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil { // the key has the wrong length
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}
