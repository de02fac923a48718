package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"alta/internal/identity"
	"alta/repo"
)

var (
	errCredentials = errors.New("unknown address or wrong password")
	errLocked      = errors.New("locked after too many failed log-ins")
	errSuspended   = errors.New("the account is suspended")
)

// deviceLife is how long a browser that has logged in is known by.
const deviceLife = 365 * 24 * time.Hour

// logIn checks an address and a password, for either door, and returns the
// user and the token of a new session. Known and unknown addresses cost the
// same and write the same. Its errors are errCredentials, errLocked (wrapped
// in a retryLater), errSuspended and the hasher's.
func (s *Server) logIn(ctx context.Context, door repo.Door, email, password string) (repo.User, string, error) {
	email = identity.CanonicalEmail(email)
	a, err := s.beginAttempt(ctx, email)
	if err != nil {
		return repo.User{}, "", err
	}
	user, err := s.Repo.UserByEmail(ctx, email)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return repo.User{}, "", errors.Join(err, s.withdraw(ctx, a))
	}
	stored := ""
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
		return repo.User{}, "", s.refuseSuspended(ctx, a, user)
	}
	if renew {
		s.renewHash(ctx, user.ID, stored, password)
	}
	token, err := s.finishAttempt(ctx, a, user, door)
	return user, token, err
}

// attempt is one try at an address, counted as a failure until it succeeds.
type attempt struct {
	email  string
	bucket string // where it is counted
	locks  bool   // it locked the bucket
}

// beginAttempt counts the try before any password is looked at, so that of
// guesses made at once no more than the ladder allows are answered.
func (s *Server) beginAttempt(ctx context.Context, email string) (a attempt, err error) {
	a = attempt{email: email, bucket: s.attemptBucket(callFrom(ctx), email)}
	var lockedUntil time.Time
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		failures, until, err := tx.CountFailure(ctx, a.bucket, tx.Now().Add(-identity.FailureMemory))
		lockedUntil, a.locks = until, false
		if err != nil || failures == 0 {
			return err
		}
		lock := identity.LockAfter(failures)
		if lock == 0 {
			return nil
		}
		a.locks = true
		event := s.event(ctx, repo.AuditLoginLock, nil, email)
		event.Detail = fmt.Sprintf("%d failures, locked for %s", failures, lock)
		return errors.Join(tx.LockBucket(ctx, a.bucket, tx.Now().Add(lock)), tx.Audit(ctx, event))
	})
	if err != nil {
		return attempt{}, fmt.Errorf("count log-in: %w", err)
	}
	if !lockedUntil.IsZero() {
		return attempt{}, &retryLater{errLocked, lockedUntil.Sub(s.Now())}
	}
	return a, nil
}

// attemptBucket is the address's, or for a device that has logged in to it
// before one of the device's own, so that a stranger cannot lock the owner
// out.
func (s *Server) attemptBucket(one *call, email string) string {
	pseudonym := s.Keys.Pseudonym(email)
	claims, err := s.tokens.Parse(identity.PurposeDevice, s.cookie(one, deviceCookie))
	if err != nil || claims.UserID != pseudonym {
		return pseudonym
	}
	return pseudonym + " " + claims.ID
}

// withdraw takes back an attempt that came to no answer.
func (s *Server) withdraw(ctx context.Context, a attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.WithdrawFailure(ctx, a.bucket, a.locks) })
}

func (s *Server) failAttempt(ctx context.Context, a attempt, user repo.User) error {
	event := s.event(ctx, repo.AuditLoginFail, nil, a.email)
	if user.ID != uuid.Nil {
		event.UserID = &user.ID
	}
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.Audit(ctx, event) })
	if err != nil {
		return fmt.Errorf("record failed log-in: %w", err)
	}
	return errCredentials
}

func (s *Server) refuseSuspended(ctx context.Context, a attempt, user repo.User) error {
	event := s.event(ctx, repo.AuditLoginFail, &user.ID, a.email)
	event.Detail = "suspended"
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		return errors.Join(tx.ForgetFailures(ctx, a.bucket), tx.Audit(ctx, event))
	})
	if err != nil {
		return fmt.Errorf("record refused log-in: %w", err)
	}
	return errSuspended
}

// renewHash replaces a hash of another scheme or cost. That it may fail is no
// matter: the old one is good, and the next log-in tries again.
func (s *Server) renewHash(ctx context.Context, id uuid.UUID, old, password string) {
	hash, err := s.Hasher.Hash(ctx, password)
	if err == nil {
		err = s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.ReplacePasswordHash(ctx, id, old, hash) })
	}
	if err != nil {
		s.Log.Warn("could not renew a password hash", "request_id", callFrom(ctx).id, "error", err)
	}
}

// finishAttempt opens the session and lets the browser know it by its
// cookies.
func (s *Server) finishAttempt(ctx context.Context, a attempt, user repo.User, door repo.Door) (token string, err error) {
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		if err := tx.ForgetFailures(ctx, a.bucket); err != nil {
			return err
		}
		if err := tx.Audit(ctx, s.event(ctx, repo.AuditLogin, &user.ID, a.email)); err != nil {
			return err
		}
		token, err = s.openSession(ctx, tx, user, door)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("log in: %w", err)
	}
	return token, s.giveCookies(callFrom(ctx), user, token)
}

// openSession adds a session to the transaction and returns its token.
func (s *Server) openSession(ctx context.Context, tx *repo.Tx, user repo.User, door repo.Door) (string, error) {
	one := callFrom(ctx)
	session := repo.Session{ID: uuid.New(), UserID: user.ID, Door: door, UserAgent: one.userAgent, Address: one.address}
	if err := tx.CreateSession(ctx, session, s.SessionTTL); err != nil {
		return "", err
	}
	claims := identity.Claims{UserID: user.ID.String(), Email: user.Email, Role: user.Role, ID: session.ID.String()}
	return s.tokens.Sign(identity.PurposeSession, claims, s.SessionTTL)
}

// giveCookies sets the session's cookie, and the one that marks the device as
// known to the address. It is called when the session is in the database.
func (s *Server) giveCookies(one *call, user repo.User, token string) error {
	device := identity.Claims{UserID: s.Keys.Pseudonym(user.Email), ID: uuid.NewString()}
	mark, err := s.tokens.Sign(identity.PurposeDevice, device, deviceLife)
	if err != nil {
		return err
	}
	s.setCookie(one, sessionCookie, token, s.SessionTTL)
	s.setCookie(one, deviceCookie, mark, deviceLife)
	return nil
}

// event returns an audit event about this call. The address is kept as a
// pseudonym.
func (s *Server) event(ctx context.Context, kind string, userID *uuid.UUID, email string) repo.AuditEvent {
	one := callFrom(ctx)
	e := repo.AuditEvent{Kind: kind, Actor: repo.ActorAnonymous, UserID: userID, Address: one.address, RequestID: one.id}
	if email != "" {
		e.Subject = s.Keys.Pseudonym(email)
	}
	if one.principal.Known() {
		e.Actor = one.principal.UserID.String()
	}
	return e
}
