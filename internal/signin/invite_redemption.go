package signin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// InviteTokenLife is how long the token of a redeemed invite is valid.
const InviteTokenLife = 15 * time.Minute

// redemptions exchanges the codes of invites for tokens.
type redemptions struct {
	Invites
	repo   *repo.Repo
	tokens *identity.Tokens
	now    func() time.Time
	audit  auditLog
}

// RedeemInvite exchanges the code of a usable invite for a token that proves it,
// valid for InviteTokenLife. Its errors are problem.ErrInviteUnknown and those of
// repo.Invite.Err.
func (r *redemptions) RedeemInvite(ctx context.Context, by By, code string) (token string, err error) {
	code = identity.CanonicalInviteCode(code)
	invite, err := r.usable(ctx, code)
	if err != nil {
		return "", err
	}
	token, err = r.tokens.Sign(identity.PurposeInvite, identity.Claims{Code: code, ID: uuid.NewString()}, InviteTokenLife)
	if err != nil {
		return "", err
	}
	return token, r.audit.Audit(ctx, inviteEvent(by, repo.AuditInviteRedeem, nil, invite))
}

// InviteOf returns the invite code of a token of RedeemInvite. Its error is
// problem.ErrInviteToken.
func (r *redemptions) InviteOf(token string) (code string, err error) {
	claims, err := r.tokens.Parse(identity.PurposeInvite, token)
	if err != nil {
		return "", errors.Join(problem.ErrInviteToken, err)
	}
	return claims.Code, nil
}

// UsableInvite returns the invite code of a token of RedeemInvite, if the invite
// can still be used. Its errors are those of InviteOf and RedeemInvite.
func (r *redemptions) UsableInvite(ctx context.Context, token string) (code string, err error) {
	if code, err = r.InviteOf(token); err != nil {
		return "", err
	}
	_, err = r.usable(ctx, code)
	return code, err
}

// usable returns the invite with the code, or an error that says why it cannot be used.
func (r *redemptions) usable(ctx context.Context, code string) (repo.Invite, error) {
	invite, err := r.find(ctx, r.repo, code)
	if err != nil {
		return invite, problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	return invite, invite.Err(r.now())
}
