package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// NoRefill is the time of the next refill in the ledger of a deleted user:
// never.
var NoRefill = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// sqlErasures delete all rows that belong to the user ($1) alone. Live and
// deleted rows have separate indexes.
var sqlErasures = []string{
	`DELETE FROM transactions WHERE user_id = $1 AND deleted_at IS NULL`,
	`DELETE FROM transactions WHERE user_id = $1 AND deleted_at IS NOT NULL`,
	`DELETE FROM period_totals WHERE user_id = $1`,
	`DELETE FROM rounded_amounts WHERE user_id = $1`,
	`DELETE FROM budgets WHERE user_id = $1`,
	`DELETE FROM categories WHERE user_id = $1 AND deleted_at IS NULL`,
	`DELETE FROM categories WHERE user_id = $1 AND deleted_at IS NOT NULL`,
	`DELETE FROM accounts WHERE user_id = $1`,
	`DELETE FROM sessions WHERE user_id = $1`,
	`DELETE FROM device_marks WHERE user_id = $1`,
	`DELETE FROM api_keys WHERE user_id = $1`,
	`DELETE FROM one_time_tokens WHERE user_id = $1`,
	`DELETE FROM outbox WHERE user_id = $1`,
	`DELETE FROM idempotent_calls WHERE user_id = $1`,
}

// EraseUser deletes the user: the workspace, sessions, keys, mails and every
// other trace of the person, under any of the given pseudonyms of the address.
// The ledger and the audit events are kept under an anonymous id, together with
// the row in users that they refer to, which loses all personal data. The
// address becomes free again. The user must be locked.
func (t userWrites) EraseUser(ctx context.Context, userID uuid.UUID, pseudonyms []string) error {
	id := userID.String()
	for _, query := range sqlErasures {
		if _, err := t.exec(ctx, query, id); err != nil {
			return err
		}
	}
	// The scopes of calls by session and by key, as handlers name them.
	if _, err := t.exec(ctx, `DELETE FROM idempotent_calls WHERE scope IN ($1, $2)`, id, id+" key"); err != nil {
		return err
	}
	if err := credentialWrites(t).ForgetAddress(ctx, pseudonyms...); err != nil {
		return err
	}
	if err := t.eraseFromAudit(ctx, id, pseudonyms); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE ledgers SET refill_at = $2 WHERE user_id = $1`, id, NoRefill); err != nil {
		return err
	}
	return t.eraseRow(ctx, id)
}

// eraseRow makes the user's row anonymous. It gets an invalid address, so that
// nobody can have it and no mail can be sent to it. The plan stays, because
// refunds under way still need it.
func (t userWrites) eraseRow(ctx context.Context, id string) error {
	_, err := t.exec(ctx, `
UPDATE users SET email = $2, display_email = NULL, password_hash = NULL, first_name = '', last_name = '', avatar_url = NULL, phone = NULL,
       auth_provider = 'LOCAL', auth_provider_id = NULL, auth_provider_issuer = NULL, currency = $3, fiscal_start_day = 1, timezone = 'UTC', language = 'es', role = 'USER',
       is_active = FALSE, email_verified_at = NULL, invite_code = NULL, webhook_url = '', notify_email = FALSE,
       notify_browser = FALSE, notify_login = FALSE, notify_keys = FALSE, notify_lock = FALSE, sign_up_address = '', sign_up_user_agent = '',
       password_reset_at = NULL, first_login_at = NULL, kept_transactions = 0, updated_at = $4, deleted_at = $4
WHERE id = $1`, id, "deleted:"+id, DefaultCurrency, t.now)
	return err
}

// eraseFromAudit keeps of the user's events what happened, when, and the ids.
// It removes the pseudonym of the address, which would link a later account
// with that address to this one, the address that the user called from, and
// what an administrator wrote about the user. If another user acted, the
// network address in the event is that user's, and stays.
func (t userWrites) eraseFromAudit(ctx context.Context, id string, pseudonyms []string) error {
	for _, pseudonym := range pseudonyms {
		_, err := t.exec(ctx, `
UPDATE audit_events SET subject = '', address = CASE WHEN actor IN ($2, 'anonymous') THEN '' ELSE address END
WHERE subject = $1 AND subject <> ''`, pseudonym, id)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `
UPDATE audit_events SET subject = '', address = CASE WHEN actor IN ($1, 'anonymous') THEN '' ELSE address END,
       detail = CASE WHEN kind = '`+AuditGrant+`' THEN '' ELSE detail END
WHERE user_id = $1`, id)
	if err == nil {
		_, err = t.exec(ctx, `
UPDATE audit_events SET address = '' WHERE actor = $1 AND actor <> 'anonymous' AND actor <> 'operator'`, id)
	}
	return err
}
