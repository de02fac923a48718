package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Kinds of token rows.
const (
	TokensDebit      = "debit"
	TokensRefund     = "refund"
	TokensRefill     = "refill"
	TokensGrant      = "grant"
	TokensAdjustment = "adjustment"
)

// TokenRow is a row of token_transactions: tokens that were added (positive) or
// taken (negative).
type TokenRow struct {
	ID         uuid.UUID  `db:"id"`
	UserID     uuid.UUID  `db:"user_id"`
	Delta      int64      `db:"delta"`
	Kind       string     `db:"kind"`
	Endpoint   string     `db:"endpoint"` // method and path of the call; "" for a refill
	RequestID  string     `db:"request_id"`
	CycleStart *time.Time `db:"cycle_start"` // of a refill
	CreatedAt  time.Time  `db:"created_at"`
}

// TokenCause identifies the request that added or took tokens.
type TokenCause struct {
	Endpoint  string // method and path of an operation, or the name of a command
	RequestID string
}

const sqlSelectTokenRow = `
SELECT id, user_id, delta, kind, endpoint, request_id, cycle_start, created_at FROM token_transactions`

// TokenRows returns up to limit of the user's rows, the newest first.
func (r reads) TokenRows(ctx context.Context, userID uuid.UUID, limit int) (rows []TokenRow, err error) {
	err = r.list(ctx, &rows, sqlSelectTokenRow+` WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, userID.String(), limit)
	return rows, err
}

// UserRequest identifies a call that a user was charged for.
type UserRequest struct {
	UserID    uuid.UUID
	RequestID string
}

// TokenRowsOf returns the rows of the kind that belong to the requests.
func (t tokenWrites) TokenRowsOf(ctx context.Context, kind string, requests []UserRequest) (rows []TokenRow, err error) {
	err = inChunks(len(requests), func(from, to int) error {
		args := make([]any, 0, 2*(to-from))
		for _, r := range requests[from:to] {
			args = append(args, r.UserID.String(), r.RequestID)
		}
		var part []TokenRow
		err := t.list(ctx, &part, sqlSelectTokenRow+` WHERE (user_id, request_id) IN (VALUES `+rowsOf(to-from, 2)+
			`) AND kind = '`+kind+`'`, args...)
		rows = append(rows, part...)
		return err
	})
	return rows, err
}

// AddTokenRows adds rows, and sets their ids and times.
func (t tokenWrites) AddTokenRows(ctx context.Context, rows []TokenRow) error {
	return inChunks(len(rows), func(from, to int) error {
		args := make([]any, 0, 8*(to-from))
		for i := from; i < to; i++ {
			row := &rows[i]
			var err error
			if row.ID, err = uuid.NewV7(); err != nil {
				return err
			}
			row.CreatedAt = t.now
			args = append(args, row.ID.String(), row.UserID.String(), row.Delta, row.Kind, row.Endpoint, row.RequestID, row.CycleStart, t.now)
		}
		_, err := t.exec(ctx, `
INSERT INTO token_transactions (id, user_id, delta, kind, endpoint, request_id, cycle_start, created_at)
VALUES `+rowsOf(to-from, 8), args...)
		return err
	})
}
