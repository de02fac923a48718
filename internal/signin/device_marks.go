package signin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/identity"
	"example.com/alta/repo"
)

// DeviceLife is how long the mark of a browser that has logged in is valid.
const DeviceLife = 365 * 24 * time.Hour

// deviceMarks marks browsers that have logged in. A mark is a JWT in the browser's
// cookie, which names the user, and is valid while the database has its id: not
// beyond the user.
type deviceMarks struct {
	tokens *identity.Tokens
	now    func() time.Time
}

// markReader looks up marks: a *repo.Repo or a *repo.Tx.
type markReader interface {
	HasDeviceMark(ctx context.Context, id, email string, at time.Time) (bool, error)
}

// find returns the id of the mark, if it is a valid mark of the user who has the
// address, and otherwise "". Marks of earlier releases name the address instead of
// the user; the row decides. It returns the error of the database, if any.
func (m *deviceMarks) find(ctx context.Context, r markReader, email, mark string) (id string, err error) {
	claims, err := m.tokens.Parse(identity.PurposeDevice, mark)
	if err != nil {
		return "", nil
	}
	known, err := r.HasDeviceMark(ctx, claims.ID, email, m.now())
	if err != nil || !known {
		return "", err
	}
	return claims.ID, nil
}

// renew returns a mark for the browser of the user, who must be locked: the
// browser's own for DeviceLife from now on if it has a valid one, otherwise a new
// one. It ends the oldest marks beyond the bound: each mark allows guesses of its own.
// known reports whether the browser had a mark.
func (m *deviceMarks) renew(ctx context.Context, tx *repo.Tx, user repo.User, mark string) (renewed string, known bool, err error) {
	id, err := m.find(ctx, tx, user.Email, mark)
	if err != nil {
		return "", false, err
	}
	if known = id != ""; !known {
		id = uuid.NewString()
	}
	if err := tx.KeepDeviceMark(ctx, repo.DeviceMark{ID: id, UserID: user.ID}, DeviceLife, bounds.Devices); err != nil {
		return "", known, err
	}
	renewed, err = m.tokens.Sign(identity.PurposeDevice, identity.Claims{UserID: user.ID.String(), ID: id}, DeviceLife)
	return renewed, known, err
}
