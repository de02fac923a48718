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

// invites redeems invites.
type invites struct {
	repo   *repo.Repo
	tokens *identity.Tokens
	now    func() time.Time
	audit  auditLog
}

// RedeemInvite exchanges the code of a usable invite for a token that proves it,
// valid for InviteTokenLife. Its errors are problem.ErrInviteUnknown and those of
// repo.Invite.Err.
func (i *invites) RedeemInvite(ctx context.Context, by By, code string) (token string, err error) {
	code = identity.CanonicalInviteCode(code)
	if err := i.check(ctx, code); err != nil {
		return "", err
	}
	token, err = i.tokens.Sign(identity.PurposeInvite, identity.Claims{Code: code, ID: uuid.NewString()}, InviteTokenLife)
	if err != nil {
		return "", err
	}
	return token, i.audit.Audit(ctx, inviteEvent(by, repo.AuditInviteRedeem, nil, code))
}

// InviteOf returns the invite code of a token of RedeemInvite. Its error is
// problem.ErrInviteToken.
func (i *invites) InviteOf(token string) (code string, err error) {
	claims, err := i.tokens.Parse(identity.PurposeInvite, token)
	if err != nil {
		return "", errors.Join(problem.ErrInviteToken, err)
	}
	return claims.Code, nil
}

// UsableInvite returns the invite code of a token of RedeemInvite, if the invite
// can still be used. Its errors are those of InviteOf and RedeemInvite.
func (i *invites) UsableInvite(ctx context.Context, token string) (code string, err error) {
	if code, err = i.InviteOf(token); err != nil {
		return "", err
	}
	return code, i.check(ctx, code)
}

// check returns why the invite cannot be used, or nil.
func (i *invites) check(ctx context.Context, code string) error {
	invite, err := i.repo.Invite(ctx, code)
	if err != nil {
		return problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	return invite.Err(i.now())
}

// CreateInvite adds an invite with a new code that is valid for the given time, on
// behalf of the actor, and returns it.
func CreateInvite(ctx context.Context, tx *repo.Tx, by By, i repo.Invite, life time.Duration) (repo.Invite, error) {
	i.Code, i.CreatedBy = identity.NewInviteCode(), by.Actor
	made, err := tx.CreateInvite(ctx, i, life)
	if err != nil {
		return made, err
	}
	return made, tx.Audit(ctx, inviteEvent(by, repo.AuditInviteCreate, nil, made.Code))
}

// RevokeInvite revokes the invite, and reports whether that changed anything. Its
// error is problem.ErrInviteNotFound.
func RevokeInvite(ctx context.Context, tx *repo.Tx, by By, code string) (changed bool, err error) {
	changed, err = tx.RevokeInvite(ctx, code)
	if err != nil || !changed {
		return false, problem.IfNotFound(err, problem.ErrInviteNotFound)
	}
	return true, tx.Audit(ctx, inviteEvent(by, repo.AuditInviteRevoke, nil, code))
}

// inviteEvent returns an audit event about the invite.
func inviteEvent(by By, kind string, userID *uuid.UUID, code string) repo.AuditEvent {
	event := by.Event(kind, userID)
	event.Detail = "invite " + identity.MaskInviteCode(code)
	return event
}
