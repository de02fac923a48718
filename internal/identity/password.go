package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"golang.org/x/text/unicode/norm"
)

// Bounds of the setting for the bcrypt cost.
const (
	MinCost = 10
	MaxCost = 15
)

// bcrypt reads 72 bytes, and passwords may have 100 characters. Therefore a
// password is folded to 44 bytes before it is hashed. The key is not a secret: it
// makes the folded form differ from the plain SHA-256 in leaked tables of other
// systems ("password shucking"). It must never change.
var foldKey = []byte("alta password v1")

// scheme is the prefix of every hash made here. It names the method.
const scheme = "nfc-hmac-sha256$"

// bcryptMax is the number of bytes of a password that bcrypt reads.
const bcryptMax = 72

// hashPassword returns the stored form of a password.
func hashPassword(password string, cost int) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(fold(password), cost)
	return scheme + string(hash), err
}

// verifyPassword reports whether password matches the stored hash, and whether the
// hash should be renewed because its scheme or cost differs. Plain bcrypt hashes
// of other systems ($2a$, $2b$, $2y$) are verified as those systems made them: over
// the first 72 bytes, without folding.
func verifyPassword(stored, password string, cost int) (ok, renew bool, err error) {
	hash, isFolded := strings.CutPrefix(stored, scheme)
	input := []byte(password)
	if isFolded {
		input = fold(password)
	} else if len(input) > bcryptMax {
		input = input[:bcryptMax]
	}
	actual, err := bcrypt.Cost([]byte(hash))
	if err != nil {
		return false, false, fmt.Errorf("stored password hash: %w", err)
	}
	err = bcrypt.CompareHashAndPassword([]byte(hash), input)
	switch {
	case errors.Is(err, bcrypt.ErrMismatchedHashAndPassword):
		equalizeTime(actual, cost)
		return false, false, nil
	case err != nil:
		return false, false, fmt.Errorf("stored password hash: %w", err)
	}
	return true, !isFolded || actual != cost, nil
}

// verifyWithoutHash takes as long as a wrong password for a known address.
func verifyWithoutHash(cost int) { compareDummy(cost) }

// equalizeTime follows a failed comparison at a lower cost than the server's. It
// makes up the time of a comparison at the server's cost, so that the time does not
// reveal which addresses have an old hash:
// 2^c + (2^c + 2^(c+1) + … + 2^(cost-1)) = 2^cost.
func equalizeTime(actual, cost int) {
	for c := actual; c < cost; c++ {
		compareDummy(c)
	}
}

// compareDummy compares with a well-formed hash that matches no password.
func compareDummy(cost int) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	encoded := base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").
		WithPadding(base64.NoPadding).EncodeToString(salt)
	hash := fmt.Sprintf("$2a$%02d$%s%s", cost, encoded, strings.Repeat(".", 31))
	_ = bcrypt.CompareHashAndPassword([]byte(hash), fold(encoded))
}

// fold returns the input of bcrypt for a password.
func fold(password string) []byte {
	mac := hmac.New(sha256.New, foldKey)
	mac.Write(norm.NFC.Bytes([]byte(password)))
	return base64.StdEncoding.AppendEncode(nil, mac.Sum(nil))
}

var bcryptHash = regexp.MustCompile(`^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`)

// CheckHash returns an error unless stored is a hash that log-ins can verify. It is
// for imports of users from other systems.
func CheckHash(stored string) error {
	hash, _ := strings.CutPrefix(stored, scheme)
	cost, err := bcrypt.Cost([]byte(hash))
	if err != nil || !bcryptHash.MatchString(hash) {
		return errors.New("not a bcrypt hash ($2a$, $2b$ or $2y$)")
	}
	if cost > MaxCost {
		return fmt.Errorf("bcrypt cost %d is above %d", cost, MaxCost)
	}
	return nil
}
