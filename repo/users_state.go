package repo

import (
	"context"

	"github.com/google/uuid"
)

// SetActive suspends or reactivates a user and reports whether that changed
// anything. Suspending ends all sessions. So does reactivating a user who was
// suspended: a log-in that was under way may have left a session behind.
func (t userWrites) SetActive(ctx context.Context, id uuid.UUID, active bool) (changed bool, err error) {
	n, err := t.exec(ctx, `UPDATE users SET is_active = $2, updated_at = $3 WHERE id = $1 AND is_active <> $2`+sqlNotDeleted,
		id.String(), active, t.now)
	if err == nil && (n > 0 || !active) {
		err = credentialWrites(t).EndSessions(ctx, id)
	}
	return n > 0, err
}

// SetRole gives the user a role and reports whether that changed anything.
func (t userWrites) SetRole(ctx context.Context, id uuid.UUID, role string) (changed bool, err error) {
	n, err := t.exec(ctx, `UPDATE users SET role = $2, updated_at = $3 WHERE id = $1 AND role <> $2`+sqlNotDeleted, id.String(), role, t.now)
	return n > 0, err
}

// LockAdministrators returns the ids of the administrators who are not suspended,
// sorted, and locks their rows until the transaction ends.
func (t userWrites) LockAdministrators(ctx context.Context) (ids []uuid.UUID, err error) {
	err = t.list(ctx, &ids, `SELECT id FROM users WHERE role = $1 AND is_active = TRUE`+sqlNotDeleted+t.engine.waitBriefly(t.lockWait)+
		` ORDER BY id`+t.engine.forUpdate("users"), RoleAdmin)
	return ids, err
}
