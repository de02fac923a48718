package repo

import "context"

// Bounds of the answers to calls with an Idempotency-Key that are kept of one caller: the
// newest.
const (
	maxCalls     = 10_000
	maxCallBytes = 16 << 20 // encrypted
)

// TrimCalls deletes the oldest answers of the caller beyond the bounds, and returns how
// many.
func (r *Repo) TrimCalls(ctx context.Context, scope string) (deleted int64, err error) {
	var size struct {
		N     int64 `db:"n"`
		Bytes int64 `db:"bytes"`
	}
	err = r.get(ctx, &size, `SELECT COUNT(*) AS n, COALESCE(SUM(OCTET_LENGTH(response)), 0) AS bytes FROM idempotent_calls WHERE scope = $1`, scope)
	if err != nil || size.N <= maxCalls && size.Bytes <= maxCallBytes {
		return 0, err
	}
	for {
		var n int64
		err := r.InTx(ctx, func(tx *Tx) (err error) {
			n, err = tx.exec(ctx, `
DELETE FROM idempotent_calls WHERE scope = $1 AND key IN (
       SELECT key FROM (
              SELECT key, leased_until, ROW_NUMBER() OVER newest AS n, SUM(OCTET_LENGTH(response)) OVER newest AS bytes
              FROM idempotent_calls WHERE scope = $1 WINDOW newest AS (ORDER BY created_at DESC, key)) AS kept
       WHERE leased_until IS NULL AND (n > $2 OR bytes > $3) LIMIT $4)`, scope, maxCalls, maxCallBytes, sweepBatch)
			return err
		})
		deleted += n
		if err != nil || n < sweepBatch {
			return deleted, err
		}
	}
}

// sweepCalls trims the answers of every caller who has too many.
func (r *Repo) sweepCalls(ctx context.Context) (deleted int64, err error) {
	var scopes []string
	err = r.list(ctx, &scopes, `
SELECT scope FROM idempotent_calls GROUP BY scope HAVING COUNT(*) > $1 OR SUM(OCTET_LENGTH(response)) > $2`, maxCalls, maxCallBytes)
	for _, scope := range scopes {
		if err != nil {
			break
		}
		var n int64
		n, err = r.TrimCalls(ctx, scope)
		deleted += n
	}
	return deleted, err
}
