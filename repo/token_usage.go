package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Usage is the number of calls to one endpoint on one day of UTC and the tokens
// that they took from a user, or an addition to that.
type Usage struct {
	UserID   uuid.UUID `db:"user_id"`
	Day      string    `db:"day"` // in the format of UsageDay
	Endpoint string    `db:"endpoint"`
	Tokens   int64     `db:"tokens"`
	Calls    int64     `db:"calls"`
}

// UsageDay returns the day of UTC that contains t, such as 2026-03-04.
func UsageDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// AddUsage adds to the stored usage. No two elements may have the same user,
// day and endpoint.
func (t tokenWrites) AddUsage(ctx context.Context, usage []Usage) error {
	return inChunks(len(usage), func(from, to int) error {
		args := make([]any, 0, 5*(to-from))
		for _, u := range usage[from:to] {
			args = append(args, u.UserID.String(), u.Day, u.Endpoint, u.Tokens, u.Calls)
		}
		_, err := t.exec(ctx, `
INSERT INTO token_usage (user_id, day, endpoint, tokens, calls) VALUES `+rowsOf(to-from, 5)+`
ON CONFLICT (user_id, day, endpoint) DO UPDATE SET
       tokens = token_usage.tokens + excluded.tokens, calls = token_usage.calls + excluded.calls`, args...)
		return err
	})
}

// DailyUsage returns the user's usage by day since the given day, the latest
// first.
func (r reads) DailyUsage(ctx context.Context, userID uuid.UUID, since string) (days []Usage, err error) {
	err = r.list(ctx, &days, `
SELECT day, CAST(SUM(tokens) AS BIGINT) AS tokens, CAST(SUM(calls) AS BIGINT) AS calls
FROM token_usage WHERE user_id = $1 AND day >= $2
GROUP BY day HAVING SUM(calls) > 0 ORDER BY day DESC`, userID.String(), since)
	return days, err
}

// TopUsage returns up to limit endpoints that took the most of the user's
// tokens since the given day.
func (r reads) TopUsage(ctx context.Context, userID uuid.UUID, since string, limit int) (endpoints []Usage, err error) {
	err = r.list(ctx, &endpoints, `
SELECT endpoint, CAST(SUM(tokens) AS BIGINT) AS tokens, CAST(SUM(calls) AS BIGINT) AS calls
FROM token_usage WHERE user_id = $1 AND day >= $2
GROUP BY endpoint HAVING SUM(calls) > 0 ORDER BY tokens DESC, endpoint LIMIT $3`, userID.String(), since, limit)
	return endpoints, err
}
