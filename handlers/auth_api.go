package handlers

import (
	"context"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

// RedeemInvite exchanges a code that can be used for a token that says so.
func (o *accessOperations) RedeemInvite(ctx context.Context, r gen.RedeemInviteRequestObject) (gen.RedeemInviteResponseObject, error) {
	token, err := o.signin.RedeemInvite(ctx, by(ctx), r.Body.Code)
	if err != nil {
		return nil, err
	}
	return gen.RedeemInvite200JSONResponse{Body: gen.RedeemedInvite{
		Message: "Invite code accepted", InviteToken: token, ExpiresIn: int(signin.InviteTokenLife.Seconds()),
	}}, nil
}

// Register creates a user at the API door, by invite. The user logs in when the
// address has been verified. A call that is cut off before its verification mail is
// sent counts as one whose mail failed.
func (o *accessOperations) Register(ctx context.Context, r gen.RegisterRequestObject) (gen.RegisterResponseObject, error) {
	code, err := o.signin.UsableInvite(ctx, r.Body.InviteToken)
	if err != nil {
		return nil, err
	}
	n, err := o.signin.PrepareSignUp(ctx, repo.NewUser{
		Email: r.Body.Email, Door: repo.DoorAPI, Currency: repo.DefaultCurrency, Language: by(ctx).Language,
	}, r.Body.Password)
	if err != nil {
		return nil, err
	}
	var verification uuid.UUID
	err = o.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		user, mailID, err := o.signin.AddDeveloper(ctx, tx, by(ctx), n, code)
		if err != nil {
			return err
		}
		verification = mailID
		if err := o.calls.SetOwner(ctx, tx, user.ID); err != nil {
			return err
		}
		return o.calls.StoreFailure(ctx, tx, problem.ErrMailFailed)
	})
	if err != nil {
		return nil, err
	}
	if err := o.signin.SendVerification(ctx, verification); err != nil {
		return nil, err
	}
	body := gen.Registered{Message: "Register user successful", LinkMsg: problem.TextVerificationSent}
	return gen.Register200JSONResponse{Body: body}, nil
}

// OpenVerification leads from a mail's link to the page that asks for a click.
func (o *accessOperations) OpenVerification(_ context.Context, r gen.OpenVerificationRequestObject) (gen.OpenVerificationResponseObject, error) {
	location := o.pageURL("/verify-email", "token", r.Params.Token)
	return gen.OpenVerification302Response{Headers: gen.OpenVerification302ResponseHeaders{Location: &location}}, nil
}

// VerifyEmail uses a verification token: the address is proved.
func (o *accessOperations) VerifyEmail(ctx context.Context, r gen.VerifyEmailRequestObject) (gen.VerifyEmailResponseObject, error) {
	if err := o.signin.VerifyEmail(ctx, by(ctx), r.Body.Token); err != nil {
		return nil, err
	}
	return gen.VerifyEmail200JSONResponse{Body: gen.Message{Message: "Email verified successfully"}}, nil
}

// ResendVerification asks for a fresh verification mail. What comes of it, the
// answer does not say.
func (o *accessOperations) ResendVerification(ctx context.Context, r gen.ResendVerificationRequestObject) (gen.ResendVerificationResponseObject, error) {
	if err := o.signin.RequestMail(ctx, by(ctx), signin.RequestVerification, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is awaiting verification, a new link has been sent."}
	return gen.ResendVerification200JSONResponse{Body: body}, nil
}
