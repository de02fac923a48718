package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// TokenPurpose says what a one-time token is for.
type TokenPurpose string

// Purposes of one-time tokens.
const (
	VerifyEmail   TokenPurpose = "verify_email"
	ResetPassword TokenPurpose = "reset_password"
	DeleteAccount TokenPurpose = "delete_account"
)

// maxAttempts is how often a token may be tried, including the successful
// attempt.
const maxAttempts = 5

// OneTimeToken is a row of one_time_tokens.
type OneTimeToken struct {
	ID       string       `db:"id"`
	UserID   uuid.UUID    `db:"user_id"`
	Purpose  TokenPurpose `db:"purpose"`
	Digest   string       `db:"digest"`
	SecretID string       `db:"secret_id"`
	Used     bool         `db:"used"`
}

const sqlOneTimeTokenColumns = `id, user_id, purpose, digest, secret_id, used_at IS NOT NULL AS used`

// CreateOneTimeToken adds a token that is valid for life. It replaces an older
// one of the same user and purpose.
func (t credentialWrites) CreateOneTimeToken(ctx context.Context, n OneTimeToken, life time.Duration) error {
	_, err := t.exec(ctx, `
INSERT INTO one_time_tokens (id, user_id, purpose, digest, secret_id, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (user_id, purpose) DO UPDATE SET
       id = $1, digest = $4, secret_id = $5, attempts = 0, created_at = $6, expires_at = $7, used_at = NULL`,
		n.ID, n.UserID.String(), n.Purpose, n.Digest, n.SecretID, t.now, t.now.Add(life))
	return err
}

const sqlLiveToken = ` AND expires_at > $3 AND attempts < $4`

// OneTimeToken returns the token with the id and the purpose, or ErrNotFound if
// it is not live at the given time, was used or has no attempts left.
func (r reads) OneTimeToken(ctx context.Context, id string, purpose TokenPurpose, at time.Time) (token OneTimeToken, err error) {
	err = r.get(ctx, &token, `
SELECT `+sqlOneTimeTokenColumns+` FROM one_time_tokens WHERE id = $1 AND purpose = $2 AND used_at IS NULL`+sqlLiveToken,
		id, purpose, at, maxAttempts)
	return token, err
}

// HeldOneTimeToken is OneTimeToken, which also returns a token that was used.
func (r reads) HeldOneTimeToken(ctx context.Context, id string, purpose TokenPurpose, at time.Time) (token OneTimeToken, err error) {
	err = r.get(ctx, &token, `
SELECT `+sqlOneTimeTokenColumns+` FROM one_time_tokens WHERE id = $1 AND purpose = $2`+sqlLiveToken, id, purpose, at, maxAttempts)
	return token, err
}

// OneTimeTokenOf returns the user's token of the purpose if it is live and was not
// used, or ErrNotFound.
func (t credentialWrites) OneTimeTokenOf(ctx context.Context, userID uuid.UUID, purpose TokenPurpose) (token OneTimeToken, err error) {
	err = t.get(ctx, &token, `
SELECT `+sqlOneTimeTokenColumns+` FROM one_time_tokens WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL`+sqlLiveToken,
		userID.String(), purpose, t.now, maxAttempts)
	return token, err
}

// TryOneTimeToken counts an attempt at the token and returns it, also if it was
// used, or ErrNotFound if it is not live. The transaction must be committed even if
// the attempt is wrong.
func (t credentialWrites) TryOneTimeToken(ctx context.Context, id string, purpose TokenPurpose) (token OneTimeToken, err error) {
	err = t.get(ctx, &token, `
UPDATE one_time_tokens SET attempts = attempts + 1 WHERE id = $1 AND purpose = $2`+sqlLiveToken+`
RETURNING `+sqlOneTimeTokenColumns, id, purpose, t.now, maxAttempts)
	return token, err
}

// UseOneTimeToken records that the token was used, now or before, and takes back the
// attempt that found it. The token stays until it expires.
func (t credentialWrites) UseOneTimeToken(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `
UPDATE one_time_tokens SET used_at = COALESCE(used_at, $2), attempts = attempts - 1 WHERE id = $1`, id, t.now)
	return err
}

// EndOneTimeTokens deletes the user's token of the purpose, unless it was used: it
// is not needed any more.
func (t credentialWrites) EndOneTimeTokens(ctx context.Context, userID uuid.UUID, purpose TokenPurpose) error {
	_, err := t.exec(ctx, `
DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL`, userID.String(), purpose)
	return err
}
