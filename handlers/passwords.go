package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/signin"
)

// ForgetPassword asks for a reset mail. What comes of it, the answer does not
// say.
func (o *accessOperations) ForgetPassword(ctx context.Context, r gen.ForgetPasswordRequestObject) (gen.ForgetPasswordResponseObject, error) {
	if err := o.signin.RequestMail(ctx, by(ctx), signin.RequestReset, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is registered, a reset link has been sent."}
	return gen.ForgetPassword200JSONResponse{Body: body}, nil
}

// OpenReset leads from a mail's link to the page that asks for the password.
func (o *accessOperations) OpenReset(_ context.Context, r gen.OpenResetRequestObject) (gen.OpenResetResponseObject, error) {
	location := o.pageURL("/reset-password", "token", r.Params.Token)
	return gen.OpenReset302Response{Headers: gen.OpenReset302ResponseHeaders{Location: &location}}, nil
}

// NewPassword uses a reset token: the password is changed.
func (o *accessOperations) NewPassword(ctx context.Context, r gen.NewPasswordRequestObject) (gen.NewPasswordResponseObject, error) {
	if err := o.signin.ResetPassword(ctx, by(ctx), r.Body.Token, r.Body.Newpassword); err != nil {
		return nil, err
	}
	return gen.NewPassword200JSONResponse{Body: gen.Message{Message: "Password updated successfully"}}, nil
}
