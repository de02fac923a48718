package signin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// errHashChanged is the error of a password whose hash has changed since it was
// looked at.
var errHashChanged = errors.New("the password's hash has changed since it was looked at")

const (
	// DeviceLife is how long a browser that has logged in is known by its mark.
	DeviceLife = 365 * 24 * time.Hour

	// deviceLimit is how many sessions a user has at the API door.
	deviceLimit = 2
)

// Credentials are what somebody logs in with.
type Credentials struct {
	Door     repo.Door
	Email    string
	Password string
	Device   string // mark of an earlier log-in by the same browser; "" without one
}

// Session is a session that has just been opened.
type Session struct {
	User   repo.User
	Token  string // JWT, valid for the service's SessionTTL
	Device string // mark of the browser, valid for DeviceLife
}

// LogIn checks an address and a password, for either door, and opens a session.
// Known and unknown addresses cost the same and write the same. Its errors are
// problem.ErrCredentials, problem.ErrLocked, problem.ErrSuspended,
// problem.ErrUnverified and the hasher's.
func (s *Service) LogIn(ctx context.Context, by By, c Credentials) (Session, error) {
	a, err := s.admitAttempt(ctx, attempt{by: by, email: identity.CanonicalEmail(c.Email), device: c.Device})
	if err != nil {
		return Session{}, err
	}
	defer a.done()
	for {
		user, stored, err := s.checkPassword(ctx, a, c.Password)
		if err != nil {
			return Session{}, err
		}
		session, err := s.finishAttempt(ctx, a, user.ID, stored, c.Door)
		if !errors.Is(err, errHashChanged) { // else it was renewed by another log-in, or reset: it is checked again
			return session, err
		}
	}
}

// checkPassword returns the user whose password it is and who may log in, and the
// hash that the password was found to match. Its errors are those of LogIn.
func (s *Service) checkPassword(ctx context.Context, a attempt, password string) (user repo.User, stored string, err error) {
	user, err = s.repo.UserByEmail(ctx, a.email)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return repo.User{}, "", errors.Join(err, s.cancelAttempt(ctx, a))
	}
	if user.PasswordHash != nil {
		stored = *user.PasswordHash
	}
	ok, renew, err := s.hasher.Verify(ctx, stored, password)
	switch {
	case err != nil: // nothing was learned, so nothing is held against the address
		return repo.User{}, "", errors.Join(err, s.cancelAttempt(ctx, a))
	case !ok:
		return repo.User{}, "", s.failAttempt(ctx, a, user)
	case !user.IsActive:
		return repo.User{}, "", s.rejectLogin(ctx, a, user, problem.ErrSuspended, nil)
	case user.MustVerify():
		return repo.User{}, "", s.rejectUnverified(ctx, a, user)
	}
	if renew {
		stored = s.renewHash(ctx, a.by, user.ID, stored, password)
	}
	return user, stored, nil
}

// renewHash replaces a hash of another scheme or cost and returns the one that is
// stored then. A failure does no harm: the old hash is good, and the next log-in
// tries again.
func (s *Service) renewHash(ctx context.Context, by By, id uuid.UUID, old, password string) (stored string) {
	hash, err := s.hasher.Hash(ctx, password)
	if err == nil {
		err = s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.ReplacePasswordHash(ctx, id, old, hash) })
	}
	if err != nil {
		s.log.Warn("could not renew a password hash", "request_id", by.RequestID, "error", err)
		return old
	}
	return hash
}

// OpenSession adds a session to the transaction. At the API door it ends those
// beyond the limit: the user has to be locked.
func (s *Service) OpenSession(ctx context.Context, tx *repo.Tx, by By, user repo.User, door repo.Door) (opened Session, err error) {
	session := repo.Session{ID: uuid.New(), UserID: user.ID, Door: door, UserAgent: by.UserAgent, Address: by.Address}
	if err := tx.CreateSession(ctx, session, s.sessionTTL); err != nil {
		return opened, err
	}
	if door == repo.DoorAPI {
		if err := tx.EndOldSessions(ctx, session, deviceLimit); err != nil {
			return opened, err
		}
	}
	claims := identity.Claims{UserID: user.ID.String(), Email: user.Email, Role: user.Role, ID: session.ID.String()}
	opened.User = user
	if opened.Token, err = s.tokens.Sign(identity.PurposeSession, claims, s.sessionTTL); err != nil {
		return opened, err
	}
	device := identity.Claims{UserID: s.keys.Pseudonym(user.Email), ID: uuid.NewString()}
	opened.Device, err = s.tokens.Sign(identity.PurposeDevice, device, DeviceLife)
	return opened, err
}

// EndSession ends a session of the owner's; kind is that of the audit event. Its
// error is problem.ErrSessionNotFound.
func (s *Service) EndSession(ctx context.Context, by By, owner, id uuid.UUID, kind string) error {
	event := by.Event(kind, &owner)
	event.Detail = "session " + id.String()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.EndSession(ctx, owner, id); err != nil {
			return err
		}
		return tx.Audit(ctx, event)
	})
	return problem.IfNotFound(err, problem.ErrSessionNotFound)
}
