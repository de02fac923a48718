package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// passwordResets replaces forgotten passwords.
type passwordResets struct {
	repo          *repo.Repo
	hasher        *identity.Hasher
	keys          *identity.Keyring
	outbox        *mail.Outbox
	now           func() time.Time
	audit         auditLog
	notices       notices
	oneTime       *oneTimeTokens
	verifications *verifications
	marks         *deviceMarks
}

// MailReset sends the user a link to choose a new password. Its errors are
// problem.ErrUserNotFound and problem.ErrMailLimited.
func (p *passwordResets) MailReset(ctx context.Context, by By, userID uuid.UUID) error {
	err := p.oneTime.mailLink(ctx, userID, resetMail.by(by.network()), by.Event(repo.AuditResetStart, &userID))
	return problem.IfNotFound(err, problem.ErrUserNotFound)
}

// ResetPassword redeems a reset token: it changes the password, ends every session
// and notifies the owner by mail. It returns a mark for the owner's browser, so that
// whoever goes on guessing cannot keep the owner out. Its errors are problem.ErrToken
// and those of the hasher.
func (p *passwordResets) ResetPassword(ctx context.Context, by By, token, password string) (device string, err error) {
	id, err := identity.ParseOneTime(token)
	if err != nil {
		return "", problem.ErrToken
	}
	// An invalid token must not cost a hash.
	row, err := p.repo.OneTimeToken(ctx, id, repo.ResetPassword, p.now())
	if err != nil {
		return "", problem.IfNotFound(err, problem.ErrToken)
	}
	if !p.oneTime.matches(row, token) { // redeem counts it
		return "", p.oneTime.redeem(ctx, by, repo.ResetPassword, token, func(*repo.Tx, repo.User) error { return problem.ErrToken })
	}
	caller := by.stranger()
	caller.Known = row.UserID.String()
	hash, err := p.hasher.Hash(ctx, caller, password)
	if err != nil {
		return "", err
	}
	err = p.oneTime.redeem(ctx, by, repo.ResetPassword, token, func(tx *repo.Tx, user repo.User) (err error) {
		if err := p.setPassword(ctx, tx, by, user, hash); err != nil {
			return err
		}
		device, _, err = p.marks.renew(ctx, tx, user, "")
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reset password: %w", err)
	}
	p.outbox.Wake()
	return device, nil
}

// setPassword stores the hash, ends every session and device mark, lifts the lock and
// notifies the owner, also of the API keys that still work. If the address was not
// verified before, an impostor may have created the account: its keys are revoked.
func (p *passwordResets) setPassword(ctx context.Context, tx *repo.Tx, by By, user repo.User, hash string) error {
	if err := tx.SetPassword(ctx, user.ID, hash); err != nil {
		return err
	}
	if user.EmailVerifiedAt == nil {
		if _, err := tx.RevokeAPIKeys(ctx, user.ID); err != nil {
			return err
		}
		if err := p.verifications.markVerified(ctx, tx, by, user); err != nil {
			return err
		}
	}
	if err := tx.ForgetAddress(ctx, p.keys.Pseudonyms(user.Email)...); err != nil {
		return err
	}
	if err := tx.Audit(ctx, p.audit.emailEvent(by, repo.AuditReset, &user.ID, user.Email)); err != nil {
		return err
	}
	keys, err := tx.APIKeys(ctx, user.ID, tx.Now())
	if err != nil {
		return err
	}
	return p.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindPasswordChanged, Keys: int64(len(keys))})
}
