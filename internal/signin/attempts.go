package signin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// attempts limits how often passwords may be tried.
type attempts struct {
	repo   *repo.Repo
	hasher *identity.Hasher
	keys   *identity.Keyring
	marks  *deviceMarks
	now    func() time.Time
	gate   *loginGate
	audit  auditLog

	trimming sync.Mutex // held while buckets are deleted
}

// attempt is one try of a password for an address. It counts as a failure from the
// start, and is taken back unless the password is judged.
type attempt struct {
	by      By
	email   string    // canonical
	display string    // as the user typed it; not used if nobody logs in
	device  string    // mark of the browser, or ""
	known   bool      // the mark is a valid one of the user who has the address
	owner   uuid.UUID // the user who must exist when the attempt is counted; nil: none

	bucket   string        // the attempt is counted in it
	older    []string      // names of the bucket under secrets that have been replaced
	failures int           // consecutive failures in the bucket, with this one
	lock     time.Duration // caused by this attempt; 0: none
	settled  bool          // the outcome is in the database
	done     func()        // to be called after that
}

// try counts the attempt before any password is checked, so that concurrent guesses
// cannot exceed the limits, and then runs judge. If judge ends without settling the
// attempt, by an error or a panic, the password was not judged: the attempt is taken
// back, with the lock that it caused. The errors are
// problem.ErrLocked if the bucket is locked, problem.ErrUnauthorized if the owner
// was deleted, and those of judge.
func (s *attempts) try(ctx context.Context, a attempt, judge func(*attempt) error) (err error) {
	if err := s.admit(ctx, &a); err != nil {
		return err
	}
	defer a.done()
	defer func() {
		if a.settled {
			return
		}
		if withdrawal := s.withdraw(ctx, &a); withdrawal != nil {
			err = errors.Join(err, withdrawal)
		}
	}()
	return judge(&a)
}

// admit counts the attempt. Its errors are problem.ErrLocked and
// problem.ErrUnauthorized, as those of try.
func (s *attempts) admit(ctx context.Context, a *attempt) error {
	buckets, err := s.bucketsOf(ctx, a)
	if err != nil {
		return fmt.Errorf("look up device: %w", err)
	}
	a.bucket, a.older = buckets[0], buckets[1:]
	var lockedUntil time.Time
	done, err := s.gate.admit(ctx, a.bucket, func() (admitted bool, err error) {
		lockedUntil, err = s.count(ctx, a)
		return err == nil && lockedUntil.IsZero(), err
	})
	switch {
	case err != nil:
		return fmt.Errorf("count log-in: %w", err)
	case done == nil:
		return problem.ErrLocked.After(lockedUntil.Sub(s.now()))
	}
	a.done = done
	return nil
}

// count counts the attempt and locks the bucket if there were too many failures. If
// the bucket is locked already, it returns the end of that lock.
func (s *attempts) count(ctx context.Context, a *attempt) (lockedUntil time.Time, err error) {
	err = s.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		a.lock = 0
		if a.owner != uuid.Nil { // do not count for a user whose counts were erased
			if _, err := tx.LockUser(ctx, a.owner); err != nil {
				return callerDeleted(err)
			}
		}
		forget := tx.Now().Add(-identity.FailureMemory)
		for _, older := range a.older {
			if err := tx.InheritFailures(ctx, a.bucket, older, forget); err != nil {
				return err
			}
		}
		a.failures, lockedUntil, err = tx.CountFailure(ctx, a.bucket, forget)
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

// bucketsOf returns the bucket of the address by its name under each secret, the
// current one first. A browser that has logged in to the address before has a bucket
// of its own, so that a stranger cannot lock the owner out; the attempt is known then.
func (s *attempts) bucketsOf(ctx context.Context, a *attempt) ([]string, error) {
	buckets := s.keys.Pseudonyms(a.email)
	mark, err := s.marks.find(ctx, s.repo, a.email, a.device)
	a.known = mark != ""
	if err != nil || mark == "" {
		return buckets, err
	}
	for i := range buckets {
		buckets[i] += " " + mark
	}
	return buckets, nil
}

// caller returns for whom the password is hashed.
func (a *attempt) caller() identity.Caller {
	caller := a.by.stranger()
	if a.known || a.owner != uuid.Nil { // the owner is logged in
		caller.Known = a.email
	}
	return caller
}

// forget empties the bucket, by all its names, because the password was right.
func (a *attempt) forget(ctx context.Context, tx *repo.Tx) error {
	return tx.ForgetFailures(ctx, append([]string{a.bucket}, a.older...)...)
}

// verify checks the password of the user, who is the zero User if the address is
// unknown. It returns the stored hash that the password matches, and whether that
// hash should be renewed. Its errors are problem.ErrCredentials and those of the
// hasher.
func (s *attempts) verify(ctx context.Context, a *attempt, user repo.User, password string) (stored string, renew bool, err error) {
	if user.PasswordHash != nil {
		stored = *user.PasswordHash
	}
	ok, renew, err := s.hasher.Verify(ctx, a.caller(), stored, password)
	if err != nil {
		return "", false, err
	}
	if !ok {
		return "", false, s.fail(ctx, a, user)
	}
	return stored, renew, nil
}

// outcomeTimeout bounds the writes that record an outcome after the client has hung
// up or the call has run out of time.
const outcomeTimeout = 3 * time.Second

// withdraw takes the attempt back. An empty bucket that stays does no harm: it is
// forgotten later.
func (s *attempts) withdraw(ctx context.Context, a *attempt) error {
	ctx, cancel := context.WithTimeout(repo.ForUser(context.WithoutCancel(ctx), uuid.Nil), outcomeTimeout)
	defer cancel()
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.WithdrawFailure(ctx, a.bucket) })
	if err == nil && a.failures == 1 {
		_ = s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.DropEmptyBucket(ctx, a.bucket) })
	}
	return err
}

