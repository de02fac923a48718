package identity

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// MinSecret is the minimum length of a secret, in bytes.
const MinSecret = 32

// Purpose is the purpose of a derived key, and of tokens made with it. A key of one
// purpose cannot be used for another.
type Purpose string

// Purposes of derived keys.
const (
	PurposeSession Purpose = "session"  // JWTs of sessions
	PurposeInvite  Purpose = "invite"   // JWTs of redeemed invites
	PurposeDevice  Purpose = "device"   // cookies that mark a device as known
	PurposeAddress Purpose = "address"  // pseudonyms of e-mail addresses
	PurposeAPIKey  Purpose = "api-key"  // digests of API keys
	PurposeMailbox Purpose = "mailbox"  // digests of addresses that got mails; no other row has them
	PurposeOneTime Purpose = "one-time" // digests of the tokens in mail links
	PurposeOutbox  Purpose = "outbox"   // encryption of mails that wait to be sent

	PurposeInviteCode  Purpose = "invite code"  // digests of the codes of invites
	PurposeFirstInvite Purpose = "first invite" // the codes that DerivedInviteCode returns
	PurposeNotice      Purpose = "notice"       // digests of the addresses and programs that notices are about

	PurposeFingerprint Purpose = "fingerprint" // digests of requests with an Idempotency-Key
	PurposeAnswer      Purpose = "answer"      // encryption of the responses to them

	PurposeTag Purpose = "entity tag" // digests of resources, which are their entity tags

	PurposeState    Purpose = "sign-in state"    // digests of pending sign-ins with an issuer
	PurposeVerifier Purpose = "sign-in verifier" // encryption of the secrets that finish them
)

var purposes = []Purpose{
	PurposeSession, PurposeInvite, PurposeDevice, PurposeAddress, PurposeAPIKey, PurposeOneTime, PurposeOutbox,
	PurposeFingerprint, PurposeAnswer, PurposeTag, PurposeState, PurposeVerifier, PurposeMailbox, PurposeNotice,
	PurposeInviteCode, PurposeFirstInvite,
}

// Keyring derives a key for each purpose from each of the operator's secrets (HKDF
// with SHA-256, RFC 5869). The first secret makes new signatures. All of them
// verify, so that the operator can replace a secret without ending every session.
type Keyring struct{ secrets []secret }

// secret has the keys of one of the operator's secrets. Tokens refer to it by its
// id.
type secret struct {
	id   string
	keys map[Purpose][]byte
}

// ParseKeyring reads a comma-separated list of secrets. It returns an error if the
// list is empty or a secret is shorter than MinSecret bytes. The error does not
// quote the secret.
func ParseKeyring(list string) (*Keyring, error) {
	k := &Keyring{}
	for i, text := range strings.Split(list, ",") {
		text = strings.TrimSpace(text)
		if len(text) < MinSecret {
			return nil, fmt.Errorf("secret %d of the list has %d bytes; each takes at least %d", i+1, len(text), MinSecret)
		}
		s := secret{id: hex.EncodeToString(derive(text, "key-id")[:4]), keys: map[Purpose][]byte{}}
		for _, purpose := range purposes {
			s.keys[purpose] = derive(text, purpose)
		}
		k.secrets = append(k.secrets, s)
	}
	return k, nil
}

// Key returns the 32-byte key that makes new signatures for the purpose, and
// the id under which Find returns it.
func (k *Keyring) Key(purpose Purpose) (id string, key []byte) {
	key = k.secrets[0].keys[purpose]
	if key == nil {
		panic("identity: the purpose " + purpose + " is not in purposes") // otherwise it would sign with an empty key
	}
	return k.secrets[0].id, key
}

var errUnknownKey = errors.New("unknown key id")

// Find returns the key for the purpose from the secret with the given id. It
// returns an error if that secret is no longer in the list.
func (k *Keyring) Find(purpose Purpose, id string) ([]byte, error) {
	for _, s := range k.secrets {
		if key := s.keys[purpose]; s.id == id && key != nil {
			return key, nil
		}
	}
	return nil, errUnknownKey
}

// Pseudonym returns a stable name for an e-mail address that does not reveal it. It
// is stored in place of addresses that belong to no user.
func (k *Keyring) Pseudonym(email string) string { return k.secrets[0].pseudonym(email) }

// Pseudonyms returns the name under each of the secrets, in their order. Older
// rows may have a name under a secret that has been replaced.
func (k *Keyring) Pseudonyms(email string) []string {
	list := make([]string, len(k.secrets))
	for i, s := range k.secrets {
		list[i] = s.pseudonym(email)
	}
	return list
}

func (s secret) pseudonym(email string) string {
	mac := hmac.New(sha256.New, s.keys[PurposeAddress])
	mac.Write([]byte(email))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func derive(secret string, purpose Purpose) []byte {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "alta "+string(purpose), sha256.Size)
	if err != nil { // HKDF fails only for a length that is too large
		panic(err)
	}
	return key
}
