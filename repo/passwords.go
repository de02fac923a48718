package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// SetPassword stores the hash of a new password, which the user has chosen by a link in
// a mail, and ends all sessions and device marks.
func (t userWrites) SetPassword(ctx context.Context, id uuid.UUID, hash string) error {
	return t.setPassword(ctx, id, &hash, &t.now)
}

// RemovePassword leaves the user without a password, and ends all sessions and
// device marks.
func (t userWrites) RemovePassword(ctx context.Context, id uuid.UUID) error {
	return t.setPassword(ctx, id, nil, nil)
}

func (t userWrites) setPassword(ctx context.Context, id uuid.UUID, hash *string, reset *time.Time) error {
	_, err := t.exec(ctx, `UPDATE users SET password_hash = $2, password_reset_at = $3, updated_at = $4 WHERE id = $1`,
		id.String(), hash, reset, t.now)
	if err != nil {
		return err
	}
	return t.ForgetBrowsers(ctx, id)
}

// ForgetBrowsers ends all sessions and device marks of the user.
func (t userWrites) ForgetBrowsers(ctx context.Context, id uuid.UUID) error {
	if err := credentialWrites(t).EndSessions(ctx, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM device_marks WHERE user_id = $1`, id.String())
	return err
}

// ReplacePasswordHash stores a new hash of the same password, unless the stored
// hash is no longer old.
func (t userWrites) ReplacePasswordHash(ctx context.Context, id uuid.UUID, old, hash string) error {
	_, err := t.exec(ctx, `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, id.String(), old, hash)
	return err
}
