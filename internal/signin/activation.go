package signin

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// defaultKeyName is the name of the API key that an invite gives.
const defaultKeyName = "default"

// ActivateUser gives a user of the app door the benefits of the invite, and returns
// the API key with its row. Its errors are problem.ErrUnauthorized if the user was
// deleted, problem.ErrActive, problem.ErrActivateUnverified,
// problem.ErrInviteUnknown and those of repo.Invite.Err.
func (r *registrations) ActivateUser(
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
	if key, made, err = r.activate(ctx, tx, by, user, code); err != nil {
		return "", made, err
	}
	if err := tx.Audit(ctx, by.Event(repo.AuditActivate, &user.ID)); err != nil {
		return "", made, err
	}
	return key, made, r.apiKeys.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindKeyMade, KeyName: made.Name})
}

// activate uses the invite once and gives the user its benefits: the free plan with
// the tokens of its first month, and an API key. It returns the key with its row.
func (r *registrations) activate(
	ctx context.Context, tx *repo.Tx, by By, user repo.User, code string,
) (key string, made repo.APIKey, err error) {
	if err := r.useInvite(ctx, tx, by, user, code); err != nil {
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
	return r.apiKeys.addKey(ctx, tx, by, keyDraft{userID: user.ID, name: defaultKeyName, event: repo.AuditKeyCreate})
}

// useInvite uses the invite with the code once, for the user. Its errors are those of
// ActivateUser about the invite.
func (r *registrations) useInvite(ctx context.Context, tx *repo.Tx, by By, user repo.User, code string) error {
	invite, err := r.invites.find(ctx, tx, code)
	if err == nil {
		err = tx.UseInvite(ctx, invite.ID)
	}
	if err != nil {
		return problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	if err := tx.SetInviteCode(ctx, user.ID, invite.Masked); err != nil {
		return err
	}
	return tx.Audit(ctx, inviteEvent(by, repo.AuditInviteUse, &user.ID, invite))
}
