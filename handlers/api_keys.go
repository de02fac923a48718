package handlers

import (
	"context"
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/signin"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// ListAPIKeys answers the caller's valid keys.
func (o *tokenOperations) ListAPIKeys(ctx context.Context, _ gen.ListAPIKeysRequestObject) (gen.ListAPIKeysResponseObject, error) {
	keys, err := o.repo.APIKeys(ctx, stage.From(ctx).Principal.UserID, o.now())
	if err != nil {
		return nil, err
	}
	body := gen.APIKeyList{APIKeys: make([]gen.APIKey, len(keys))}
	for i, key := range keys {
		body.APIKeys[i] = gen.APIKey{
			ID: key.ID, Name: key.Name, Masked: key.Masked, CreatedAt: wireTime(key.CreatedAt),
			LastUsedAt: timeOrNull(key.LastUsedAt), ExpiresAt: timeOrNull(key.ExpiresAt),
		}
	}
	return gen.ListAPIKeys200JSONResponse{Body: body}, nil
}

// CreateAPIKey creates a key.
func (o *tokenOperations) CreateAPIKey(ctx context.Context, r gen.CreateAPIKeyRequestObject) (gen.CreateAPIKeyResponseObject, error) {
	wanted := signin.NewKey{UserID: stage.From(ctx).Principal.UserID, Name: r.Body.Name}
	if seconds := valueOrNil(r.Body.ExpiresIn); seconds != nil {
		wanted.Life = new(time.Duration(*seconds) * time.Second)
	}
	return stage.Write(ctx, o.calls, gen.CreateAPIKey201JSONResponse.VisitCreateAPIKeyResponse,
		func(tx *repo.Tx) (response gen.CreateAPIKey201JSONResponse, err error) {
			key, made, err := o.signin.CreateKey(ctx, tx, byCaller(ctx), wanted)
			response.Body = wireCreatedKey(key, made)
			return response, err
		})
}

// DeleteAPIKey revokes one of the caller's keys.
func (o *tokenOperations) DeleteAPIKey(ctx context.Context, r gen.DeleteAPIKeyRequestObject) (gen.DeleteAPIKeyResponseObject, error) {
	if err := o.signin.RevokeKey(ctx, byCaller(ctx), stage.From(ctx).Principal.UserID, r.ID); err != nil {
		return nil, err
	}
	return gen.DeleteAPIKey204Response{}, nil
}

// RevokeAPIKeys revokes all of the caller's keys.
func (o *tokenOperations) RevokeAPIKeys(ctx context.Context, _ gen.RevokeAPIKeysRequestObject) (gen.RevokeAPIKeysResponseObject, error) {
	if err := o.signin.RevokeKeys(ctx, byCaller(ctx), stage.From(ctx).Principal.UserID); err != nil {
		return nil, err
	}
	return gen.RevokeAPIKeys204Response{}, nil
}

// RotateAPIKey creates a key that replaces another. The old key stays valid for a
// while.
func (o *tokenOperations) RotateAPIKey(ctx context.Context, r gen.RotateAPIKeyRequestObject) (gen.RotateAPIKeyResponseObject, error) {
	rotation := signin.KeyRotation{
		UserID: stage.From(ctx).Principal.UserID, KeyID: r.ID, Overlap: time.Duration(*r.Body.OverlapHours) * time.Hour, // the contract has a default
	}
	return stage.Write(ctx, o.calls, gen.RotateAPIKey201JSONResponse.VisitRotateAPIKeyResponse,
		func(tx *repo.Tx) (response gen.RotateAPIKey201JSONResponse, err error) {
			key, made, err := o.signin.RotateKey(ctx, tx, byCaller(ctx), rotation)
			response.Body = wireCreatedKey(key, made)
			return response, err
		})
}

func wireCreatedKey(key string, made repo.APIKey) gen.CreatedAPIKey {
	return gen.CreatedAPIKey{
		ID: made.ID, Name: made.Name, Key: key, Masked: made.Masked,
		CreatedAt: wireTime(made.CreatedAt), ExpiresAt: timeOrNull(made.ExpiresAt),
	}
}
