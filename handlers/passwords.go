package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
)

// ForgetPassword requests a reset mail. The response does not reveal whether one will
// be sent.
func (o *accessOperations) ForgetPassword(ctx context.Context, r gen.ForgetPasswordRequestObject) (gen.ForgetPasswordResponseObject, error) {
	if err := o.signin.RequestMail(ctx, byCaller(ctx), signin.RequestReset, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is registered, a reset link has been sent."}
	return gen.ForgetPassword200JSONResponse{Body: body}, nil
}

// OpenReset redirects a link in a mail to the page for the new password.
func (o *accessOperations) OpenReset(_ context.Context, r gen.OpenResetRequestObject) (gen.OpenResetResponseObject, error) {
	location := o.pageURL("/reset-password", "token", r.Params.Token)
	return gen.OpenReset302Response{Headers: gen.OpenReset302ResponseHeaders{Location: &location}}, nil
}

// NewPassword redeems a reset token, changes the password and marks the browser as
// the user's.
func (o *accessOperations) NewPassword(ctx context.Context, r gen.NewPasswordRequestObject) (gen.NewPasswordResponseObject, error) {
	device, err := o.signin.ResetPassword(ctx, byCaller(ctx), r.Body.Token, r.Body.Newpassword)
	if err != nil {
		return nil, err
	}
	o.cookies.Set(stage.From(ctx), stage.DeviceCookie, device, signin.DeviceLife)
	return gen.NewPassword200JSONResponse{Body: gen.Message{Message: "Password updated successfully"}}, nil
}
