package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// IdempotentCall is a row of idempotent_calls: a call with an Idempotency-Key
// that is under way, or its stored answer.
type IdempotentCall struct {
	Scope       string     `db:"scope"`
	Key         string     `db:"key"`
	Fingerprint string     `db:"fingerprint"`
	RequestID   string     `db:"request_id"`
	LeasedUntil *time.Time `db:"leased_until"` // nil: it has been answered
	Response    string     `db:"response"`     // encrypted
	Client      string     `db:"client"`       // the network of a call by nobody in particular; "" otherwise
}

// ReserveCall reserves the key for a call. It returns the row, and whether the
// caller has the reservation: the key was free, or the lease of its last call
// has ended. A row that was taken over keeps the first call's request id. If there are
// too many of calls by nobody in particular, the oldest answered one of the network
// with the most makes room.
func (t callWrites) ReserveCall(ctx context.Context, c IdempotentCall, lease time.Duration) (row IdempotentCall, taken bool, err error) {
	for {
		row, taken, err = t.tryReserve(ctx, c, lease)
		if !errors.Is(err, ErrNotFound) { // the row was deleted between two statements
			return row, taken, err
		}
	}
}

func (t callWrites) tryReserve(ctx context.Context, c IdempotentCall, lease time.Duration) (row IdempotentCall, taken bool, err error) {
	n, err := t.exec(ctx, `
INSERT INTO idempotent_calls (scope, key, fingerprint, request_id, client, leased_until, response, created_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7)
ON CONFLICT (scope, key) DO NOTHING`, c.Scope, c.Key, c.Fingerprint, c.RequestID, c.Client, t.now.Add(lease), t.now)
	if err == nil && n > 0 && c.Client != "" {
		err = t.makeRoom(ctx, strangerCalls)
	}
	if err != nil || n > 0 {
		return c, n > 0, err
	}
	n, err = t.exec(ctx, `
UPDATE idempotent_calls SET leased_until = $4 WHERE scope = $1 AND key = $2 AND fingerprint = $3 AND leased_until <= $5`,
		c.Scope, c.Key, c.Fingerprint, t.now.Add(lease), t.now)
	if err != nil {
		return row, false, err
	}
	err = t.get(ctx, &row, `
SELECT scope, key, fingerprint, request_id, client, leased_until, response FROM idempotent_calls WHERE scope = $1 AND key = $2`, c.Scope, c.Key)
	return row, n > 0, err
}

// AbandonCall ends the lease of a call that was cut off, so that the next call
// with the key can take over.
func (t callWrites) AbandonCall(ctx context.Context, scope, key string) error {
	_, err := t.exec(ctx, `
UPDATE idempotent_calls SET leased_until = $3 WHERE scope = $1 AND key = $2 AND leased_until > $3`, scope, key, t.now)
	return err
}

// RenameCall stores the request id under which the call is charged from now on.
func (t callWrites) RenameCall(ctx context.Context, scope, key, requestID string) error {
	_, err := t.exec(ctx, `UPDATE idempotent_calls SET request_id = $3 WHERE scope = $1 AND key = $2`, scope, key, requestID)
	return err
}

// OwnCall records that the call created the user's account: its answer is
// deleted with the account.
func (t callWrites) OwnCall(ctx context.Context, scope, key string, userID uuid.UUID) error {
	_, err := t.exec(ctx, `UPDATE idempotent_calls SET user_id = $3 WHERE scope = $1 AND key = $2`, scope, key, userID.String())
	return err
}

// CallKnown reports whether a row with the scope, the key and the fingerprint
// exists.
func (r reads) CallKnown(ctx context.Context, c IdempotentCall) (known bool, err error) {
	err = r.get(ctx, &known, `
SELECT EXISTS (SELECT 1 FROM idempotent_calls WHERE scope = $1 AND key = $2 AND fingerprint = $3)`, c.Scope, c.Key, c.Fingerprint)
	return known, err
}

// PrepareCall stores the answer to give if the call is cut off from now on. The
// call goes on.
func (t callWrites) PrepareCall(ctx context.Context, scope, key, response string) error {
	_, err := t.exec(ctx, `UPDATE idempotent_calls SET response = $3 WHERE scope = $1 AND key = $2`, scope, key, response)
	return err
}

// AnswerCall stores the answer to the call and ends its lease.
func (t callWrites) AnswerCall(ctx context.Context, scope, key, response string) error {
	_, err := t.exec(ctx, `
UPDATE idempotent_calls SET response = $3, leased_until = NULL WHERE scope = $1 AND key = $2`, scope, key, response)
	return err
}

// ReleaseCall frees the key: the call had no effect that must not happen twice.
func (t callWrites) ReleaseCall(ctx context.Context, scope, key string) error {
	_, err := t.exec(ctx, `DELETE FROM idempotent_calls WHERE scope = $1 AND key = $2 AND leased_until IS NOT NULL`, scope, key)
	return err
}
