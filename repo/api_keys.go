package repo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
)

// APIKey is a row of api_keys. The key itself is not stored.
type APIKey struct {
	ID         uuid.UUID  `db:"id"`
	UserID     uuid.UUID  `db:"user_id"`
	Name       string     `db:"name"`
	Masked     string     `db:"masked"`
	Digest     string     `db:"digest"`    // HMAC of the key
	SecretID   string     `db:"secret_id"` // of the secret that made the digest
	CreatedAt  time.Time  `db:"created_at"`
	LastUsedAt *time.Time `db:"last_used_at"`
	ExpiresAt  *time.Time `db:"expires_at"`

	// WishedExpiresAt is the end that the owner wished. ExpiresAt is earlier if the
	// key was rotated and works on for an overlap.
	WishedExpiresAt *time.Time `db:"wished_expires_at"`
}

// Life returns how long the owner wished the key to live; nil means without end.
func (k APIKey) Life() *time.Duration {
	if k.WishedExpiresAt == nil {
		return nil
	}
	return new(k.WishedExpiresAt.Sub(k.CreatedAt))
}

const sqlSelectAPIKey = `
SELECT id, user_id, name, masked, digest, secret_id, created_at, last_used_at, expires_at, wished_expires_at FROM api_keys`

// sqlLiveAPIKey is the condition for keys that work; its argument is the time.
const sqlLiveAPIKey = ` AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)`

// KeyOwner is the user whom a key identifies, with the state of the account.
type KeyOwner struct {
	KeyID             uuid.UUID  `db:"id"`
	UserID            uuid.UUID  `db:"user_id"`
	LastUsedAt        *time.Time `db:"last_used_at"`
	Role              string     `db:"role"`
	IsActive          bool       `db:"is_active"`
	EmailVerifiedAt   *time.Time `db:"email_verified_at"`
	RequestsPerMinute int        `db:"requests_per_minute"`
}

// KeyOwner returns the owner of the key with the digest, or ErrNotFound if no
// key with it works at the given time.
func (r reads) KeyOwner(ctx context.Context, digest string, at time.Time) (owner KeyOwner, err error) {
	err = r.get(ctx, &owner, `
SELECT k.id, k.user_id, k.last_used_at, u.role, u.is_active, u.email_verified_at, p.requests_per_minute
FROM api_keys k JOIN users u ON u.id = k.user_id JOIN plans p ON p.name = u.plan
WHERE k.digest = $1 AND u.deleted_at IS NULL`+sqlLiveAPIKey, digest, at)
	return owner, err
}

// APIKeys returns the user's keys that work at the given time, the newest
// first.
func (r reads) APIKeys(ctx context.Context, userID uuid.UUID, at time.Time) (keys []APIKey, err error) {
	err = r.list(ctx, &keys, sqlSelectAPIKey+` WHERE user_id = $1`+sqlLiveAPIKey+` ORDER BY created_at DESC, id`, userID.String(), at)
	return keys, err
}

// APIKey returns the user's key with the id, or ErrNotFound if it does not
// work.
func (t credentialWrites) APIKey(ctx context.Context, userID, id uuid.UUID) (key APIKey, err error) {
	err = t.get(ctx, &key, sqlSelectAPIKey+` WHERE user_id = $1`+sqlLiveAPIKey+` AND id = $3`, userID.String(), t.now, id.String())
	return key, err
}

// CreateAPIKey adds a key and returns it. The user, name, masked form, digest,
// secret and expiry are taken from k. Of keys that do not work any more, the newest
// bounds.DeadKeys are kept. The user must be locked.
func (t credentialWrites) CreateAPIKey(ctx context.Context, k APIKey) (APIKey, error) {
	k.ID, k.CreatedAt, k.LastUsedAt, k.WishedExpiresAt = uuid.New(), t.now, nil, k.ExpiresAt
	_, err := t.exec(ctx, `
INSERT INTO api_keys (id, user_id, name, masked, digest, secret_id, created_at, expires_at, wished_expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		k.ID.String(), k.UserID.String(), k.Name, k.Masked, k.Digest, k.SecretID, k.CreatedAt, k.ExpiresAt)
	if err != nil {
		return k, err
	}
	_, err = t.exec(ctx, `
DELETE FROM api_keys WHERE user_id = $1 AND (revoked_at IS NOT NULL OR expires_at <= $2) AND id NOT IN (
       SELECT id FROM api_keys WHERE user_id = $1 AND (revoked_at IS NOT NULL OR expires_at <= $2) ORDER BY created_at DESC, id LIMIT $3)`,
		k.UserID.String(), t.now, bounds.DeadKeys)
	return k, err
}

// MaskedAPIKey returns the masked form of the user's newest key that works at
// the given time, or ErrNotFound.
func (r reads) MaskedAPIKey(ctx context.Context, userID uuid.UUID, at time.Time) (masked string, err error) {
	err = r.get(ctx, &masked, `
SELECT masked FROM api_keys WHERE user_id = $1`+sqlLiveAPIKey+` ORDER BY created_at DESC, id LIMIT 1`, userID.String(), at)
	return masked, err
}

// RevokeAPIKey revokes the user's key, or returns ErrNotFound if the user has
// no working key with the id.
func (t credentialWrites) RevokeAPIKey(ctx context.Context, userID, id uuid.UUID) error {
	n, err := t.exec(ctx, `UPDATE api_keys SET revoked_at = $2 WHERE user_id = $1`+sqlLiveAPIKey+` AND id = $3`,
		userID.String(), t.now, id.String())
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// RevokeAPIKeys revokes all keys of the user, and returns how many worked.
func (t credentialWrites) RevokeAPIKeys(ctx context.Context, userID uuid.UUID) (revoked int64, err error) {
	return t.exec(ctx, `UPDATE api_keys SET revoked_at = $2 WHERE user_id = $1`+sqlLiveAPIKey, userID.String(), t.now)
}

// ExpireAPIKey makes the key expire at the given time, unless it expires
// earlier. The end that its owner wished stays known.
func (t credentialWrites) ExpireAPIKey(ctx context.Context, id uuid.UUID, at time.Time) error {
	_, err := t.exec(ctx, `UPDATE api_keys SET expires_at = $2 WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)`, id.String(), at)
	return err
}

// TouchAPIKey records that the key was used at the given time.
func (t credentialWrites) TouchAPIKey(ctx context.Context, id uuid.UUID, at time.Time) error {
	_, err := t.exec(ctx, `
UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`, id.String(), at)
	return err
}
