package handlers

import (
	"context"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListInvites answers one page of all invites, the newest first.
func (o *administrationOperations) ListInvites(ctx context.Context, r gen.ListInvitesRequestObject) (gen.ListInvitesResponseObject, error) {
	page := pageOf(r.Params.Page, r.Params.Limit)
	list, total, err := o.repo.Invites(ctx, page.toRepo())
	if err != nil {
		return nil, err
	}
	body := gen.InvitePage{Invites: mapAll(list, o.wireMaskedInvite), Page: page.number, Limit: page.size, Total: total}
	return gen.ListInvites200JSONResponse{Body: body}, nil
}

// CreateInvite creates an invite. No other response has its code.
func (o *administrationOperations) CreateInvite(ctx context.Context, r gen.CreateInviteRequestObject) (gen.CreateInviteResponseObject, error) {
	wanted := signin.NewInvite{ // the contract has defaults
		Uses: int(*r.Body.Uses), Note: *r.Body.Note, Life: time.Duration(*r.Body.ExpiresIn) * time.Second,
	}
	return stage.Write(ctx, o.calls, gen.CreateInvite201JSONResponse.VisitCreateInviteResponse,
		func(tx *repo.Tx) (response gen.CreateInvite201JSONResponse, err error) {
			code, made, err := o.signin.CreateInvite(ctx, tx, byCaller(ctx), wanted)
			response.Body = o.wireInvite(made, code)
			return response, err
		})
}

// RevokeInvite revokes an invite. A revoked invite stays revoked.
func (o *administrationOperations) RevokeInvite(ctx context.Context, r gen.RevokeInviteRequestObject) (gen.RevokeInviteResponseObject, error) {
	err := o.repo.InTx(ctx, func(tx *repo.Tx) error {
		_, err := o.signin.RevokeInvite(ctx, tx, byCaller(ctx), r.Code)
		return err
	})
	if err != nil {
		return nil, err
	}
	return gen.RevokeInvite204Response{}, nil
}

func (o *administrationOperations) wireMaskedInvite(i repo.Invite) gen.Invite {
	return o.wireInvite(i, i.Masked)
}

func (o *administrationOperations) wireInvite(i repo.Invite, code string) gen.Invite {
	return gen.Invite{
		ID:        i.ID,
		Code:      code,
		State:     gen.InviteState(i.State(o.now())),
		Uses:      i.Uses,
		MaxUses:   i.MaxUses,
		Note:      i.Note,
		CreatedBy: i.CreatedBy,
		CreatedAt: wireTime(i.CreatedAt),
		ExpiresAt: wireTime(i.ExpiresAt),
		RevokedAt: timeOrNull(i.RevokedAt),
	}
}
