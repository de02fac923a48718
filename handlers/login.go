package handlers

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

var (
	errHashChanged = errors.New("the password's hash has changed since it was looked at")
)

const (
	// deviceLife is how long a browser that has logged in is known by.
	deviceLife = 365 * 24 * time.Hour

	// deviceLimit is how many sessions a user has at the API door.
	deviceLimit = 2
)

// logIn checks an address and a password, for either door, and returns the
// user and the token of a new session. Known and unknown addresses cost the
// same and write the same. Its errors are problem.ErrCredentials, problem.ErrLocked (wrapped
// in a retryLater), problem.ErrSuspended, problem.ErrUnverified and the hasher's.
func (s *Server) logIn(ctx context.Context, door repo.Door, email, password string) (repo.User, string, error) {
	email = identity.CanonicalEmail(email)
	a, err := s.beginAttempt(ctx, email)
	if err != nil {
		return repo.User{}, "", err
	}
	defer a.decided()
	for {
		user, stored, err := s.checkPassword(ctx, a, password)
		if err != nil {
			return repo.User{}, "", err
		}
		token, err := s.finishAttempt(ctx, a, user.ID, stored, door)
		if errors.Is(err, errHashChanged) {
			continue // by another log-in that renewed it, or by a reset: it is looked at again
		}
		if err != nil {
			return repo.User{}, "", err
		}
		return user, token, s.giveCookies(stage.From(ctx), user, token)
	}
}

// checkPassword returns the user whose password it is and may log in, and the
// hash that it was found to match. Its errors are those of logIn.
func (s *Server) checkPassword(ctx context.Context, a attempt, password string) (user repo.User, stored string, err error) {
	user, err = s.Repo.UserByEmail(ctx, a.email)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return repo.User{}, "", errors.Join(err, s.withdraw(ctx, a))
	}
	if user.PasswordHash != nil {
		stored = *user.PasswordHash
	}
	ok, renew, err := s.Hasher.Verify(ctx, stored, password)
	switch {
	case err != nil: // nothing was learned, so nothing is held against the address
		return repo.User{}, "", errors.Join(err, s.withdraw(ctx, a))
	case !ok:
		return repo.User{}, "", s.failAttempt(ctx, a, user)
	case !user.IsActive:
		return repo.User{}, "", s.refuse(ctx, a, user, problem.ErrSuspended, nil)
	case user.MustVerify():
		return repo.User{}, "", s.refuseUnverified(ctx, a, user)
	}
	if renew {
		stored = s.renewHash(ctx, user.ID, stored, password)
	}
	return user, stored, nil
}

// renewHash replaces a hash of another scheme or cost and returns the one that
// is stored then. That it may fail is no matter: the old one is good, and the
// next log-in tries again.
func (s *Server) renewHash(ctx context.Context, id uuid.UUID, old, password string) (stored string) {
	hash, err := s.Hasher.Hash(ctx, password)
	if err == nil {
		err = s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.ReplacePasswordHash(ctx, id, old, hash) })
	}
	if err != nil {
		s.Log.Warn("could not renew a password hash", "request_id", stage.From(ctx).ID, "error", err)
		return old
	}
	return hash
}

// openSession adds a session to the transaction and returns its token. At the
// API door it ends those beyond the limit: the user has to be locked.
func (s *Server) openSession(ctx context.Context, tx *repo.Tx, user repo.User, door repo.Door) (string, error) {
	call := stage.From(ctx)
	session := repo.Session{ID: uuid.New(), UserID: user.ID, Door: door, UserAgent: call.UserAgent, Address: call.Address}
	if err := tx.CreateSession(ctx, session, s.SessionTTL); err != nil {
		return "", err
	}
	if door == repo.DoorAPI {
		if err := tx.EndOldSessions(ctx, session, deviceLimit); err != nil {
			return "", err
		}
	}
	claims := identity.Claims{UserID: user.ID.String(), Email: user.Email, Role: user.Role, ID: session.ID.String()}
	return s.tokens.Sign(identity.PurposeSession, claims, s.SessionTTL)
}

// giveCookies sets the session's cookie, and the one that marks the device as
// known to the address, in place of what was set before: a transaction may run
// more than once.
func (s *Server) giveCookies(call *stage.Call, user repo.User, token string) error {
	device := identity.Claims{UserID: s.Keys.Pseudonym(user.Email), ID: uuid.NewString()}
	mark, err := s.tokens.Sign(identity.PurposeDevice, device, deviceLife)
	if err != nil {
		return err
	}
	call.Header.Del("Set-Cookie")
	s.cookies.Set(call, stage.SessionCookie, token, s.SessionTTL)
	s.cookies.Set(call, stage.DeviceCookie, mark, deviceLife)
	return nil
}

// event returns an audit event about this call. The address is kept as a
// pseudonym.
func (s *Server) event(ctx context.Context, kind string, userID *uuid.UUID, email string) repo.AuditEvent {
	call := stage.From(ctx)
	e := repo.AuditEvent{Kind: kind, Actor: repo.ActorAnonymous, UserID: userID, Address: call.Address, RequestID: call.ID}
	if email != "" {
		e.Subject = s.Keys.Pseudonym(email)
	}
	if call.Principal.Known() {
		e.Actor = call.Principal.UserID.String()
	}
	return e
}
