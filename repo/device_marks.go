package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// DeviceMark is a row of device_marks: a browser that has logged in as the user.
type DeviceMark struct {
	ID     string
	UserID uuid.UUID
}

// HasDeviceMark reports whether the mark is valid at the given time, and its user has
// the canonical address. It is one query for known and unknown addresses.
func (r reads) HasDeviceMark(ctx context.Context, id, email string, at time.Time) (known bool, err error) {
	err = r.get(ctx, &known, `
SELECT EXISTS (SELECT 1 FROM device_marks m JOIN users u ON u.id = m.user_id
       WHERE m.id = $1 AND u.email = $2 AND m.expires_at > $3)`, id, email, at)
	return known, err
}

// KeepDeviceMark adds the mark, or renews it, so that it is valid for life. It ends
// the user's oldest marks, so that no more than most remain; m itself stays. The
// user must be locked, because of two concurrent log-ins neither sees the other's
// mark.
func (t credentialWrites) KeepDeviceMark(ctx context.Context, m DeviceMark, life time.Duration, most int) error {
	_, err := t.exec(ctx, `
INSERT INTO device_marks (id, user_id, expires_at) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET expires_at = $3`, m.ID, m.UserID.String(), t.now.Add(life))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
DELETE FROM device_marks WHERE user_id = $1 AND id <> $2 AND id NOT IN (
       SELECT id FROM device_marks WHERE user_id = $1 AND id <> $2 ORDER BY expires_at DESC, id LIMIT $3)`,
		m.UserID.String(), m.ID, most-1)
	return err
}
