package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Session is a row of sessions: a log-in that has not been ended.
type Session struct {
	ID         uuid.UUID `db:"id"`
	UserID     uuid.UUID `db:"user_id"`
	Door       Door      `db:"door"`
	UserAgent  string    `db:"user_agent"`
	Address    string    `db:"address"`
	CreatedAt  time.Time `db:"created_at"`
	LastSeenAt time.Time `db:"last_seen_at"`
	ExpiresAt  time.Time `db:"expires_at"`
}

const sqlSelectSession = `
SELECT id, user_id, door, user_agent, address, created_at, last_seen_at, expires_at FROM sessions`

// SessionOwner is the user whom a session identifies.
type SessionOwner struct {
	UserID     uuid.UUID `db:"user_id"`
	Role       string    `db:"role"`
	LastSeenAt time.Time `db:"last_seen_at"`
}

// SessionOwner returns the owner of a session, or ErrNotFound if the session is
// not live at the given time or its owner is suspended.
func (r reads) SessionOwner(ctx context.Context, id uuid.UUID, at time.Time) (owner SessionOwner, err error) {
	err = r.get(ctx, &owner, `
SELECT s.user_id, u.role, s.last_seen_at
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.id = $1 AND s.expires_at > $2 AND u.is_active AND u.deleted_at IS NULL`, id.String(), at)
	return owner, err
}

// Sessions returns the user's sessions that are live at the given time, the
// newest first.
func (r reads) Sessions(ctx context.Context, userID uuid.UUID, at time.Time) (sessions []Session, err error) {
	err = r.list(ctx, &sessions, sqlSelectSession+` WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id`, userID.String(), at)
	return sessions, err
}

// CreateSession adds a session that begins now and lasts for life. The id,
// user, door, user agent and address are taken from s.
func (t credentialWrites) CreateSession(ctx context.Context, s Session, life time.Duration) error {
	_, err := t.exec(ctx, `
INSERT INTO sessions (id, user_id, door, user_agent, address, created_at, last_seen_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7)`,
		s.ID.String(), s.UserID.String(), s.Door, s.UserAgent, s.Address, t.now, t.now.Add(life))
	return err
}

// NoteFirstLogin records that the user has logged in, and reports whether that was the
// first time.
func (t credentialWrites) NoteFirstLogin(ctx context.Context, userID uuid.UUID) (first bool, err error) {
	n, err := t.exec(ctx, `UPDATE users SET first_login_at = $2 WHERE id = $1 AND first_login_at IS NULL`, userID.String(), t.now)
	return n > 0, err
}

// EndOldSessions ends the oldest of the user's sessions at the door, so that no
// more than most remain; s itself stays. An empty door stands for both. The user
// must be locked, because of two concurrent log-ins neither sees the other's session.
func (t credentialWrites) EndOldSessions(ctx context.Context, s Session, at Door, most int) error {
	_, err := t.exec(ctx, `
DELETE FROM sessions WHERE user_id = $1 AND ($2 = '' OR door = $2) AND id <> $3 AND id NOT IN (
       SELECT id FROM sessions WHERE user_id = $1 AND ($2 = '' OR door = $2) AND id <> $3 ORDER BY created_at DESC, id LIMIT $4)`,
		s.UserID.String(), at, s.ID.String(), most-1)
	return err
}

// EndSession deletes the user's session, or returns ErrNotFound if the user has
// no session with the id.
func (t credentialWrites) EndSession(ctx context.Context, userID, id uuid.UUID) error {
	n, err := t.exec(ctx, `DELETE FROM sessions WHERE id = $1 AND user_id = $2`, id.String(), userID.String())
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// EndSessions deletes all sessions of the user.
func (t credentialWrites) EndSessions(ctx context.Context, userID uuid.UUID) error {
	_, err := t.exec(ctx, `DELETE FROM sessions WHERE user_id = $1`, userID.String())
	return err
}

// TouchSession records that the session was used at the given time. It does not
// bring back a session that has ended.
func (t credentialWrites) TouchSession(ctx context.Context, id uuid.UUID, at time.Time) error {
	_, err := t.exec(ctx, `UPDATE sessions SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2`, id.String(), at)
	return err
}
