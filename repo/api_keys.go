package repo

import (
	"context"

	"github.com/google/uuid"
)

// NewAPIKey is what is kept of an API key when it is made: never the key.
type NewAPIKey struct {
	UserID   uuid.UUID
	Name     string
	Masked   string
	Digest   string // HMAC of the key
	SecretID string // of the secret that made the digest
}

// CreateAPIKey adds a key.
func (t *Tx) CreateAPIKey(ctx context.Context, k NewAPIKey) (id uuid.UUID, err error) {
	id = uuid.New()
	_, err = t.exec(ctx, `
INSERT INTO api_keys (id, user_id, name, masked, digest, secret_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id.String(), k.UserID.String(), k.Name, k.Masked, k.Digest, k.SecretID, t.now)
	return id, err
}

// MaskedAPIKey returns the masked form of the user's newest key that has not
// been revoked, or ErrNotFound.
func (r reads) MaskedAPIKey(ctx context.Context, userID uuid.UUID) (masked string, err error) {
	err = r.get(ctx, &masked, `
SELECT masked FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id LIMIT 1`, userID.String())
	return masked, err
}

// RevokeAPIKeys revokes every key of the user.
func (t *Tx) RevokeAPIKeys(ctx context.Context, userID uuid.UUID) error {
	_, err := t.exec(ctx, `UPDATE api_keys SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`, userID.String(), t.now)
	return err
}
