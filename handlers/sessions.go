package handlers

import (
	"context"
	"errors"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// LoginDeveloper exchanges an address and a password for a session at the API door.
func (o *accessOperations) LoginDeveloper(ctx context.Context, r gen.LoginDeveloperRequestObject) (gen.LoginDeveloperResponseObject, error) {
	session, err := o.logIn(ctx, repo.DoorAPI, r.Body.Email, r.Body.Password)
	if err != nil {
		return nil, err
	}
	record, err := o.userRecord(ctx, o.repo, session.User)
	return gen.LoginDeveloper200JSONResponse{Body: gen.LoggedIn{Message: "Login successful", Token: session.Token, User: record.User}}, err
}

// Logout ends the session that the call was made with.
func (o *accessOperations) Logout(ctx context.Context, _ gen.LogoutRequestObject) (gen.LogoutResponseObject, error) {
	call := stage.From(ctx)
	err := o.signin.EndSession(ctx, byCaller(ctx), call.Principal.UserID, call.Principal.SessionID, repo.AuditLogout)
	if err != nil && !errors.Is(err, problem.ErrSessionNotFound) { // another call may have ended it
		return nil, err
	}
	o.cookies.Set(call, stage.SessionCookie, "", 0)
	return gen.Logout200JSONResponse{Body: gen.Message{Message: "Logout successful"}}, nil
}

// ListSessions answers the caller's sessions.
func (o *accessOperations) ListSessions(ctx context.Context, _ gen.ListSessionsRequestObject) (gen.ListSessionsResponseObject, error) {
	principal := stage.From(ctx).Principal
	sessions, err := o.repo.Sessions(ctx, principal.UserID, o.now())
	if err != nil {
		return nil, err
	}
	body := gen.SessionList{Sessions: make([]gen.Session, len(sessions))}
	for i, session := range sessions {
		body.Sessions[i] = gen.Session{
			ID:         session.ID,
			CreatedAt:  wireTime(session.CreatedAt),
			LastSeenAt: wireTime(session.LastSeenAt),
			UserAgent:  session.UserAgent,
			Address:    session.Address,
			Current:    session.ID == principal.SessionID,
		}
	}
	return gen.ListSessions200JSONResponse{Body: body}, nil
}

// DeleteSession ends one of the caller's sessions.
func (o *accessOperations) DeleteSession(ctx context.Context, r gen.DeleteSessionRequestObject) (gen.DeleteSessionResponseObject, error) {
	if err := o.signin.EndSession(ctx, byCaller(ctx), stage.From(ctx).Principal.UserID, r.ID, repo.AuditSessionEnd); err != nil {
		return nil, err
	}
	return gen.DeleteSession204Response{}, nil
}
