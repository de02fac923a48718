package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// attempt is one try at an address, counted as a failure until it succeeds.
type attempt struct {
	by     By
	email  string    // canonical
	device string    // mark of the browser, or ""
	owner  uuid.UUID // a user who has to exist when the try is counted; nil: nobody

	bucket   string        // where the try is counted
	failures int           // in a row there, with this one
	lock     time.Duration // that the try brought about; 0: none
	done     func()        // to be called when the outcome is in the database
}

// admitAttempt counts the try before any password is looked at, so that of guesses
// made at once no more than the ladder allows are answered. Its errors are
// problem.ErrLocked if the bucket is locked and, if the owner is gone,
// problem.ErrUnauthorized.
func (s *Service) admitAttempt(ctx context.Context, a attempt) (attempt, error) {
	a.bucket = s.attemptBucket(a)
	var lockedUntil time.Time
	done, err := s.gate.admit(ctx, a.bucket, func() (admitted bool, err error) {
		lockedUntil, err = s.countAttempt(ctx, &a)
		return err == nil && lockedUntil.IsZero(), err
	})
	switch {
	case err != nil:
		return attempt{}, fmt.Errorf("count log-in: %w", err)
	case done == nil:
		return attempt{}, problem.ErrLocked.After(lockedUntil.Sub(s.now()))
	}
	a.done = done
	return a, nil
}

// countAttempt counts the try and locks the bucket if the ladder says so, or
// returns when the lock ends that the bucket has.
func (s *Service) countAttempt(ctx context.Context, a *attempt) (lockedUntil time.Time, err error) {
	err = s.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		a.lock = 0
		if a.owner != uuid.Nil { // nothing is counted for a user whose counts have been erased
			if _, err := tx.LockUser(ctx, a.owner); err != nil {
				return callerDeleted(err)
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

// callerDeleted maps repo.ErrNotFound to problem.ErrUnauthorized: the caller was
// deleted during the call.
func callerDeleted(err error) error { return problem.IfNotFound(err, problem.ErrUnauthorized) }

// attemptBucket is the address's, or for a browser that has logged in to it before
// one of the browser's own, so that a stranger cannot lock the owner out.
func (s *Service) attemptBucket(a attempt) string {
	pseudonym := s.keys.Pseudonym(a.email)
	claims, err := s.tokens.Parse(identity.PurposeDevice, a.device)
	if err != nil || claims.UserID != pseudonym {
		return pseudonym
	}
	return pseudonym + " " + claims.ID
}

// cancelAttempt takes back an attempt that came to no answer.
func (s *Service) cancelAttempt(ctx context.Context, a attempt) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.WithdrawFailure(ctx, a.bucket) })
}

// failAttempt records that the password was wrong, and the lock if this was one
// too many. It returns problem.ErrCredentials.
func (s *Service) failAttempt(ctx context.Context, a attempt, user repo.User) error {
	event := s.event(a.by, repo.AuditLoginFail, nil, a.email)
	if user.ID != uuid.Nil {
		event.UserID = &user.ID
	}
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
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

// rejectLogin records that the password was right and that the user may not log in
// for the reason given. also adds to the transaction what follows from that; nil:
// nothing. It returns the reason.
func (s *Service) rejectLogin(ctx context.Context, a attempt, user repo.User, reason error, also func(*repo.Tx) error) error {
	event := s.event(a.by, repo.AuditLoginFail, &user.ID, a.email)
	event.Detail = reason.Error()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.ForgetFailures(ctx, a.bucket); err != nil {
			return err
		}
		if err := tx.Audit(ctx, event); err != nil || also == nil {
			return err
		}
		return also(tx)
	})
	if err != nil {
		return fmt.Errorf("record rejected log-in: %w", err)
	}
	return reason
}

// rejectUnverified rejects a user who has not proved the address, and sends a fresh
// verification mail.
func (s *Service) rejectUnverified(ctx context.Context, a attempt, user repo.User) error {
	defer s.outbox.Wake()
	return s.rejectLogin(ctx, a, user, problem.ErrUnverified, func(tx *repo.Tx) error { return s.addVerification(ctx, tx, user.ID) })
}

// finishAttempt opens the session, unless the user was suspended or the password's
// hash has changed since it was checked: a session must not outlive what ended all
// of them. Its errors are problem.ErrSuspended and errHashChanged.
func (s *Service) finishAttempt(ctx context.Context, a attempt, userID uuid.UUID, stored string, door repo.Door) (session Session, err error) {
	err = s.repo.InTx(ctx, func(tx *repo.Tx) error {
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
		if err := tx.Audit(ctx, s.event(a.by, repo.AuditLogin, &user.ID, a.email)); err != nil {
			return err
		}
		session, err = s.OpenSession(ctx, tx, a.by, user, door)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("log in: %w", err)
	}
	return session, nil
}
