package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// MailDeletion sends the user a link that deletes the account. Its error is
// problem.ErrUnauthorized if the user is gone.
func (s *Service) MailDeletion(ctx context.Context, by By, userID uuid.UUID) error {
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := s.addLink(ctx, tx, userID, deletionMail); err != nil {
			return callerDeleted(err)
		}
		return tx.Audit(ctx, by.Event(repo.AuditDeleteMail, &userID))
	})
	s.outbox.Wake()
	return err
}

// ConfirmDeletion redeems the token of a deletion mail: the user is deleted. Its
// error is problem.ErrToken.
func (s *Service) ConfirmDeletion(ctx context.Context, by By, token string) error {
	return s.redeemToken(ctx, by, repo.DeleteAccount, token, func(tx *repo.Tx, user repo.User) error {
		return s.eraseByOwner(ctx, tx, by, user)
	})
}

// DeleteByPassword deletes the user if the password is right. A wrong one counts as
// a failed log-in; device is the mark of the caller's browser, or "". Its errors
// are those of LogIn, and problem.ErrUnauthorized if the user has been deleted
// meanwhile.
func (s *Service) DeleteByPassword(ctx context.Context, by By, user repo.User, password, device string) error {
	a, err := s.admitAttempt(ctx, attempt{by: by, email: user.Email, device: device, owner: user.ID})
	if err != nil {
		return err
	}
	defer a.done()
	for {
		stored, err := s.checkOwnPassword(ctx, a, password)
		if err != nil {
			return err
		}
		err = s.repo.InTx(ctx, func(tx *repo.Tx) error {
			user, err := tx.LockUser(ctx, a.owner)
			if err != nil {
				return callerDeleted(err)
			}
			if user.PasswordHash == nil || *user.PasswordHash != stored {
				return errHashChanged
			}
			return s.eraseByOwner(ctx, tx, by, user)
		})
		if !errors.Is(err, errHashChanged) {
			return err
		}
	}
}

// checkOwnPassword returns the hash that the password of the attempt's owner was
// found to match. If the owner is gone, so is everything that was counted.
func (s *Service) checkOwnPassword(ctx context.Context, a attempt, password string) (stored string, err error) {
	user, err := s.repo.UserByID(ctx, a.owner)
	if errors.Is(err, repo.ErrNotFound) {
		return "", problem.ErrUnauthorized
	}
	if err != nil {
		return "", errors.Join(err, s.cancelAttempt(ctx, a))
	}
	if user.PasswordHash != nil {
		stored = *user.PasswordHash
	}
	ok, _, err := s.hasher.Verify(ctx, stored, password)
	if err != nil {
		return "", errors.Join(err, s.cancelAttempt(ctx, a))
	}
	if !ok {
		return "", s.failAttempt(ctx, a, user)
	}
	return stored, nil
}

// Delete deletes another user, in an administrator's name. Its error is
// problem.ErrUserNotFound.
func (s *Service) Delete(ctx context.Context, by By, userID uuid.UUID) error {
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, userID)
		if err != nil {
			return err
		}
		return s.erase(ctx, tx, user, by.Event(repo.AuditDelete, &user.ID))
	})
	return problem.IfNotFound(err, problem.ErrUserNotFound)
}

// eraseByOwner is erase by the user. The event names the id alone, not from where
// the call came.
func (s *Service) eraseByOwner(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	event := by.Event(repo.AuditDelete, &user.ID)
	event.Actor, event.Address = user.ID.String(), ""
	return s.erase(ctx, tx, user, event)
}

// erase deletes the user, who is locked, with everything that is known of the
// address, and records the event.
func (s *Service) erase(ctx context.Context, tx *repo.Tx, user repo.User, event repo.AuditEvent) error {
	if err := s.dropRequests(ctx, tx, user.Email); err != nil {
		return err
	}
	if err := tx.EraseUser(ctx, user.ID, s.keys.Pseudonyms(user.Email)); err != nil {
		return fmt.Errorf("erase user: %w", err)
	}
	return tx.Audit(ctx, event)
}
