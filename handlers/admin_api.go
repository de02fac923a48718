package handlers

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// administrationOperations are the operations for administrators, at both doors.
type administrationOperations struct {
	repo   *repo.Repo
	calls  *stage.Stages
	signin *signin.Service
	now    func() time.Time
}

// ListUsersWithPlans answers one page of all users, by address.
func (o *administrationOperations) ListUsersWithPlans(ctx context.Context, r gen.ListUsersWithPlansRequestObject) (gen.ListUsersWithPlansResponseObject, error) {
	page := pageOf(r.Params.Page, r.Params.Limit)
	list, total, err := o.repo.UserBalances(ctx, page.toRepo())
	if err != nil {
		return nil, err
	}
	body := gen.AdminUserPage{Users: make([]gen.AdminUser, len(list)), Page: page.number, Limit: page.size, Total: total}
	for i, user := range list {
		body.Users[i] = wireAdminUser(user.User, user.Balance)
	}
	return gen.ListUsersWithPlans200JSONResponse{Body: body}, nil
}

func wireAdminUser(user repo.User, balance int64) gen.AdminUser {
	return gen.AdminUser{
		UUID:        user.ID,
		Email:       user.DisplayEmail,
		Usertype:    gen.UserType(usertypes[user.Role]),
		IsActive:    user.IsActive,
		VerifyEmail: user.EmailVerifiedAt != nil,
		Plan:        gen.PlanName(user.Plan),
		Balance:     balance,
		CreatedAt:   wireTime(user.CreatedAt),
	}
}

// SuspendUser suspends a user.
func (o *administrationOperations) SuspendUser(ctx context.Context, r gen.SuspendUserRequestObject) (gen.SuspendUserResponseObject, error) {
	user, err := o.setActive(ctx, r.ID, false)
	return gen.SuspendUser200JSONResponse{Body: user}, err
}

// ResumeUser lifts the suspension of a user.
func (o *administrationOperations) ResumeUser(ctx context.Context, r gen.ResumeUserRequestObject) (gen.ResumeUserResponseObject, error) {
	user, err := o.setActive(ctx, r.ID, true)
	return gen.ResumeUser200JSONResponse{Body: user}, err
}

func (o *administrationOperations) setActive(ctx context.Context, id uuid.UUID, active bool) (body gen.AdminUser, err error) {
	err = o.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, _, err := o.signin.SetActive(ctx, tx, byCaller(ctx), id, active)
		if err != nil {
			return err
		}
		ledger, err := tx.Ledger(ctx, id)
		if errors.Is(err, repo.ErrNotFound) {
			err = nil // without a ledger, the balance is 0
		}
		body = wireAdminUser(user, ledger.Balance)
		return err
	})
	return body, err
}

// GrantTokens adds tokens to a user's balance, or subtracts some.
func (o *administrationOperations) GrantTokens(ctx context.Context, r gen.GrantTokensRequestObject) (gen.GrantTokensResponseObject, error) {
	grant := signin.Grant{UserID: r.ID, Tokens: int64(r.Body.Tokens), Reason: r.Body.Reason}
	if grant.Tokens == 0 {
		return nil, problem.ErrTokensZero
	}
	return stage.Write(ctx, o.calls, gen.GrantTokens201JSONResponse.VisitGrantTokensResponse,
		func(tx *repo.Tx) (response gen.GrantTokens201JSONResponse, err error) {
			row, err := signin.GrantTokens(ctx, tx, byCaller(ctx), grant)
			response.Body = wireTokenRow(row)
			return response, err
		})
}

// ListAuditEvents answers the newest events.
func (o *administrationOperations) ListAuditEvents(ctx context.Context, r gen.ListAuditEventsRequestObject) (gen.ListAuditEventsResponseObject, error) {
	limit := int(*r.Params.Limit)
	var events []repo.AuditEvent
	var err error
	if r.Params.Before == nil {
		events, err = o.repo.AuditEvents(ctx, limit)
	} else {
		events, err = o.repo.AuditEventsBefore(ctx, *r.Params.Before, limit)
	}
	if err != nil {
		return nil, err
	}
	body := gen.AuditEventList{Events: make([]gen.AuditEvent, len(events))}
	for i, e := range events {
		body.Events[i] = gen.AuditEvent{
			ID: e.ID, CreatedAt: wireTime(e.CreatedAt), Kind: e.Kind, Actor: e.Actor, UserID: e.UserID,
			Subject: e.Subject, Address: e.Address, RequestID: e.RequestID, Detail: e.Detail,
		}
	}
	return gen.ListAuditEvents200JSONResponse{Body: body}, nil
}
