package handlers

import (
	"context"

	"example.com/alta/internal/mail"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// defaultKeyName is the name of the key that an invite comes with.
const defaultKeyName = "default"

// activate gives the user what an invite gives, for one use of it: the free
// plan with its first month's tokens, and an API key, which it returns with the
// row that is kept. Its errors are problem.ErrInviteUnknown and those of
// repo.Invite.Err.
func (s *Server) activate(ctx context.Context, tx *repo.Tx, user repo.User, code string) (key string, made repo.APIKey, err error) {
	if err := tx.UseInvite(ctx, code); err != nil {
		return "", made, problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	if err := tx.SetInviteCode(ctx, user.ID, code); err != nil {
		return "", made, err
	}
	if err := tx.Audit(ctx, s.inviteEvent(ctx, repo.AuditInviteUse, &user.ID, code)); err != nil {
		return "", made, err
	}
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return "", made, err
	}
	call := stage.From(ctx)
	_, refillAt := meter.Cycle(tx.Now(), tx.Now())
	err = tx.OpenLedger(ctx, user.ID, plan, refillAt, repo.TokenCause{Endpoint: call.Operation.Endpoint(), RequestID: call.ID})
	if err != nil {
		return "", made, err
	}
	return s.makeKey(ctx, tx, user.ID, defaultKeyName, nil, repo.AuditKeyCreate)
}

// addWelcome adds the mail that tells of the key and the plan.
func (s *Server) addWelcome(ctx context.Context, tx *repo.Tx, user repo.User, key string) error {
	plan, err := tx.Plan(ctx, repo.PlanFree)
	if err != nil {
		return err
	}
	l := mail.Letter{Kind: mail.KindWelcome, Language: user.Language, Key: key, Tokens: plan.TokensPerMonth}
	_, _, err = s.Outbox.Add(ctx, tx, mail.Draft{UserID: user.ID, Letter: l})
	return err
}