// fail records that the password was wrong, and the lock if the attempt caused one,
// of which it tells the owner of the address. It does not look for one: that would take
// longer if there is one. A client cannot prevent that by hanging up: it would guess for nothing. The error
// is problem.ErrCredentials.
func (s *attempts) fail(ctx context.Context, a *attempt, user repo.User) error {
	ctx, cancel := context.WithTimeout(repo.ForUser(context.WithoutCancel(ctx), uuid.Nil), outcomeTimeout)
	defer cancel()
	event := s.audit.emailEvent(a.by, repo.AuditLoginFail, nil, a.email)
	if user.ID != uuid.Nil {
		event.UserID = &user.ID
	}
	if a.failures <= 2 { // its bucket is new, or has its second failure
		s.trim(ctx)
	}
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.Audit(ctx, event); err != nil || a.lock == 0 {
			return err
		}
		lock := event
		lock.Kind, lock.Detail = repo.AuditLoginLock, fmt.Sprintf("%d failures, locked for %s", a.failures, a.lock)
		if err := tx.Audit(ctx, lock); err != nil {
			return err
		}
		return tx.AddMailRequest(ctx, newMailRequest(s.keys, a.by, requestLocked, a.email))
	})
	if err != nil {
		return fmt.Errorf("record failed log-in: %w", err)
	}
	a.settled = true
	return problem.ErrCredentials
}

// trim keeps the number of buckets bounded. One failed log-in at a time does so, and none
// fails because of it: the next one tries again.
func (s *attempts) trim(ctx context.Context) {
	if s.trimming.TryLock() {
		defer s.trimming.Unlock()
		_ = s.repo.InTx(ctx, func(tx *repo.Tx) error { return tx.TrimFailures(ctx) })
	}
}

// reject records that the password was right, but that the user may not log in for
// the given reason. also runs in the same transaction; nil: nothing does. It
// returns the reason.
func (s *attempts) reject(ctx context.Context, a *attempt, user repo.User, reason error, also func(*repo.Tx) error) error {
	event := s.audit.emailEvent(a.by, repo.AuditLoginFail, &user.ID, a.email)
	event.Detail = reason.Error()
	err := s.repo.InTx(repo.ForUser(ctx, user.ID), func(tx *repo.Tx) error {
		if err := a.forget(ctx, tx); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, event) // at the end, because failed log-ins wait for each other's tally
	})
	if err != nil {
		return fmt.Errorf("record rejected log-in: %w", err)
	}
	a.settled = true
	return reason
}

// callerDeleted maps repo.ErrNotFound to problem.ErrUnauthorized: the caller was
// deleted during the call.
func callerDeleted(err error) error { return problem.IfNotFound(err, problem.ErrUnauthorized) }
