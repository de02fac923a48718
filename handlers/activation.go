package handlers

import (
	"context"
	"errors"

	"alta/internal/identity"
	"alta/internal/mail"
	"alta/repo"
)

// defaultKeyName is the name of the key that an invite comes with.
const defaultKeyName = "default"

// activate gives the user what an invite gives, for one use of it: the free
// plan with its first month's tokens, an API key, and the mail that tells of
// them. Its errors are errInviteUnknown and those of repo.Invite.Err.
func (s *Server) activate(ctx context.Context, tx *repo.Tx, user repo.User, code string) error {
	err := tx.UseInvite(ctx, code)
	if errors.Is(err, repo.ErrNotFound) {
		return errInviteUnknown
	}
	if err != nil {
		return err
	}
	if err := tx.Audit(ctx, s.inviteEvent(ctx, repo.AuditInviteUse, &user.ID, code)); err != nil {
		return err
	}
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return err
	}
	one := callFrom(ctx)
	if err := tx.OpenLedger(ctx, user.ID, plan, one.operation.Method+" "+one.operation.Path, one.id); err != nil {
		return err
	}
	key := identity.NewAPIKey()
	digest := s.Keys.Digest(identity.PurposeAPIKey, key)
	_, err = tx.CreateAPIKey(ctx, repo.NewAPIKey{
		UserID: user.ID, Name: defaultKeyName, Masked: identity.MaskAPIKey(key), Digest: digest.Sum, SecretID: digest.KeyID,
	})
	if err != nil {
		return err
	}
	welcome := mail.Letter{Kind: mail.KindWelcome, Language: user.Language, Key: key, Tokens: plan.TokensPerMonth}
	_, _, err = s.Outbox.Add(ctx, tx, user.ID, welcome, nil, false)
	return err
}
