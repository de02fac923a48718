package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// GrantTokens gives the user tokens, or takes some if the number is negative, and
// returns the ledger's row. reason is for the audit log. Its errors are
// problem.ErrUserNotFound, problem.ErrNotActive without a plan, and
// problem.ErrBalanceBelow joined with a *meter.Insufficient.
func GrantTokens(ctx context.Context, tx *repo.Tx, by By, userID uuid.UUID, tokens int64, reason string) (repo.TokenRow, error) {
	if _, err := tx.UserByID(ctx, userID); err != nil {
		return repo.TokenRow{}, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	row, err := meter.Adjust(ctx, tx, userID, tokens, by.Cause())
	if _, short := errors.AsType[*meter.Insufficient](err); short {
		return row, errors.Join(problem.ErrBalanceBelow, err)
	}
	if err != nil {
		return row, problem.IfNotFound(err, problem.ErrNotActive)
	}
	event := by.Event(repo.AuditGrant, &userID)
	event.Detail = fmt.Sprintf("%+d: %s", tokens, reason)
	return row, tx.Audit(ctx, event)
}

// SetActive suspends the user, which ends all sessions, or lets the user in again,
// and reports whether that changed anything. Its error is problem.ErrUserNotFound.
func SetActive(ctx context.Context, tx *repo.Tx, by By, userID uuid.UUID, active bool) (user repo.User, changed bool, err error) {
	user, err = tx.LockUser(ctx, userID)
	if err != nil {
		return user, false, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	if changed, err = tx.SetActive(ctx, userID, active); err != nil || !changed {
		return user, false, err
	}
	user.IsActive = active
	kind := repo.AuditSuspend
	if active {
		kind = repo.AuditResume
	}
	return user, true, tx.Audit(ctx, by.Event(kind, &userID))
}

// MailReset sends the user a link to choose a new password. Its error is
// problem.ErrUserNotFound.
func (s *Service) MailReset(ctx context.Context, by By, userID uuid.UUID) error {
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := s.addLink(ctx, tx, userID, resetMail); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Event(repo.AuditResetStart, &userID))
	})
	s.outbox.Wake()
	return problem.IfNotFound(err, problem.ErrUserNotFound)
}
