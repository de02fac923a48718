package handlers

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListUsers answers one page of all users, by address.
func (s *Server) ListUsers(ctx context.Context, r gen.ListUsersRequestObject) (gen.ListUsersResponseObject, error) {
	page, limit := int(*r.Params.Page), int(*r.Params.Limit) // the contract has defaults for both
	list, total, err := s.Repo.UserBalances(ctx, repo.Page{Offset: (page - 1) * limit, Limit: limit})
	if err != nil {
		return nil, err
	}
	body := gen.AdminUserPage{Users: make([]gen.AdminUser, len(list)), Page: page, Limit: limit, Total: total}
	for i, user := range list {
		body.Users[i] = adminUser(user.User, user.Balance)
	}
	return gen.ListUsers200JSONResponse{Body: body}, nil
}

func adminUser(user repo.User, balance int64) gen.AdminUser {
	return gen.AdminUser{
		UUID:        user.ID,
		Email:       user.Email,
		Usertype:    gen.AdminUserUsertype(usertypes[user.Role]),
		IsActive:    user.IsActive,
		VerifyEmail: user.EmailVerifiedAt != nil,
		Plan:        gen.AdminUserPlan(user.Plan),
		Balance:     balance,
		CreatedAt:   wireTime(user.CreatedAt),
	}
}

// SuspendUser keeps a user out.
func (s *Server) SuspendUser(ctx context.Context, r gen.SuspendUserRequestObject) (gen.SuspendUserResponseObject, error) {
	user, err := s.setActive(ctx, r.ID, false, repo.AuditSuspend)
	return gen.SuspendUser200JSONResponse{Body: user}, err
}

// ResumeUser lets a suspended user in again.
func (s *Server) ResumeUser(ctx context.Context, r gen.ResumeUserRequestObject) (gen.ResumeUserResponseObject, error) {
	user, err := s.setActive(ctx, r.ID, true, repo.AuditResume)
	return gen.ResumeUser200JSONResponse{Body: user}, err
}

func (s *Server) setActive(ctx context.Context, id uuid.UUID, active bool, kind string) (body gen.AdminUser, err error) {
	err = s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, id)
		if err != nil {
			return err
		}
		changed, err := tx.SetActive(ctx, id, active)
		if err != nil {
			return err
		}
		if changed {
			if err := tx.Audit(ctx, s.event(ctx, kind, &id, "")); err != nil {
				return err
			}
		}
		user.IsActive = active
		ledger, err := tx.Ledger(ctx, id)
		if errors.Is(err, repo.ErrNotFound) {
			err = nil // and the balance is 0
		}
		body = adminUser(user, ledger.Balance)
		return err
	})
	return body, problem.IfNotFound(err, problem.ErrUserNotFound)
}

// GrantTokens gives tokens to a user, or takes some.
func (s *Server) GrantTokens(ctx context.Context, r gen.GrantTokensRequestObject) (gen.GrantTokensResponseObject, error) {
	tokens := int64(r.Body.Tokens)
	if tokens == 0 {
		return nil, problem.ErrTokensZero
	}
	return stage.Write(ctx, s.calls, gen.GrantTokens201JSONResponse.VisitGrantTokensResponse,
		func(tx *repo.Tx) (response gen.GrantTokens201JSONResponse, err error) {
			row, err := s.grant(ctx, tx, r.ID, tokens, r.Body.Reason)
			response.Body = wireTransaction(row)
			return response, err
		})
}

// grant adds the tokens, or takes them if they are negative. Its errors are
// problem.ErrUserNotFound, problem.ErrNotActive and problem.ErrBalanceBelow.
func (s *Server) grant(ctx context.Context, tx *repo.Tx, userID uuid.UUID, tokens int64, reason string) (repo.TokenRow, error) {
	if _, err := tx.UserByID(ctx, userID); err != nil {
		return repo.TokenRow{}, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	call := stage.From(ctx)
	row, err := meter.Adjust(ctx, tx, userID, tokens, repo.TokenCause{Endpoint: call.Operation.Endpoint(), RequestID: call.ID})
	if _, short := errors.AsType[*meter.Insufficient](err); short {
		return row, problem.ErrBalanceBelow
	}
	if err != nil {
		return row, problem.IfNotFound(err, problem.ErrNotActive)
	}
	event := s.event(ctx, repo.AuditGrant, &userID, "")
	event.Detail = fmt.Sprintf("%+d: %s", tokens, reason)
	return row, tx.Audit(ctx, event)
}

// ListAuditEvents answers the newest events.
func (s *Server) ListAuditEvents(ctx context.Context, r gen.ListAuditEventsRequestObject) (gen.ListAuditEventsResponseObject, error) {
	limit := int(*r.Params.Limit)
	var events []repo.AuditEvent
	var err error
	if r.Params.Before == nil {
		events, err = s.Repo.AuditEvents(ctx, limit)
	} else {
		events, err = s.Repo.AuditEventsBefore(ctx, *r.Params.Before, limit)
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
