package handlers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// attempt is one try at an address, counted as a failure until it succeeds.
type attempt struct {
	email    string
	bucket   string        // where it is counted
	failures int           // in a row there, with this one
	lock     time.Duration // that it brought about; 0: none
	decided  func()        // to be called when its outcome is in the database
	owner    uuid.UUID     // who has to be there still when it is counted; nil: nobody
}

// beginAttempt counts the try before any password is looked at, so that of
// guesses made at once no more than the ladder allows are answered. Its error
// is problem.ErrLocked, in a retryLater, when the bucket is locked.
func (s *Server) beginAttempt(ctx context.Context, email string) (attempt, error) {
	return s.admitAttempt(ctx, attempt{email: email})
}

// admitAttempt begins an attempt of which the address is known, and perhaps the
// owner. Its errors are problem.ErrLocked and, where the owner is gone, problem.ErrUnauthorized.
func (s *Server) admitAttempt(ctx context.Context, a attempt) (attempt, error) {
	a.bucket = s.attemptBucket(stage.From(ctx), a.email)
	var lockedUntil time.Time
	decided, err := s.turnstile.admit(ctx, a.bucket, func() (admitted bool, err error) {
		lockedUntil, err = s.countAttempt(ctx, &a)
		return err == nil && lockedUntil.IsZero(), err
	})
	switch {
	case err != nil:
		return attempt{}, fmt.Errorf("count log-in: %w", err)
	case decided == nil:
		return attempt{}, problem.ErrLocked.After(lockedUntil.Sub(s.Now()))
	}
	a.decided = decided
	return a, nil
}

// countAttempt counts the try and locks the bucket where the ladder says so,
// or returns when the lock ends that the bucket has.
func (s *Server) countAttempt(ctx context.Context, a *attempt) (lockedUntil time.Time, err error) {
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		a.lock = 0
		if a.owner != uuid.Nil { // nothing is counted for a user whose counts have been erased
			if _, err := tx.LockUser(ctx, a.owner); err != nil {
				return gone(err)
			}
		}
		a.failures, lockedUntil, err = tx.CountFailure(ctx, a.bucket, tx.Now().Add(-identity.FailureMemory))
		if err != nil || !lockedUntil.IsZero() {
			return err
		}
		if a.lock = identity.LockAfter(a.failures); a.lock == 0 {
			return nil
		}
		return tx.LockBucket(ctx, a.bucket, tx.Now().Add(a.lock))
	})
	return lockedUntil, err
}

// attemptBucket is the address's, or for a device that has logged in to it
// before one of the device's own, so that a stranger cannot lock the owner
// out.
func (s *Server) attemptBucket(call *stage.Call, email string) string {
	pseudonym := s.Keys.Pseudonym(email)
	claims, err := s.tokens.Parse(identity.PurposeDevice, s.cookies.Value(call, stage.DeviceCookie))
	if err != nil || claims.UserID != pseudonym {
		return pseudonym
	}
	return pseudonym + " " + claims.ID
}

// withdraw takes back an attempt that came to no answer.
func (s *Server) withdraw(ctx context.Context, a attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.Repo.InTx(ctx, func(tx *repo.Tx) error { return tx.WithdrawFailure(ctx, a.bucket) })
}

// failAttempt records that the password was wrong, and the lock where this
// was one too many. It returns problem.ErrCredentials.
func (s *Server) failAttempt(ctx context.Context, a attempt, user repo.User) error {
	event := s.event(ctx, repo.AuditLoginFail, nil, a.email)
	if user.ID != uuid.Nil {
		event.UserID = &user.ID
	}
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.Audit(ctx, event); err != nil || a.lock == 0 {
			return err
		}
		lock := event
		lock.Kind, lock.Detail = repo.AuditLoginLock, fmt.Sprintf("%d failures, locked for %s", a.failures, a.lock)
		return tx.Audit(ctx, lock)
	})
	if err != nil {
		return fmt.Errorf("record failed log-in: %w", err)
	}
	return problem.ErrCredentials
}

// refuse records that the password was right and its owner may not log in all
// the same, for the reason given. also adds what follows from that to the
// transaction; nil: nothing. It returns the reason.
func (s *Server) refuse(ctx context.Context, a attempt, user repo.User, reason error, also func(*repo.Tx) error) error {
	event := s.event(ctx, repo.AuditLoginFail, &user.ID, a.email)
	event.Detail = reason.Error()
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.ForgetFailures(ctx, a.bucket); err != nil {
			return err
		}
		if err := tx.Audit(ctx, event); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
	if err != nil {
		return fmt.Errorf("record refused log-in: %w", err)
	}
	return reason
}

// refuseUnverified refuses a user who has not proved the address, and sends a
// fresh verification mail.
func (s *Server) refuseUnverified(ctx context.Context, a attempt, user repo.User) error {
	defer s.Outbox.Wake()
	return s.refuse(ctx, a, user, problem.ErrUnverified, func(tx *repo.Tx) error { return s.addVerification(ctx, tx, user.ID) })
}

// finishAttempt opens the session, unless the user was suspended or the hash is
// not the one any more that the password was found to match: a session must not
// outlive what ended all of them. Its errors are problem.ErrSuspended and
// errHashChanged.
func (s *Server) finishAttempt(ctx context.Context, a attempt, userID uuid.UUID, stored string, door repo.Door) (token string, err error) {
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, userID)
		switch {
		case errors.Is(err, repo.ErrNotFound), err == nil && (user.PasswordHash == nil || *user.PasswordHash != stored):
			return errHashChanged
		case err != nil:
			return err
		case !user.IsActive:
			return problem.ErrSuspended
		}
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
	return token, nil
}
