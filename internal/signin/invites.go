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

// InviteTokenLife is how long a redeemed invite waits for a registration.
const InviteTokenLife = 15 * time.Minute

// RedeemInvite exchanges a code that can be used for a token that says so, valid
// for InviteTokenLife. Its errors are problem.ErrInviteUnknown and those of
// repo.Invite.Err.
func (s *Service) RedeemInvite(ctx context.Context, by By, code string) (token string, err error) {
	code = identity.CanonicalInviteCode(code)
	if err := s.checkInvite(ctx, code); err != nil {
		return "", err
	}
	token, err = s.tokens.Sign(identity.PurposeInvite, identity.Claims{Code: code, ID: uuid.NewString()}, InviteTokenLife)
	if err != nil {
		return "", err
	}
	return token, s.Audit(ctx, inviteEvent(by, repo.AuditInviteRedeem, nil, code))
}

// InviteOf returns the code of a token of RedeemInvite. Its error is
// problem.ErrInviteToken.
func (s *Service) InviteOf(token string) (code string, err error) {
	claims, err := s.tokens.Parse(identity.PurposeInvite, token)
	if err != nil {
		return "", errors.Join(problem.ErrInviteToken, err)
	}
	return claims.Code, nil
}

// UsableInvite is InviteOf for a code that can still be used. Its errors are also
// those of RedeemInvite.
func (s *Service) UsableInvite(ctx context.Context, token string) (code string, err error) {
	if code, err = s.InviteOf(token); err != nil {
		return "", err
	}
	return code, s.checkInvite(ctx, code)
}

func (s *Service) checkInvite(ctx context.Context, code string) error {
	invite, err := s.repo.Invite(ctx, code)
	if err != nil {
		return problem.IfNotFound(err, problem.ErrInviteUnknown)
	}
	return invite.Err(s.now())
}

// CreateInvite adds an invite with a fresh code that lives for the time given, in
// the name of who acts.
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
