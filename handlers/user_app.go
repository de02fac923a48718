package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// GetMe answers the caller's own record.
func (o *accessOperations) GetMe(ctx context.Context, _ gen.GetMeRequestObject) (gen.GetMeResponseObject, error) {
	user, err := o.caller(ctx)
	if err != nil {
		return nil, err
	}
	response := gen.GetMe200JSONResponse{Body: wireMe(user)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// UpdateMe changes the caller's own settings.
func (o *accessOperations) UpdateMe(ctx context.Context, r gen.UpdateMeRequestObject) (gen.UpdateMeResponseObject, error) {
	update := repo.UserUpdate{
		FirstName: valueOrNil(r.Body.FirstName),
		LastName:  valueOrNil(r.Body.LastName),
		Currency:  valueOrNil(r.Body.Currency),
		Timezone:  valueOrNil(r.Body.Timezone),
	}
	if day := valueOrNil(r.Body.FiscalStartDay); day != nil {
		n := int(*day)
		update.FiscalStartDay = &n
	}
	if language := valueOrNil(r.Body.Language); language != nil {
		update.Language = (*string)(language)
	}
	var user repo.User
	err := o.repo.InTx(ctx, func(tx *repo.Tx) (err error) {
		user, err = o.changeMe(ctx, tx, r.Params.IfMatch, update)
		return err
	})
	if err != nil {
		return nil, callerDeleted(err)
	}
	response := gen.UpdateMe200JSONResponse{Body: wireMe(user)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// changeMe changes the caller's settings under the condition ifMatch, and what depends
// on them.
func (o *accessOperations) changeMe(ctx context.Context, tx *repo.Tx, ifMatch *string, update repo.UserUpdate) (user repo.User, err error) {
	w, err := tx.LockWorkspace(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return user, err
	}
	if user, err = tx.UserByID(ctx, w.UserID); err != nil {
		return user, err
	}
	if err := o.calls.CheckMatch(ifMatch, wireMe(user)); err != nil {
		return user, err
	}
	if user, err = tx.UpdateUser(ctx, w.UserID, update); err != nil {
		return user, err
	}
	if err := tx.RescaleBudgets(ctx, w, user.Currency); err != nil {
		return user, err
	}
	if user.FiscalStartDay == w.FiscalStartDay && user.Timezone == w.Timezone {
		return user, nil
	}
	changed := w
	changed.FiscalStartDay, changed.Timezone = user.FiscalStartDay, user.Timezone
	return user, tx.ChangeCalendar(ctx, w, changed)
}

func wireMe(user repo.User) gen.Me {
	subscription := gen.MeSubscriptionFREE
	if user.Plan == repo.PlanPaid {
		subscription = gen.MeSubscriptionPRO
	}
	return gen.Me{
		ID:             user.ID,
		Email:          user.DisplayEmail,
		FirstName:      user.FirstName,
		LastName:       user.LastName,
		AvatarURL:      user.AvatarURL,
		Phone:          user.Phone,
		AuthProvider:   gen.AuthProvider(user.AuthProvider),
		Currency:       user.Currency,
		FiscalStartDay: user.FiscalStartDay,
		Timezone:       user.Timezone,
		Language:       gen.Language(user.Language),
		Role:           gen.Role(user.Role),
		IsActive:       user.IsActive,
		Subscription:   subscription,
		EmailVerified:  timeOrNull(user.EmailVerifiedAt),
		CreatedAt:      wireTime(user.CreatedAt),
		UpdatedAt:      wireTime(user.UpdatedAt),
	}
}
