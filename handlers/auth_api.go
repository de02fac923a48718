package handlers

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/signin"
	"example.com/alta/repo"
)

// RedeemInvite exchanges the code of a usable invite for a token.
func (o *accessOperations) RedeemInvite(ctx context.Context, r gen.RedeemInviteRequestObject) (gen.RedeemInviteResponseObject, error) {
	token, err := o.signin.RedeemInvite(ctx, byCaller(ctx), r.Body.Code)
	if err != nil {
		return nil, err
	}
	return gen.RedeemInvite200JSONResponse{Body: gen.RedeemedInvite{
		Message: "Invite code accepted", InviteToken: token, ExpiresIn: int(signin.InviteTokenLife.Seconds()),
	}}, nil
}

// RegisterDeveloper creates a user at the API door, by invite. The user can log in
// after the address was verified. If the call is interrupted before its verification
// mail is sent, a retry gets the answer to a failed mail.
func (o *accessOperations) RegisterDeveloper(ctx context.Context, r gen.RegisterDeveloperRequestObject) (gen.RegisterDeveloperResponseObject, error) {
	code, err := o.signin.UsableInvite(ctx, r.Body.InviteToken)
	if err != nil {
		return nil, err
	}
	language := string(valueOr(r.Body.Language, ""))
	n, err := o.signin.PrepareSignUp(ctx, byCaller(ctx), repo.NewUser{
		Email: r.Body.Email, Door: repo.DoorAPI, Currency: valueOr(r.Body.Currency, repo.DefaultCurrency),
		Language: cmp.Or(language, byCaller(ctx).Language), NamesLanguage: language, Timezone: valueOr(r.Body.Timezone, ""),
	}, r.Body.Password)
	if err != nil {
		return nil, err
	}
	o.calls.KeepPasswordHash(ctx, n.PasswordHash)
	var verification uuid.UUID
	err = o.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		user, mailID, err := o.signin.AddDeveloper(ctx, tx, byCaller(ctx), n, code)
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
	return gen.RegisterDeveloper200JSONResponse{Body: body}, nil
}

// OpenVerification redirects a link in a mail to the page with the button to verify.
func (o *accessOperations) OpenVerification(_ context.Context, r gen.OpenVerificationRequestObject) (gen.OpenVerificationResponseObject, error) {
	location := o.pageURL("/verify-email", "token", r.Params.Token)
	return gen.OpenVerification302Response{Headers: gen.OpenVerification302ResponseHeaders{Location: &location}}, nil
}

// VerifyEmail redeems a verification token and marks the address as verified.
func (o *accessOperations) VerifyEmail(ctx context.Context, r gen.VerifyEmailRequestObject) (gen.VerifyEmailResponseObject, error) {
	if err := o.signin.VerifyEmail(ctx, byCaller(ctx), r.Body.Token); err != nil {
		return nil, err
	}
	return gen.VerifyEmail200JSONResponse{Body: gen.Message{Message: "Email verified successfully"}}, nil
}

// DescribeSignUp answers when and from where somebody signed up with the address that a
// verification token is for.
func (o *accessOperations) DescribeSignUp(ctx context.Context, r gen.DescribeSignUpRequestObject) (gen.DescribeSignUpResponseObject, error) {
	signUp, err := o.signin.DescribeSignUp(ctx, r.Body.Token)
	if err != nil {
		return nil, err
	}
	user := signUp.User
	return gen.DescribeSignUp200JSONResponse{Body: gen.SignUp{
		Email: user.DisplayEmail, CreatedAt: wireTime(user.CreatedAt), Timezone: user.Timezone, Address: user.SignUpAddress,
		UserAgent: user.SignUpAgent, Verified: signUp.Verified,
	}}, nil
}

// RejectSignUp redeems a verification token for an address whose owner did not sign up,
// and deletes the account.
func (o *accessOperations) RejectSignUp(ctx context.Context, r gen.RejectSignUpRequestObject) (gen.RejectSignUpResponseObject, error) {
	if err := o.signin.RejectSignUp(ctx, byCaller(ctx), r.Body.Token); err != nil {
		return nil, err
	}
	return gen.RejectSignUp200JSONResponse{Body: gen.Message{Message: "Account deleted"}}, nil
}

// ResendVerification requests a new verification mail. The response does not reveal
// whether one will be sent.
func (o *accessOperations) ResendVerification(ctx context.Context, r gen.ResendVerificationRequestObject) (gen.ResendVerificationResponseObject, error) {
	if err := o.signin.RequestMail(ctx, byCaller(ctx), signin.RequestVerification, r.Body.Email); err != nil {
		return nil, err
	}
	body := gen.Message{Message: "If that email is awaiting verification, a new link has been sent."}
	return gen.ResendVerification200JSONResponse{Body: body}, nil
}
