package handlers

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// GetDeveloper answers the caller's record in the form of the API door.
func (o *accessOperations) GetDeveloper(ctx context.Context, _ gen.GetDeveloperRequestObject) (gen.GetDeveloperResponseObject, error) {
	user, err := o.caller(ctx)
	if err != nil {
		return nil, err
	}
	var response gen.GetDeveloper200JSONResponse
	if response.Body, err = o.userRecord(ctx, o.repo, user); err != nil {
		return nil, err
	}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// UpdateDeveloper changes the caller's notification preferences.
func (o *accessOperations) UpdateDeveloper(ctx context.Context, r gen.UpdateDeveloperRequestObject) (gen.UpdateDeveloperResponseObject, error) {
	update := repo.UserUpdate{
		WebhookURL: r.Body.WebhookURL, NotifyEmail: r.Body.NotifyEmail, NotifyBrowser: r.Body.NotifyBrowser,
	}
	var record gen.UserRecord
	err := o.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, stage.From(ctx).Principal.UserID)
		if err != nil {
			return err
		}
		if record, err = o.userRecord(ctx, tx, user); err != nil {
			return err
		}
		if err := o.calls.CheckMatch(r.Params.IfMatch, record); err != nil {
			return err
		}
		if user, err = tx.UpdateUser(ctx, user.ID, update); err != nil {
			return err
		}
		record, err = o.userRecord(ctx, tx, user)
		return err
	})
	if err != nil {
		return nil, callerDeleted(err)
	}
	response := gen.UpdateDeveloper200JSONResponse{Body: gen.UpdatedUser{Message: "Profile updated successfully", User: record.User}}
	response.Headers.ETag, err = o.calls.ETag(record)
	return response, err
}

// usertypes are the API door's names of the roles.
var usertypes = map[string]gen.UserType{
	repo.RoleUser:  gen.UserTypeUser,
	repo.RoleAdmin: gen.UserTypeAdmin,
}

// keyReader reads API keys, in a transaction or outside of one.
type keyReader interface {
	MaskedAPIKey(ctx context.Context, userID uuid.UUID, now time.Time) (string, error)
}

// userRecord returns the body that GetDeveloper has for the user.
func (o *accessOperations) userRecord(ctx context.Context, from keyReader, user repo.User) (record gen.UserRecord, err error) {
	var key *string
	masked, err := from.MaskedAPIKey(ctx, user.ID, o.now())
	if err != nil && !errors.Is(err, repo.ErrNotFound) {
		return record, err
	}
	if err == nil {
		key = &masked
	}
	record.User = gen.User{
		UUID:          user.ID,
		Email:         user.DisplayEmail,
		Usertype:      usertypes[user.Role],
		APIKey:        key,
		VerifyEmail:   user.EmailVerifiedAt != nil,
		CreditBalance: "0",
		Plan:          gen.PlanName(user.Plan),
		WebhookURL:    user.WebhookURL,
		NotifyEmail:   user.NotifyEmail,
		NotifyBrowser: user.NotifyBrowser,
	}
	return record, nil
}
