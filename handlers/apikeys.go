package handlers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/gen"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/internal/stage"
	"example.com/alta/repo"
)

// maxKeys is how many keys of one account work at a time.
const maxKeys = 50

// ListAPIKeys answers the caller's keys that work.
func (s *Server) ListAPIKeys(ctx context.Context, _ gen.ListAPIKeysRequestObject) (gen.ListAPIKeysResponseObject, error) {
	keys, err := s.Repo.APIKeys(ctx, stage.From(ctx).Principal.UserID, s.Now())
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

// CreateAPIKey makes a key.
func (s *Server) CreateAPIKey(ctx context.Context, r gen.CreateAPIKeyRequestObject) (gen.CreateAPIKeyResponseObject, error) {
	return stage.Write(ctx, s.calls, gen.CreateAPIKey201JSONResponse.VisitCreateAPIKeyResponse,
		func(tx *repo.Tx) (response gen.CreateAPIKey201JSONResponse, err error) {
			user, err := s.lockKeyOwner(ctx, tx, maxKeys-1)
			if err != nil {
				return response, err
			}
			var expires *time.Time
			if life := sent(r.Body.ExpiresIn); life != nil {
				at := repo.Truncate(tx.Now().Add(time.Duration(*life) * time.Second))
				expires = &at
			}
			key, made, err := s.makeKey(ctx, tx, user.ID, r.Body.Name, expires, repo.AuditKeyCreate)
			if err != nil {
				return response, err
			}
			response.Body = createdKey(key, made)
			return response, nil
		})
}

// DeleteAPIKey revokes one of the caller's keys.
func (s *Server) DeleteAPIKey(ctx context.Context, r gen.DeleteAPIKeyRequestObject) (gen.DeleteAPIKeyResponseObject, error) {
	owner := stage.From(ctx).Principal.UserID
	err := s.Repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.RevokeAPIKey(ctx, owner, r.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, s.keyEvent(ctx, repo.AuditKeyRevoke, owner, r.ID))
	})
	if err != nil {
		return nil, problem.IfNotFound(err, problem.ErrKeyNotFound)
	}
	return gen.DeleteAPIKey204Response{}, nil
}

// RotateAPIKey makes a key in the place of another one, which goes on working
// for a while.
func (s *Server) RotateAPIKey(ctx context.Context, r gen.RotateAPIKeyRequestObject) (gen.RotateAPIKeyResponseObject, error) {
	overlap := time.Duration(*r.Body.OverlapHours) * time.Hour // the contract has a default
	return stage.Write(ctx, s.calls, gen.RotateAPIKey201JSONResponse.VisitRotateAPIKeyResponse,
		func(tx *repo.Tx) (response gen.RotateAPIKey201JSONResponse, err error) {
			room := maxKeys - 1
			if overlap == 0 { // the old one makes room
				room = maxKeys
			}
			user, err := s.lockKeyOwner(ctx, tx, room)
			if err != nil {
				return response, err
			}
			old, err := tx.APIKey(ctx, user.ID, r.ID)
			if err != nil {
				return response, problem.IfNotFound(err, problem.ErrKeyNotFound)
			}
			if overlap == 0 {
				err = tx.RevokeAPIKey(ctx, user.ID, old.ID)
			} else {
				err = tx.ExpireAPIKey(ctx, old.ID, tx.Now().Add(overlap))
			}
			if err != nil {
				return response, err
			}
			var expires *time.Time
			if old.ExpiresAt != nil {
				at := repo.Truncate(tx.Now().Add(old.ExpiresAt.Sub(old.CreatedAt)))
				expires = &at
			}
			key, made, err := s.makeKey(ctx, tx, user.ID, old.Name, expires, repo.AuditKeyRotate)
			if err != nil {
				return response, err
			}
			response.Body = createdKey(key, made)
			return response, nil
		})
}

// lockKeyOwner returns the caller, who has a plan and at most so many keys. The
// user is locked, so that keys made at once are counted.
func (s *Server) lockKeyOwner(ctx context.Context, tx *repo.Tx, most int) (repo.User, error) {
	user, err := tx.LockUser(ctx, stage.From(ctx).Principal.UserID)
	if err != nil {
		return user, gone(err)
	}
	if user.Plan == repo.PlanNone {
		return user, problem.ErrNotActive
	}
	keys, err := tx.APIKeys(ctx, user.ID, tx.Now())
	if err == nil && len(keys) > most {
		err = problem.ErrTooManyKeys
	}
	return user, err
}

// makeKey adds a key to the transaction and returns it with the row that is
// kept.
func (s *Server) makeKey(
	ctx context.Context, tx *repo.Tx, userID uuid.UUID, name string, expires *time.Time, kind string,
) (key string, made repo.APIKey, err error) {
	key = identity.NewAPIKey()
	digest := s.Keys.Digest(identity.PurposeAPIKey, key)
	made, err = tx.CreateAPIKey(ctx, repo.APIKey{
		UserID: userID, Name: name, Masked: identity.MaskAPIKey(key), Digest: digest.Sum, SecretID: digest.KeyID, ExpiresAt: expires,
	})
	if err != nil {
		return "", made, err
	}
	return key, made, tx.Audit(ctx, s.keyEvent(ctx, kind, userID, made.ID))
}

func (s *Server) keyEvent(ctx context.Context, kind string, userID, keyID uuid.UUID) repo.AuditEvent {
	event := s.event(ctx, kind, &userID, "")
	event.Detail = "key " + keyID.String()
	return event
}

func createdKey(key string, made repo.APIKey) gen.CreatedAPIKey {
	return gen.CreatedAPIKey{
		ID: made.ID, Name: made.Name, Key: key, Masked: made.Masked,
		CreatedAt: wireTime(made.CreatedAt), ExpiresAt: timeOrNull(made.ExpiresAt),
	}
}
