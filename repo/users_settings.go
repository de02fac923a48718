package repo

import (
	"context"

	"github.com/google/uuid"
)

// UserUpdate holds new values for a user's own settings; a nil field is left as
// it is.
type UserUpdate struct {
	FirstName      *string
	LastName       *string
	Currency       *string
	FiscalStartDay *int
	Timezone       *string
	Language       *string
	WebhookURL     *string
	NotifyEmail    *bool
	NotifyBrowser  *bool
	NotifyLogin    *bool
	NotifyKeys     *bool
	NotifyLock     *bool
}

// UpdateUser changes the user's settings and returns the user, or ErrNotFound.
func (t userWrites) UpdateUser(ctx context.Context, id uuid.UUID, u UserUpdate) (User, error) {
	_, err := t.exec(ctx, `
UPDATE users SET first_name = COALESCE($2, first_name), last_name = COALESCE($3, last_name),
       currency = COALESCE($4, currency), fiscal_start_day = COALESCE($5, fiscal_start_day),
       timezone = COALESCE($6, timezone), language = COALESCE($7, language), webhook_url = COALESCE($8, webhook_url),
       notify_email = COALESCE($9, notify_email), notify_browser = COALESCE($10, notify_browser),
       notify_login = COALESCE($11, notify_login), notify_keys = COALESCE($12, notify_keys), notify_lock = COALESCE($13, notify_lock),
       updated_at = $14
WHERE id = $1`+sqlNotDeleted,
		id.String(), u.FirstName, u.LastName, u.Currency, u.FiscalStartDay, u.Timezone, u.Language, u.WebhookURL,
		u.NotifyEmail, u.NotifyBrowser, u.NotifyLogin, u.NotifyKeys, u.NotifyLock, t.now)
	if err != nil {
		return User{}, err
	}
	return t.UserByID(ctx, id)
}
