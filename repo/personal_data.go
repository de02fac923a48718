package repo

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
)

// These methods read everything that is stored about a user, for the user.
// Lists that grow with use are read row by row.

// HeldKey is a row of api_keys, revoked or not.
type HeldKey struct {
	APIKey
	RevokedAt *time.Time `db:"revoked_at"`
}

// HeldMail is a row of outbox without the mail's content.
type HeldMail struct {
	ID         uuid.UUID  `db:"id"`
	Kind       string     `db:"kind"`
	State      MailState  `db:"state"`
	Attempts   int        `db:"attempts"`
	LastError  string     `db:"last_error"`
	CreatedAt  time.Time  `db:"created_at"`
	FinishedAt *time.Time `db:"finished_at"`
}

// EachCategory calls use for each of the user's categories by name, including
// deleted ones.
func (s *Snapshot) EachCategory(ctx context.Context, userID uuid.UUID, use func(Category) error) error {
	return each(ctx, s, use, sqlCategoriesEver+s.engine.byCodePoint()+`, id`, userID.String())
}

// EachTransaction calls use for each of the user's transactions by date: first
// the live ones, then the deleted ones. The Date of a deleted one that has a Day is
// its start in the zone that the user had then.
func (s *Snapshot) EachTransaction(ctx context.Context, userID uuid.UUID, use func(Transaction) error) error {
	for _, part := range []string{` AND deleted_at IS NULL`, ` AND deleted_at IS NOT NULL`} {
		if err := each(ctx, s, use, sqlSelectTransaction+` WHERE user_id = $1`+part+` ORDER BY date, created_at, id`, userID.String()); err != nil {
			return err
		}
	}
	return nil
}

// EachBudget calls use for each of the user's budgets by month.
func (s *Snapshot) EachBudget(ctx context.Context, userID uuid.UUID, use func(Budget) error) error {
	return each(ctx, s, use, sqlSelectBudget+`WHERE user_id = $1 ORDER BY year, month, id`, userID.String())
}

// EachSession calls use for each of the user's stored sessions, the oldest
// first.
func (s *Snapshot) EachSession(ctx context.Context, userID uuid.UUID, use func(Session) error) error {
	return each(ctx, s, use, sqlSelectSession+` WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachKey calls use for each of the user's API keys, the oldest first, without
// the digest.
func (s *Snapshot) EachKey(ctx context.Context, userID uuid.UUID, use func(HeldKey) error) error {
	return each(ctx, s, use, `
SELECT id, user_id, name, masked, created_at, last_used_at, expires_at, revoked_at
FROM api_keys WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachTokenRow calls use for each row of the user's ledger, the oldest first.
func (s *Snapshot) EachTokenRow(ctx context.Context, userID uuid.UUID, use func(TokenRow) error) error {
	return each(ctx, s, use, sqlSelectTokenRow+` WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachUsage calls use for each row of the user's token usage, by day.
func (s *Snapshot) EachUsage(ctx context.Context, userID uuid.UUID, use func(Usage) error) error {
	return each(ctx, s, use, `
SELECT user_id, day, endpoint, tokens, calls FROM token_usage WHERE user_id = $1 ORDER BY day, endpoint`, userID.String())
}

// EachAuditEvent calls use for each event about the user, and for each event
// without a user about the address with one of the pseudonyms, the oldest first.
func (s *Snapshot) EachAuditEvent(ctx context.Context, userID uuid.UUID, pseudonyms []string, use func(AuditEvent) error) error {
	args := []any{userID.String()}
	for _, pseudonym := range pseudonyms {
		args = append(args, pseudonym)
	}
	named := strings.TrimPrefix(placeholders(len(args)), "$1, ")
	return each(ctx, s, use, sqlSelectEvent+`
WHERE user_id = $1 OR (user_id IS NULL AND subject IN (`+named+`) AND subject <> '') ORDER BY created_at, id`, args...)
}

// EachMail calls use for each stored mail to the user, the oldest first.
func (s *Snapshot) EachMail(ctx context.Context, userID uuid.UUID, use func(HeldMail) error) error {
	return each(ctx, s, use, `
SELECT id, kind, state, attempts, last_error, created_at, finished_at
FROM outbox WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}
