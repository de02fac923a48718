package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
)

// AdminListUsers answers one page of all users, the newest first.
func (o *administrationOperations) AdminListUsers(ctx context.Context, r gen.AdminListUsersRequestObject) (gen.AdminListUsersResponseObject, error) {
	page := pageOf(r.Params.Page, r.Params.Limit)
	users, total, err := o.repo.NewestUsers(ctx, page.toRepo())
	if err != nil {
		return nil, err
	}
	body := mapAll(users, wireMe)
	return gen.AdminListUsers200JSONResponse{
		Body: body, Headers: gen.AdminListUsers200ResponseHeaders{XTotalCount: &total},
	}, nil
}

// AdminDeleteUser deletes another user.
func (o *administrationOperations) AdminDeleteUser(ctx context.Context, r gen.AdminDeleteUserRequestObject) (gen.AdminDeleteUserResponseObject, error) {
	if r.ID == stage.From(ctx).Principal.UserID {
		return nil, problem.ErrDeletesSelf
	}
	if err := o.signin.Delete(ctx, byCaller(ctx), r.ID); err != nil {
		return nil, err
	}
	return gen.AdminDeleteUser200JSONResponse{Body: gen.Message{Message: "Usuario eliminado"}}, nil
}

// AdminResetPassword sends the user a link to choose a new password.
func (o *administrationOperations) AdminResetPassword(ctx context.Context, r gen.AdminResetPasswordRequestObject) (gen.AdminResetPasswordResponseObject, error) {
	if err := o.signin.MailReset(ctx, byCaller(ctx), r.ID); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "Se envió al usuario un correo para elegir una contraseña nueva."}
	return gen.AdminResetPassword200JSONResponse{Body: body}, nil
}
