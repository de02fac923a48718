package repo

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	Key           time.Duration // API keys, after they were revoked; 0: always
	Unproved      time.Duration // users of the API door who do not verify their address; 0: always
}

// Bounds of Sweep, in rows. A transaction deletes at most sweepBatch, so that no
// writer waits long. A sweep deletes at most the sweepShare-th part of a table, and
// always sweepFloor: a clock that is ahead for a while must not empty it.
const (
	sweepBatch = 1000
	sweepFloor = 10 * sweepBatch
	sweepShare = 4
)

// ErrSweepLimited means that more rows are due to be deleted than one sweep deletes.
var ErrSweepLimited = errors.New("more rows are due for deletion than one sweep deletes")

// swept is a table of which Sweep deletes rows.
type swept struct {
	table, key, due string // due is the condition, with $1 as the time
	age             string // the column that says which rows go first
	before          time.Time
}

// Sweep deletes rows that are older than retention allows, in small
// transactions, and returns how many it deleted. Several servers may sweep at
// once. Its error wraps ErrSweepLimited, and names the tables, if rows are left for
// the next sweep.
func (r *Repo) Sweep(ctx context.Context, retention Retention) (deleted int64, err error) {
	now := r.now()
	var limited []error
	for _, part := range []swept{
		{table: "audit_events", key: "id", due: "created_at < $1", age: "created_at", before: now.Add(-retention.Audit)},
		{table: "audit_tallies", key: "(kind, about_user, hour)", due: "hour < $1", age: "hour", before: now.Add(-tallyMemory)},
		{table: "sessions", key: "id", due: "expires_at < $1", age: "expires_at", before: now.Add(-retention.Session)},
		{table: "device_marks", key: "id", due: "expires_at < $1", age: "expires_at", before: now},
		{
			table: "login_failures", key: "bucket", due: "last_at < $1 AND (locked_until IS NULL OR locked_until < $1)", age: "last_at",
			before: now.Add(-retention.LoginFailures),
		},
		{table: "outbox", key: "id", due: "finished_at < $1", age: "finished_at", before: now.Add(-retention.Mail)},
		{table: "mailbox_mails", key: "id", due: "counted_at < $1", age: "counted_at", before: now.Add(-MailboxMemory)},
		{table: "mailboxes", key: "mailbox", due: "last_at < $1", age: "last_at", before: now.Add(-MailboxMemory)},
		{table: "one_time_tokens", key: "id", due: "expires_at < $1", age: "expires_at", before: now.Add(-retention.Token)},
		{table: "sign_ins", key: "id", due: "expires_at < $1", age: "expires_at", before: now.Add(-retention.Token)},
		{table: "idempotent_calls", key: "(scope, key)", due: "created_at < $1", age: "created_at", before: now.Add(-retention.Call)},
		{table: "api_keys", key: "id", due: "revoked_at < $1", age: "revoked_at", before: since(now, retention.Key)},
	} {
		n, err := r.sweepTable(ctx, part)
		deleted += n
		if errors.Is(err, ErrSweepLimited) {
			limited = append(limited, err)
		} else if err != nil {
			return deleted, err
		}
	}
	n, err := r.sweepCalls(ctx)
	return deleted + n, errors.Join(append(limited, err)...)
}

// since returns the time before which rows are not kept; with an age of 0 the
// beginning of time.
func since(now time.Time, age time.Duration) time.Time {
	if age == 0 {
		return time.Unix(0, 0)
	}
	return now.Add(-age)
}

// UnprovedUsers returns up to limit users of the API door who signed up before the given
// time and have not verified their address, the oldest first.
func (r reads) UnprovedUsers(ctx context.Context, before time.Time, limit int) (users []User, err error) {
	err = r.list(ctx, &users, sqlSelectUser+`
WHERE door = 'api' AND email_verified_at IS NULL AND created_at < $1`+sqlNotDeleted+` ORDER BY created_at LIMIT $2`, before, limit)
	return users, err
}

// sweepTable deletes the rows of one table that are due, the oldest first.
func (r *Repo) sweepTable(ctx context.Context, part swept) (deleted int64, err error) {
	var total int64
	if err := r.get(ctx, &total, `SELECT COUNT(*) FROM `+part.table); err != nil {
		return 0, err
	}
	most := max(sweepFloor, total/sweepShare)
	columns := strings.Trim(part.key, "()")
	query := `DELETE FROM ` + part.table + ` WHERE ` + part.key + ` IN (SELECT ` + columns + ` FROM ` + part.table +
		` WHERE ` + part.due + ` ORDER BY ` + part.age + ` LIMIT $2)`
	for deleted < most {
		batch := min(sweepBatch, most-deleted)
		var n int64
		err := r.InTx(ctx, func(tx *Tx) (err error) {
			n, err = tx.exec(ctx, query, part.before, batch)
			return err
		})
		deleted += n
		if err != nil || n < batch {
			return deleted, err
		}
	}
	var left int64
	if err := r.get(ctx, &left, `SELECT COUNT(*) FROM `+part.table+` WHERE `+part.due, part.before); err != nil || left == 0 {
		return deleted, err
	}
	return deleted, fmt.Errorf("%w: %d of %s are left", ErrSweepLimited, left, part.table)
}
