package signin

import (
	"context"
	"fmt"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// ResetPassword redeems a reset token: the password is changed, every session
// ends, and the owner is told by mail. Its errors are problem.ErrToken and the
// hasher's.
func (s *Service) ResetPassword(ctx context.Context, by By, token, password string) error {
	id, err := identity.ParseOneTime(token)
	if err != nil {
		return problem.ErrToken
	}
	// A token that is not good must not cost a hash.
	if _, err := s.repo.OneTimeToken(ctx, id, repo.ResetPassword, s.now()); err != nil {
		return problem.IfNotFound(err, problem.ErrToken)
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.redeemToken(ctx, by, repo.ResetPassword, token, func(tx *repo.Tx, user repo.User) error {
		return s.resetPassword(ctx, tx, by, user, hash)
	})
	if err != nil {
		return fmt.Errorf("reset password: %w", err)
	}
	s.outbox.Wake()
	return nil
}

// resetPassword stores the hash, ends every session, lifts the lock and tells the
// owner. If this is the first proof of the address, somebody else may have made the
// account: its keys are revoked.
func (s *Service) resetPassword(ctx context.Context, tx *repo.Tx, by By, user repo.User, hash string) error {
	if err := tx.SetPassword(ctx, user.ID, hash); err != nil {
		return err
	}
	if user.EmailVerifiedAt == nil {
		if err := tx.RevokeAPIKeys(ctx, user.ID); err != nil {
			return err
		}
		if err := s.markVerified(ctx, tx, by, user); err != nil {
			return err
		}
	}
	if err := tx.ForgetAddress(ctx, s.keys.Pseudonym(user.Email)); err != nil {
		return err
	}
	if err := tx.Audit(ctx, s.event(by, repo.AuditReset, &user.ID, user.Email)); err != nil {
		return err
	}
	letter := mail.Letter{Kind: mail.KindPasswordChanged, Language: user.Language}
	_, _, err := s.outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: letter})
	return err
}
