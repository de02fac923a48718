package signin

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

const (
	// DeviceLife is how long the mark of a browser that has logged in is valid.
	DeviceLife = 365 * 24 * time.Hour

	// maxDevices is the largest number of browsers of a user that have marks. Each
	// mark allows guesses of its own.
	maxDevices = 10
)

// deviceMarks marks browsers that have logged in. A mark is a JWT in the browser's
// cookie, which names an address by its pseudonym, and is valid while the database
// has its id.
type deviceMarks struct {
	keys   *identity.Keyring
	tokens *identity.Tokens
	now    func() time.Time
}

// markReader looks up users and marks: a *repo.Repo or a *repo.Tx.
type markReader interface {
	UserByEmail(ctx context.Context, email string) (repo.User, error)
	HasDeviceMark(ctx context.Context, m repo.DeviceMark, at time.Time) (bool, error)
}

// find returns the id of the mark, if it is a valid mark for the address, and
// otherwise "". It returns the error of the database, if any.
func (m *deviceMarks) find(ctx context.Context, r markReader, email, mark string) (id string, err error) {
	claims, err := m.tokens.Parse(identity.PurposeDevice, mark)
	if err != nil || !slices.Contains(m.keys.Pseudonyms(email), claims.UserID) {
		return "", nil
	}
	user, err := r.UserByEmail(ctx, email)
	if errors.Is(err, repo.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	known, err := r.HasDeviceMark(ctx, repo.DeviceMark{ID: claims.ID, UserID: user.ID}, m.now())
	if err != nil || !known {
		return "", err
	}
	return claims.ID, nil
}

// renew returns a mark for the browser of the user, who must be locked: the
// browser's own for DeviceLife from now on if it has a valid one, otherwise a new
// one. It ends the oldest marks beyond the limit.
func (m *deviceMarks) renew(ctx context.Context, tx *repo.Tx, user repo.User, mark string) (renewed string, err error) {
	id, err := m.find(ctx, tx, user.Email, mark)
	if err != nil {
		return "", err
	}
	if id == "" {
		id = uuid.NewString()
	}
	if err := tx.KeepDeviceMark(ctx, repo.DeviceMark{ID: id, UserID: user.ID}, DeviceLife, maxDevices); err != nil {
		return "", err
	}
	return m.tokens.Sign(identity.PurposeDevice, identity.Claims{UserID: m.keys.Pseudonym(user.Email), ID: id}, DeviceLife)
}
