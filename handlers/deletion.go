package handlers

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

const (
	textErased       = "Tu cuenta ha sido eliminada."
	textDeletionMail = "Te enviamos un correo para confirmar la eliminación de tu cuenta."
)

// DeleteMe deletes the caller, who gives the password once more. Who has none
// gets a mail to confirm it by.
func (s *Server) DeleteMe(ctx context.Context, r gen.DeleteMeRequestObject) (gen.DeleteMeResponseObject, error) {
	user, err := s.caller(ctx)
	if err != nil {
		return nil, err
	}
	password := sent(r.Body.Password)
	if password == nil && user.PasswordHash != nil {
		return nil, problem.ErrPasswordRequired
	}
	if password == nil {
		if err := s.mailDeletion(ctx, user.ID); err != nil {
			return nil, err
		}
		return gen.DeleteMe202JSONResponse{Body: gen.Message{Message: textDeletionMail}}, nil
	}
	if err := s.deleteByPassword(ctx, user, *password); err != nil {
		return nil, err
	}
	call := stage.From(ctx)
	s.cookies.Set(call, stage.SessionCookie, "", 0)
	s.cookies.Set(call, stage.DeviceCookie, "", 0) // it has the pseudonym of the address
	return gen.DeleteMe200JSONResponse{Body: gen.Message{Message: textErased}}, nil
}

// ConfirmDeletion uses the token of a deletion mail: the user is deleted.
func (s *Server) ConfirmDeletion(ctx context.Context, r gen.ConfirmDeletionRequestObject) (gen.ConfirmDeletionResponseObject, error) {
	err := s.spend(ctx, repo.DeleteAccount, r.Body.Token, func(tx *repo.Tx, user repo.User) error {
		return s.erase(ctx, tx, user, true)
	})
	if err != nil {
		return nil, err
	}
	return gen.ConfirmDeletion200JSONResponse{Body: gen.Message{Message: textErased}}, nil
}

// mailDeletion sends the user a link that deletes the account.
func (s *Server) mailDeletion(ctx context.Context, userID uuid.UUID) error {
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := s.addLink(ctx, tx, userID, mail.KindDeletion, repo.DeleteAccount, deletionLife); err != nil {
			return gone(err)
		}
		return tx.Audit(ctx, s.event(ctx, repo.AuditDeleteMail, &userID, ""))
	})
	s.Outbox.Wake()
	return err
}

// deleteByPassword deletes the user whose password it is. A wrong one counts as
// a failed log-in. Its errors are those of logIn, and problem.ErrUnauthorized when the
// user has been deleted meanwhile.
func (s *Server) deleteByPassword(ctx context.Context, user repo.User, password string) error {
	a, err := s.admitAttempt(ctx, attempt{email: user.Email, owner: user.ID})
	if err != nil {
		return err
	}
	defer a.decided()
	for {
		stored, err := s.checkOwnPassword(ctx, a, password)
		if err != nil {
			return err
		}
		err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
			user, err := tx.LockUser(ctx, a.owner)
			if err != nil {
				return gone(err)
			}
			if user.PasswordHash == nil || *user.PasswordHash != stored {
				return errHashChanged
			}
			return s.erase(ctx, tx, user, true)
		})
		if !errors.Is(err, errHashChanged) {
			return err
		}
	}
}

// checkOwnPassword returns the hash that the password of the attempt's owner was
// found to match. When the owner is gone, so is all that was counted.
func (s *Server) checkOwnPassword(ctx context.Context, a attempt, password string) (stored string, err error) {
	user, err := s.Repo.UserByID(ctx, a.owner)
	if errors.Is(err, repo.ErrNotFound) {
		return "", problem.ErrUnauthorized
	}
	if err != nil {
		return "", errors.Join(err, s.withdraw(ctx, a))
	}
	if user.PasswordHash != nil {
		stored = *user.PasswordHash
	}
	ok, _, err := s.Hasher.Verify(ctx, stored, password)
	if err != nil {
		return "", errors.Join(err, s.withdraw(ctx, a))
	}
	if !ok {
		return "", s.failAttempt(ctx, a, user)
	}
	return stored, nil
}

// erase deletes the user, who is locked, with everything that is known of the
// address. What is recorded of it are ids; and of an administrator who did it,
// from where.
func (s *Server) erase(ctx context.Context, tx *repo.Tx, user repo.User, byOwner bool) error {
	if err := s.dropRequests(ctx, tx, user.Email); err != nil {
		return err
	}
	if err := tx.EraseUser(ctx, user.ID, s.Keys.Pseudonyms(user.Email)); err != nil {
		return fmt.Errorf("erase user: %w", err)
	}
	event := s.event(ctx, repo.AuditDelete, &user.ID, "")
	if byOwner {
		event.Actor, event.Address = user.ID.String(), ""
	}
	return tx.Audit(ctx, event)
}

// dropRequests drops the requests for mails to the address that have not been
// answered. Only who has the key can tell which they are.
func (s *Server) dropRequests(ctx context.Context, tx *repo.Tx, email string) error {
	requests, err := tx.MailRequests(ctx, maxRequests)
	if err != nil {
		return err
	}
	for _, r := range requests {
		to, err := s.Keys.Open(identity.PurposeOutbox, r.ID.String(), r.Email)
		if err != nil || to != email { // what cannot be read is dropped by who answers requests
			continue
		}
		if _, err := tx.TakeMailRequest(ctx, r.ID); err != nil {
			return err
		}
	}
	return nil
}
