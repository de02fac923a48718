package signin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// VerifyEmail redeems a verification token: the address is proved. Its error is
// problem.ErrToken.
func (s *Service) VerifyEmail(ctx context.Context, by By, token string) error {
	return s.redeemToken(ctx, by, repo.VerifyEmail, token, func(tx *repo.Tx, user repo.User) error {
		return s.markVerified(ctx, tx, by, user)
	})
}

// markVerified records that the user's address was proved, and drops what was
// under way to prove it.
func (s *Service) markVerified(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	if err := tx.SetVerified(ctx, user.ID); err != nil {
		return err
	}
	if err := tx.EndOneTimeTokens(ctx, user.ID, repo.VerifyEmail); err != nil {
		return err
	}
	if err := tx.CancelMail(ctx, user.ID, string(mail.KindVerification)); err != nil {
		return err
	}
	return tx.Audit(ctx, s.event(by, repo.AuditVerify, &user.ID, user.Email))
}

// SendVerification delivers the verification mail that AddDeveloper added, and
// returns when the mail server has taken it. Its error is problem.ErrMailFailed;
// the outbox goes on trying then.
func (s *Service) SendVerification(ctx context.Context, mailID uuid.UUID) error {
	s.outbox.Wake() // for the welcome mail
	// A client that hangs up has an account all the same, and wants its mail.
	if err := s.outbox.Deliver(context.WithoutCancel(ctx), mailID); err != nil {
		return fmt.Errorf("%w: %w", problem.ErrMailFailed, err)
	}
	return nil
}

// MailVerification sends the user a fresh verification mail, unless the address is
// proved or such a mail went to it within the last minute.
func (s *Service) MailVerification(ctx context.Context, userID uuid.UUID) error {
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error { return s.addVerification(ctx, tx, userID) })
	s.outbox.Wake()
	return err
}

// addVerification adds to the transaction what MailVerification sends.
func (s *Service) addVerification(ctx context.Context, tx *repo.Tx, userID uuid.UUID) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil || user.EmailVerifiedAt != nil {
		return err
	}
	recent, err := tx.MailSince(ctx, user.ID, string(mail.KindVerification), tx.Now().Add(-verificationPause))
	if err != nil || recent {
		return err
	}
	_, err = s.addTokenMail(ctx, tx, user, verificationMail, false)
	return err
}
