package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Everything that is held of a user, for the user. Lists that grow with use are
// handed out row by row.

// HeldKey is a row of api_keys, revoked or not.
type HeldKey struct {
	APIKey
	RevokedAt *time.Time `db:"revoked_at"`
}

// HeldMail is a row of outbox, without what the mail said.
type HeldMail struct {
	ID         uuid.UUID  `db:"id"`
	Kind       string     `db:"kind"`
	State      MailState  `db:"state"`
	Attempts   int        `db:"attempts"`
	LastError  string     `db:"last_error"`
	CreatedAt  time.Time  `db:"created_at"`
	FinishedAt *time.Time `db:"finished_at"`
}

// EachCategory hands out the user's categories by name, deleted ones too.
func (s *Snapshot) EachCategory(ctx context.Context, userID uuid.UUID, use func(Category) error) error {
	return each(ctx, s, use, sqlCategoriesEver+s.engine.byCodePoint()+`, id`, userID.String())
}

// EachTransaction hands out the user's transactions by date, and then those
// that were deleted.
func (s *Snapshot) EachTransaction(ctx context.Context, userID uuid.UUID, use func(Transaction) error) error {
	for _, part := range []string{` AND deleted_at IS NULL`, ` AND deleted_at IS NOT NULL`} {
		if err := each(ctx, s, use, sqlSelectTransaction+` WHERE user_id = $1`+part+` ORDER BY date, id`, userID.String()); err != nil {
			return err
		}
	}
	return nil
}

// EachBudget hands out the user's budgets by month.
func (s *Snapshot) EachBudget(ctx context.Context, userID uuid.UUID, use func(Budget) error) error {
	return each(ctx, s, use, sqlSelectBudget+`WHERE user_id = $1 ORDER BY year, month, id`, userID.String())
}

// EachSession hands out the user's sessions that are kept, the oldest first.
func (s *Snapshot) EachSession(ctx context.Context, userID uuid.UUID, use func(Session) error) error {
	return each(ctx, s, use, sqlSelectSession+` WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachKey hands out the user's API keys, the oldest first, without their
// digests.
func (s *Snapshot) EachKey(ctx context.Context, userID uuid.UUID, use func(HeldKey) error) error {
	return each(ctx, s, use, `
SELECT id, user_id, name, masked, created_at, last_used_at, expires_at, revoked_at
FROM api_keys WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachTokenRow hands out the rows of the user's ledger, the oldest first.
func (s *Snapshot) EachTokenRow(ctx context.Context, userID uuid.UUID, use func(TokenRow) error) error {
	return each(ctx, s, use, sqlSelectTokenRow+` WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}

// EachUsage hands out what the user's calls took, by day.
func (s *Snapshot) EachUsage(ctx context.Context, userID uuid.UUID, use func(Usage) error) error {
	return each(ctx, s, use, `
SELECT user_id, day, endpoint, tokens, calls FROM token_usage WHERE user_id = $1 ORDER BY day, endpoint`, userID.String())
}

// EachAuditEvent hands out the events about the user, and those about the
// address with the pseudonym that name nobody, the oldest first.
func (s *Snapshot) EachAuditEvent(ctx context.Context, userID uuid.UUID, pseudonym string, use func(AuditEvent) error) error {
	return each(ctx, s, use, sqlSelectEvent+` WHERE user_id = $1 OR (user_id IS NULL AND subject = $2 AND subject <> '') ORDER BY created_at, id`,
		userID.String(), pseudonym)
}

// EachMail hands out the mails to the user that are kept, the oldest first.
func (s *Snapshot) EachMail(ctx context.Context, userID uuid.UUID, use func(HeldMail) error) error {
	return each(ctx, s, use, `
SELECT id, kind, state, attempts, last_error, created_at, finished_at
FROM outbox WHERE user_id = $1 ORDER BY created_at, id`, userID.String())
}
