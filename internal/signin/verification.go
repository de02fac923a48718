package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// verificationPause is the least time between two verification mails to a mailbox.
const verificationPause = time.Minute

// verifications verifies e-mail addresses.
type verifications struct {
	repo    *repo.Repo
	outbox  *mail.Outbox
	audit   auditLog
	oneTime *oneTimeTokens
}

// VerifyEmail redeems a verification token and marks the address as verified. The
// token that has done so may be sent again until it expires, which changes nothing.
// Its error is problem.ErrToken.
func (v *verifications) VerifyEmail(ctx context.Context, by By, token string) error {
	return v.oneTime.redeem(ctx, by, repo.VerifyEmail, token, func(tx *repo.Tx, user repo.User) error {
		return v.markVerified(ctx, tx, by, user)
	})
}

// markVerified marks the user's address as verified, and cancels verification
// tokens and mails that are no longer needed.
func (v *verifications) markVerified(ctx context.Context, tx *repo.Tx, by By, user repo.User) error {
	if err := tx.SetVerified(ctx, user.ID); err != nil {
		return err
	}
	if err := tx.EndOneTimeTokens(ctx, user.ID, repo.VerifyEmail); err != nil {
		return err
	}
	if err := tx.CancelMail(ctx, user.ID, string(mail.KindVerification)); err != nil {
		return err
	}
	return tx.Audit(ctx, v.audit.emailEvent(by, repo.AuditVerify, &user.ID, user.Email))
}

// SendVerification delivers the verification mail that AddDeveloper added, and
// returns when the mail server has accepted it. Its error is problem.ErrMailFailed;
// the outbox then tries again.
func (v *verifications) SendVerification(ctx context.Context, mailID uuid.UUID) error {
	v.outbox.Wake() // for the welcome mail
	// The account exists even if the client hangs up, so its mail must be sent.
	attempt := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		attempt, cancel = context.WithDeadline(attempt, deadline)
		defer cancel()
	}
	if err := v.outbox.Deliver(attempt, mailID); err != nil {
		return fmt.Errorf("%w: %w", problem.ErrMailFailed, err)
	}
	return nil
}

// MailVerification sends the user a new verification mail, unless the address is
// verified or such a mail was sent within the last minute. It returns the error of
// the database, if any.
func (v *verifications) MailVerification(ctx context.Context, by By, userID uuid.UUID) error {
	err := v.repo.InTx(ctx, func(tx *repo.Tx) error { return v.addMail(ctx, tx, userID, by.network()) })
	v.outbox.Wake()
	return err
}

// addMail adds the mail of MailVerification to the transaction. client is the network
// that caused it.
func (v *verifications) addMail(ctx context.Context, tx *repo.Tx, userID uuid.UUID, client string) error {
	user, err := tx.LockUser(ctx, userID)
	if err != nil || user.EmailVerifiedAt != nil {
		return err
	}
	recent, err := v.outbox.SentSince(ctx, tx, user, mail.KindVerification, tx.Now().Add(-verificationPause))
	if err != nil || recent {
		return err
	}
	_, _, err = v.oneTime.addMail(ctx, tx, user, verificationMail.by(client), false)
	return err
}
