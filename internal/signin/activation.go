package signin

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// defaultKeyName is the name of the key that an invite comes with.
const defaultKeyName = "default"

// ActivateUser gives a user of the app door what the invite gives, and returns the
// API key with its row. Its errors are problem.ErrUnauthorized if the user is gone,
// problem.ErrActive, problem.ErrActivateUnverified, problem.ErrInviteUnknown and
// those of repo.Invite.Err.
func (s *Service) ActivateUser(
	ctx context.Context, tx *repo.Tx, by By, userID uuid.UUID, code string,
) (key string, made repo.APIKey, err error) {
	user, err := tx.LockUser(ctx, userID)
	switch {
	case err != nil:
		return "", made, callerDeleted(err)
	case user.Plan != repo.PlanNone:
		return "", made, problem.ErrActive
	case user.EmailVerifiedAt == nil:
		return "", made, problem.ErrActivateUnverified
	}
	if key, made, err = s.activate(ctx, tx, by, user, code); err != nil {
		return "", made, err
	}
	return key, made, tx.Audit(ctx, by.Event(repo.AuditActivate, &user.ID))
}

// activate gives the user what an invite gives, for one use of it: the free plan
// with its first month's tokens, and an API key, which it returns with its row.
func (s *Service) activate(ctx context.Context, tx *repo.Tx, by By, user repo.User, code string) (key string, made repo.APIKey, err error) {
	if err := tx.UseInvite(ctx, code); err != nil {
		return "", made, problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	if err := tx.SetInviteCode(ctx, user.ID, code); err != nil {
		return "", made, err
	}
	if err := tx.Audit(ctx, inviteEvent(by, repo.AuditInviteUse, &user.ID, code)); err != nil {
		return "", made, err
	}
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return "", made, err
	}
	_, refillAt := meter.Cycle(tx.Now(), tx.Now())
	if err := tx.OpenLedger(ctx, user.ID, plan, refillAt, by.Cause()); err != nil {
		return "", made, err
	}
	return s.makeKey(ctx, tx, by, newKey{userID: user.ID, name: defaultKeyName, event: repo.AuditKeyCreate})
}
