package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
)

const (
	textErased       = "Tu cuenta ha sido eliminada."
	textDeletionMail = "Te enviamos un correo para confirmar la eliminación de tu cuenta."
)

// DeleteMe deletes the caller, who repeats the password. A caller without a password
// gets a mail to confirm the deletion.
func (o *accessOperations) DeleteMe(ctx context.Context, r gen.DeleteMeRequestObject) (gen.DeleteMeResponseObject, error) {
	user, err := o.caller(ctx)
	if err != nil {
		return nil, err
	}
	password := valueOrNil(r.Body.Password)
	if password == nil && user.PasswordHash != nil {
		return nil, problem.ErrPasswordRequired
	}
	if password == nil {
		if err := o.signin.MailDeletion(ctx, byCaller(ctx), user.ID); err != nil {
			return nil, err
		}
		return gen.DeleteMe202JSONResponse{Body: gen.Message{Message: textDeletionMail}}, nil
	}
	if err := o.signin.DeleteByPassword(ctx, byCaller(ctx), user, *password, o.device(ctx)); err != nil {
		return nil, err
	}
	call := stage.From(ctx)
	o.cookies.Set(call, stage.SessionCookie, "", 0)
	o.cookies.Set(call, stage.DeviceCookie, "", 0) // it contains the id of the user
	return gen.DeleteMe200JSONResponse{Body: gen.Message{Message: textErased}}, nil
}

// ConfirmDeletion redeems the token of a deletion mail and deletes the user.
func (o *accessOperations) ConfirmDeletion(ctx context.Context, r gen.ConfirmDeletionRequestObject) (gen.ConfirmDeletionResponseObject, error) {
	if err := o.signin.ConfirmDeletion(ctx, byCaller(ctx), r.Body.Token); err != nil {
		return nil, err
	}
	return gen.ConfirmDeletion200JSONResponse{Body: gen.Message{Message: textErased}}, nil
}
