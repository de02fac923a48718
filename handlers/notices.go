package handlers

import (
	"context"

	"example.com/alta/gen"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// GetNotices answers which optional emails the caller wants.
func (o *accessOperations) GetNotices(ctx context.Context, _ gen.GetNoticesRequestObject) (gen.GetNoticesResponseObject, error) {
	user, err := o.repo.UserByID(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return nil, callerDeleted(err)
	}
	response := gen.GetNotices200JSONResponse{Body: wireNotices(user)}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

// UpdateNotices changes which optional emails the caller wants.
func (o *accessOperations) UpdateNotices(ctx context.Context, r gen.UpdateNoticesRequestObject) (gen.UpdateNoticesResponseObject, error) {
	update := repo.UserUpdate{NotifyLogin: r.Body.NotifyLogin, NotifyKeys: r.Body.NotifyKeys, NotifyLock: r.Body.NotifyLock}
	var response gen.UpdateNotices200JSONResponse
	err := o.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, stage.From(ctx).Principal.UserID)
		if err != nil {
			return err
		}
		if err := o.calls.CheckMatch(r.Params.IfMatch, wireNotices(user)); err != nil {
			return err
		}
		user, err = tx.UpdateUser(ctx, user.ID, update)
		response.Body = wireNotices(user)
		return err
	})
	if err != nil {
		return nil, callerDeleted(err)
	}
	response.Headers.ETag, err = o.calls.ETag(response.Body)
	return response, err
}

func wireNotices(user repo.User) gen.Notices {
	return gen.Notices{NotifyLogin: user.NotifyLogin, NotifyKeys: user.NotifyKeys, NotifyLock: user.NotifyLock}
}
