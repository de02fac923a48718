package signin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// passwordLogins logs users in by password.
type passwordLogins struct {
	repo          *repo.Repo
	hasher        *identity.Hasher
	outbox        *mail.Outbox
	log           *slog.Logger
	audit         auditLog
	attempts      *attempts
	sessions      *sessions
	verifications *verifications
}

// Credentials are the input of a log-in by password.
type Credentials struct {
	Door     repo.Door
	Email    string
	Password string
	Device   string // mark of an earlier log-in by the same browser; "" without one
}

// LogIn checks an address and a password, for either door, and opens a session.
// Known and unknown addresses take the same time and cause the same writes. Its
// errors are problem.ErrCredentials, problem.ErrLocked, problem.ErrSuspended,
// problem.ErrUnverified and those of the hasher.
func (l *passwordLogins) LogIn(ctx context.Context, by By, c Credentials) (session Session, err error) {
	a := attempt{
		by: by, email: identity.CanonicalEmail(c.Email), display: identity.DisplayEmail(c.Email), device: c.Device,
	}
	err = l.attempts.try(ctx, a, func(a *attempt) error {
		return untilHashStays(func() error {
			user, stored, err := l.checkPassword(ctx, a, c.Password)
			if err != nil {
				return err
			}
			session, err = l.finish(ctx, a, user.ID, stored, c.Door)
			return err
		})
	})
	return session, err
}

// checkPassword returns the user, if the password is right and the user may log in,
// and the stored hash that the password matches. Its errors are those of LogIn.
func (l *passwordLogins) checkPassword(ctx context.Context, a *attempt, password string) (user repo.User, stored string, err error) {
	user, err = l.repo.UserByEmail(ctx, a.email)
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return repo.User{}, "", err
	}
	stored, renew, err := l.attempts.verify(ctx, a, user, password)
	switch {
	case err != nil:
		return repo.User{}, "", err
	case !user.IsActive:
		return repo.User{}, "", l.attempts.reject(ctx, a, user, problem.ErrSuspended, nil)
	case user.MustVerify():
		return repo.User{}, "", l.rejectUnverified(ctx, a, user)
	}
	if renew {
		stored = l.renewHash(ctx, a, user.ID, stored, password)
	}
	return user, stored, nil
}

// rejectUnverified rejects a user whose address is not verified, and sends a new
// verification mail.
func (l *passwordLogins) rejectUnverified(ctx context.Context, a *attempt, user repo.User) error {
	defer l.outbox.Wake()
	return l.attempts.reject(ctx, a, user, problem.ErrUnverified, func(tx *repo.Tx) error {
		return l.verifications.addMail(ctx, tx, user.ID, a.by.network())
	})
}

// renewHash replaces a hash of an outdated scheme or cost, and returns the stored
// hash. It ignores a failure: the old hash is valid, and the next log-in tries
// again.
func (l *passwordLogins) renewHash(ctx context.Context, a *attempt, id uuid.UUID, old, password string) (stored string) {
	hash, err := l.hasher.Hash(ctx, a.caller(), password)
	if err == nil {
		err = l.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.ReplacePasswordHash(ctx, id, old, hash) })
	}
	if err != nil {
		l.log.Warn("could not renew a password hash", "request_id", a.by.RequestID, "error", err)
		return old
	}
	return hash
}

// finish opens the session, unless the user was suspended or the password's hash
// has changed since the check: a session must not survive an event that ends all of
// them. Its errors are problem.ErrSuspended and errHashChanged.
func (l *passwordLogins) finish(ctx context.Context, a *attempt, userID uuid.UUID, stored string, door repo.Door) (session Session, err error) {
	err = l.repo.InTx(repo.ForUser(ctx, userID), func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, userID)
		switch {
		case errors.Is(err, repo.ErrNotFound), err == nil && !hasHash(user, stored):
			return errHashChanged
		case err != nil:
			return err
		case !user.IsActive:
			return problem.ErrSuspended
		}
		if user.DisplayEmail != a.display {
			user.DisplayEmail = a.display
			if err := tx.SetDisplayEmail(ctx, user.ID, a.display); err != nil {
				return err
			}
		}
		if err := a.forget(ctx, tx); err != nil {
			return err
		}
		if err := tx.Audit(ctx, l.audit.emailEvent(a.by, repo.AuditLogin, &user.ID, a.email)); err != nil {
			return err
		}
		session, err = l.sessions.OpenSession(ctx, tx, a.by, NewSession{User: user, Door: door, Device: a.device})
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("log in: %w", err)
	}
	a.settled = true
	return session, nil
}
