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

// Bounds of the bcrypt cost that a server may be set to.
const (
	MinCost = 10
	MaxCost = 15
)

// bcrypt reads 72 bytes and passwords may have 100 characters, so a password
// is folded to 44 bytes before it is hashed. The key is no secret: it keeps
// the folded form from being the plain SHA-256 that leaked tables elsewhere
// hold ("password shucking"). It must never change.
var foldKey = []byte("alta password v1")

// scheme stands before every hash made here and names how it was made.
const scheme = "nfc-hmac-sha256$"

// bcryptMax is how much of a password bcrypt reads.
const bcryptMax = 72

// hashPassword returns the form in which a password is stored.
func hashPassword(password string, cost int) (string, error) {
	hash, err := bcrypt.GenerateFromPassword(fold(password), cost)
	return scheme + string(hash), err
}

// verifyPassword reports whether password belongs to the stored hash, and
// whether the hash should be made anew: it is of another scheme or cost.
// Plain bcrypt hashes ($2a$, $2b$, $2y$) of other systems verify as those
// systems made them, over the first 72 bytes as sent.
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
		spend(actual, cost)
		return false, false, nil
	case err != nil:
		return false, false, fmt.Errorf("stored password hash: %w", err)
	}
	return true, !isFolded || actual != cost, nil
}

// verifyNobody spends the time that a wrong password for a known address
// costs.
func verifyNobody(cost int) { waste(cost) }

// spend brings a failed comparison at a lower cost than the server's to the
// time of one at the server's, so that the time does not tell which addresses
// have an old hash: 2^c + (2^c + 2^(c+1) + … + 2^(cost-1)) = 2^cost.
func spend(actual, cost int) {
	for c := actual; c < cost; c++ {
		waste(c)
	}
}

// waste compares with a well-formed hash that no password has.
func waste(cost int) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	encoded := base64.NewEncoding("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789").
		WithPadding(base64.NoPadding).EncodeToString(salt)
	hash := fmt.Sprintf("$2a$%02d$%s%s", cost, encoded, strings.Repeat(".", 31))
	_ = bcrypt.CompareHashAndPassword([]byte(hash), fold(encoded))
}

func fold(password string) []byte {
	mac := hmac.New(sha256.New, foldKey)
	mac.Write(norm.NFC.Bytes([]byte(password)))
	return base64.StdEncoding.AppendEncode(nil, mac.Sum(nil))
}

var bcryptHash = regexp.MustCompile(`^\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}$`)

// CheckHash reports whether stored is a hash that log-ins can verify, for
// imports of users of other systems.
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
