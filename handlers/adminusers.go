package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// AdminListUsers answers one page of all users, the newest first.
func (s *Server) AdminListUsers(ctx context.Context, r gen.AdminListUsersRequestObject) (gen.AdminListUsersResponseObject, error) {
	page, limit := int(*r.Params.Page), int(*r.Params.Limit) // the contract has defaults for both
	users, total, err := s.Repo.NewestUsers(ctx, repo.Page{Offset: (page - 1) * limit, Limit: limit})
	if err != nil {
		return nil, err
	}
	body := make([]gen.Me, len(users))
	for i, user := range users {
		body[i] = me(user)
	}
	return gen.AdminListUsers200JSONResponse{
		Body: body, Headers: gen.AdminListUsers200ResponseHeaders{XTotalCount: &total},
	}, nil
}

// AdminDeleteUser deletes somebody else.
func (s *Server) AdminDeleteUser(ctx context.Context, r gen.AdminDeleteUserRequestObject) (gen.AdminDeleteUserResponseObject, error) {
	if r.ID == stage.From(ctx).Principal.UserID {
		return nil, problem.ErrDeletesSelf
	}
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, r.ID)
		if err != nil {
			return err
		}
		return s.erase(ctx, tx, user, false)
	})
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	return gen.AdminDeleteUser200JSONResponse{Body: gen.Message{Message: "Usuario eliminado"}}, nil
}

// AdminResetPassword sends the user a link to choose a new password.
func (s *Server) AdminResetPassword(ctx context.Context, r gen.AdminResetPasswordRequestObject) (gen.AdminResetPasswordResponseObject, error) {
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := s.addReset(ctx, tx, r.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.event(ctx, repo.AuditResetStart, &r.ID, ""))
	})
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrUserNotFound)
	}
	s.Outbox.Wake()
	body := gen.Message{Message: "Se envió al usuario un correo para elegir una contraseña nueva."}
	return gen.AdminResetPassword200JSONResponse{Body: body}, nil
}
