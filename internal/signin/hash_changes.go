package signin

import (
	"errors"

	"example.com/alta/repo"
)

// errHashChanged says that the password's hash has changed since the password was
// checked.
var errHashChanged = errors.New("the password's hash has changed since the check")

// hasHash reports whether the hash is still the user's.
func hasHash(user repo.User, hash string) bool {
	return user.PasswordHash != nil && *user.PasswordHash == hash
}

// untilHashStays runs do until its error is not errHashChanged, and returns that
// error.
func untilHashStays(do func() error) error {
	for {
		if err := do(); !errors.Is(err, errHashChanged) {
			return err
		}
	}
}
