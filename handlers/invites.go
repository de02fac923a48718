package handlers

import (
	"context"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListInvites answers one page of all invites, the newest first.
func (s *Server) ListInvites(ctx context.Context, r gen.ListInvitesRequestObject) (gen.ListInvitesResponseObject, error) {
	page, limit := int(*r.Params.Page), int(*r.Params.Limit) // the contract has defaults for both
	list, total, err := s.Repo.Invites(ctx, repo.Page{Offset: (page - 1) * limit, Limit: limit})
	if err != nil {
		return nil, err
	}
	body := gen.InvitePage{Invites: make([]gen.Invite, len(list)), Page: page, Limit: limit, Total: total}
	for i, invite := range list {
		body.Invites[i] = s.wireInvite(invite)
	}
	return gen.ListInvites200JSONResponse{Body: body}, nil
}

// CreateInvite makes an invite.
func (s *Server) CreateInvite(ctx context.Context, r gen.CreateInviteRequestObject) (gen.CreateInviteResponseObject, error) {
	invite := repo.Invite{
		Code: identity.NewInviteCode(), MaxUses: int(*r.Body.Uses), Note: *r.Body.Note, // the contract has defaults
		CreatedBy: stage.From(ctx).Principal.UserID.String(),
	}
	life := time.Duration(*r.Body.ExpiresIn) * time.Second
	event := s.inviteEvent(ctx, repo.AuditInviteCreate, nil, invite.Code)
	return stage.Write(ctx, s.calls, gen.CreateInvite201JSONResponse.VisitCreateInviteResponse,
		func(tx *repo.Tx) (response gen.CreateInvite201JSONResponse, err error) {
			made, err := tx.CreateInvite(ctx, invite, life)
			if err != nil {
				return response, err
			}
			if err := tx.Audit(ctx, event); err != nil {
				return response, err
			}
			response.Body = s.wireInvite(made)
			return response, nil
		})
}

// RevokeInvite makes an invite useless. One that is revoked stays so.
func (s *Server) RevokeInvite(ctx context.Context, r gen.RevokeInviteRequestObject) (gen.RevokeInviteResponseObject, error) {
	code := identity.CanonicalInviteCode(r.Code)
	event := s.inviteEvent(ctx, repo.AuditInviteRevoke, nil, code)
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		changed, err := tx.RevokeInvite(ctx, code)
		if err != nil || !changed {
			return err
		}
		return tx.Audit(ctx, event)
	})
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrInviteNotFound)
	}
	return gen.RevokeInvite204Response{}, nil
}

func (s *Server) wireInvite(i repo.Invite) gen.Invite {
	return gen.Invite{
		Code:      i.Code,
		State:     gen.InviteState(i.State(s.Now())),
		Uses:      i.Uses,
		MaxUses:   i.MaxUses,
		Note:      i.Note,
		CreatedBy: i.CreatedBy,
		CreatedAt: wireTime(i.CreatedAt),
		ExpiresAt: wireTime(i.ExpiresAt),
		RevokedAt: timeOrNull(i.RevokedAt),
	}
}
