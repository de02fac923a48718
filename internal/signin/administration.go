package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Grant is a number of tokens for a user.
type Grant struct {
	UserID uuid.UUID
	Tokens int64  // a negative number takes tokens away
	Reason string // for the audit log
}

// GrantTokens changes the user's balance by the grant, and returns the row of the
// ledger. Its errors are problem.ErrUserNotFound, problem.ErrNotActive if the user
// has no plan, and problem.ErrBalanceBelow joined with a *meter.Insufficient.
func GrantTokens(ctx context.Context, tx *repo.Tx, by By, g Grant) (repo.TokenRow, error) {
	if _, err := tx.UserByID(ctx, g.UserID); err != nil {
		return repo.TokenRow{}, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	row, err := meter.Adjust(ctx, tx, g.UserID, g.Tokens, by.Cause())
	if _, short := errors.AsType[*meter.Insufficient](err); short {
		return row, errors.Join(problem.ErrBalanceBelow, err)
	}
	if err != nil {
		return row, problem.IfNotFound(err, problem.ErrNotActive)
	}
	event := by.Event(repo.AuditGrant, &g.UserID)
	event.Detail = fmt.Sprintf("%+d: %s", g.Tokens, g.Reason)
	return row, tx.Audit(ctx, event)
}

// Administration changes users on behalf of administrators and of the operator, and
// tells them by mail.
type Administration struct{ notices notices }

// NewAdministration returns an Administration whose mails are added to the outbox.
func NewAdministration(outbox *mail.Outbox) *Administration {
	return &Administration{notices: notices{outbox}}
}

// SetActive suspends the user, which ends all sessions, or lifts the suspension. It
// returns the user and whether anything changed. Its errors are
// problem.ErrUserNotFound, and problem.ErrLastAdministrator if an administrator would
// leave nobody who can lift the suspension; the command line can.
func (a *Administration) SetActive(
	ctx context.Context, tx *repo.Tx, by By, userID uuid.UUID, active bool,
) (user repo.User, changed bool, err error) {
	if !active && by.Actor != repo.ActorOperator {
		administrators, err := tx.LockAdministrators(ctx) // two may suspend each other at once
		if err != nil {
			return user, false, err
		}
		if len(administrators) == 1 && administrators[0] == userID {
			return user, false, problem.ErrLastAdministrator
		}
	}
	user, err = tx.LockUser(ctx, userID)
	if err != nil {
		return user, false, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	if changed, err = tx.SetActive(ctx, userID, active); err != nil || !changed {
		return user, false, err
	}
	user.IsActive = active
	kind, letter := repo.AuditSuspend, mail.Letter{Kind: mail.KindSuspended}
	if active {
		kind, letter.Kind = repo.AuditResume, mail.KindResumed
	}
	if err := tx.Audit(ctx, by.Event(kind, &userID)); err != nil {
		return user, false, err
	}
	return user, true, a.notices.tell(ctx, tx, by, user, letter)
}

// Promote makes the user an administrator, which ends all sessions, and reports
// whether that changed anything. Unless force is set, its error is ErrUnproved for an
// address that is not verified: whoever registers somebody else's address must not
// become an administrator in that person's place.
func (a *Administration) Promote(ctx context.Context, tx *repo.Tx, by By, user repo.User, force bool) (changed bool, err error) {
	if user.EmailVerifiedAt == nil && !force {
		return false, ErrUnproved
	}
	changed, err = tx.SetRole(ctx, user.ID, repo.RoleAdmin)
	if err != nil || !changed {
		return false, err
	}
	if err := tx.EndSessions(ctx, user.ID); err != nil {
		return false, err
	}
	if err := tx.Audit(ctx, by.Event(repo.AuditPromote, &user.ID)); err != nil {
		return false, err
	}
	return true, a.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindRole})
}

// ErrUnproved means that nobody has proved to receive mail at the user's address.
var ErrUnproved = errors.New("the address is not verified")
