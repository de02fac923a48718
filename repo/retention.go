package repo

import (
	"context"
	"time"
)

// Retention says how long rows are kept that are not needed any more.
type Retention struct {
	Audit         time.Duration // audit events
	Session       time.Duration // sessions, after they have expired
	LoginFailures time.Duration // failed log-ins, after the last one
	Mail          time.Duration // mails, after they were sent or given up
	Token         time.Duration // one-time tokens and sign-ins, after they have expired
	Call          time.Duration // answers to calls with an Idempotency-Key
}

// sweepBatch bounds the rows that one transaction of Sweep deletes, so that no
// writer waits long.
const sweepBatch = 1000

// Sweep deletes rows that are older than retention allows, in small
// transactions, and returns how many it deleted. Several servers may sweep at
// once.
func (r *Repo) Sweep(ctx context.Context, retention Retention) (deleted int64, err error) {
	now := r.now()
	for _, part := range []struct {
		query  string
		before time.Time
	}{
		{`DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE created_at < $1 LIMIT $2)`,
			now.Add(-retention.Audit)},
		{`DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < $1 LIMIT $2)`,
			now.Add(-retention.Session)},
		{`DELETE FROM device_marks WHERE id IN (SELECT id FROM device_marks WHERE expires_at < $1 LIMIT $2)`, now},
		{`DELETE FROM login_failures WHERE bucket IN (SELECT bucket FROM login_failures WHERE last_at < $1
			AND (locked_until IS NULL OR locked_until < $1) LIMIT $2)`,
			now.Add(-retention.LoginFailures)},
		{`DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE finished_at < $1 LIMIT $2)`,
			now.Add(-retention.Mail)},
		{`DELETE FROM one_time_tokens WHERE id IN (SELECT id FROM one_time_tokens WHERE expires_at < $1 LIMIT $2)`,
			now.Add(-retention.Token)},
		{`DELETE FROM sign_ins WHERE id IN (SELECT id FROM sign_ins WHERE expires_at < $1 LIMIT $2)`,
			now.Add(-retention.Token)},
		{`DELETE FROM idempotent_calls WHERE (scope, key) IN (SELECT scope, key FROM idempotent_calls WHERE created_at < $1 LIMIT $2)`,
			now.Add(-retention.Call)},
	} {
		for {
			var n int64
			err := r.InTx(ctx, func(tx *Tx) (err error) {
				n, err = tx.exec(ctx, part.query, part.before, sweepBatch)
				return err
			})
			if err != nil {
				return deleted, err
			}
			deleted += n
			if n < sweepBatch {
				break
			}
		}
	}
	return deleted, nil
}
