package handlers

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// Login exchanges an address and a password for a session at the API door.
func (s *Server) Login(ctx context.Context, r gen.LoginRequestObject) (gen.LoginResponseObject, error) {
	user, token, err := s.logIn(ctx, repo.DoorAPI, r.Body.Email, r.Body.Password)
	if err != nil {
		return nil, err
	}
	body, err := s.wireUser(ctx, user)
	return gen.Login200JSONResponse{Body: gen.LoggedIn{Message: "Login successful", Token: token, User: body}}, err
}

// Logout ends the session that the call was made with.
func (s *Server) Logout(ctx context.Context, _ gen.LogoutRequestObject) (gen.LogoutResponseObject, error) {
	call := stage.From(ctx)
	err := s.endSession(ctx, call.Principal.SessionID, repo.AuditLogout)
	if err != nil && !errors.Is(err, problem.ErrSessionNotFound) { // another call may have ended it just now
		return nil, err
	}
	s.cookies.Set(call, stage.SessionCookie, "", 0)
	return gen.Logout200JSONResponse{Body: gen.Message{Message: "Logout successful"}}, nil
}

// ListSessions answers where the caller is logged in.
func (s *Server) ListSessions(ctx context.Context, _ gen.ListSessionsRequestObject) (gen.ListSessionsResponseObject, error) {
	principal := stage.From(ctx).Principal
	sessions, err := s.Repo.Sessions(ctx, principal.UserID, s.Now())
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
func (s *Server) DeleteSession(ctx context.Context, r gen.DeleteSessionRequestObject) (gen.DeleteSessionResponseObject, error) {
	if err := s.endSession(ctx, r.ID, repo.AuditSessionEnd); err != nil {
		return nil, err
	}
	return gen.DeleteSession204Response{}, nil
}

// endSession ends a session of the caller's, or answers problem.ErrSessionNotFound.
func (s *Server) endSession(ctx context.Context, id uuid.UUID, kind string) error {
	owner := stage.From(ctx).Principal.UserID
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.EndSession(ctx, owner, id); err != nil {
			return err
		}
		event := s.event(ctx, kind, &owner, "")
		event.Detail = "session " + id.String()
		return tx.Audit(ctx, event)
	})
	return problem.IfNotFound(err, problem.ErrSessionNotFound)
}
