package handlers

import (
	"context"
	"errors"

	"example.com/alta/gen"
	"example.com/alta/internal/money"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// GetUser answers the caller's record in the form of the API door.
func (o *accessOperations) GetUser(ctx context.Context, _ gen.GetUserRequestObject) (gen.GetUserResponseObject, error) {
	user, err := o.caller(ctx)
	if err != nil {
		return nil, err
	}
	body, err := o.wireUser(ctx, user)
	return gen.GetUser200JSONResponse{Body: gen.UserRecord{User: body}}, err
}

// UpdateUser changes the caller's notification preferences.
func (o *accessOperations) UpdateUser(ctx context.Context, r gen.UpdateUserRequestObject) (gen.UpdateUserResponseObject, error) {
	update := repo.UserUpdate{
		WebhookURL: r.Body.WebhookURL, NotifyEmail: r.Body.NotifyEmail, NotifyBrowser: r.Body.NotifyBrowser,
	}
	var user repo.User
	err := o.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		user, err = tx.UpdateUser(ctx, stage.From(ctx).Principal.UserID, update)
		return err
	})
	if err != nil {
		return nil, callerDeleted(err)
	}
	body, err := o.wireUser(ctx, user)
	return gen.UpdateUser200JSONResponse{Body: gen.UserUpdated{Message: "Profile updated successfully", User: body}}, err
}

// usertypes are the API door's names of the roles.
var usertypes = map[string]gen.UserUsertype{
	repo.RoleUser:  gen.UserUsertypeUser,
	repo.RoleAdmin: gen.UserUsertypeAdmin,
}

func (o *accessOperations) wireUser(ctx context.Context, user repo.User) (gen.User, error) {
	var key *string
	masked, err := o.repo.MaskedAPIKey(ctx, user.ID, o.now())
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return gen.User{}, err
	}
	if err == nil {
		key = &masked
	}
	return gen.User{
		UUID:          user.ID,
		Email:         user.DisplayEmail,
		Usertype:      usertypes[user.Role],
		APIKey:        key,
		VerifyEmail:   user.EmailVerifiedAt != nil,
		CreditBalance: money.Number(0),
		Plan:          gen.UserPlan(user.Plan),
		WebhookURL:    user.WebhookURL,
		NotifyEmail:   user.NotifyEmail,
		NotifyBrowser: user.NotifyBrowser,
	}, nil
}
