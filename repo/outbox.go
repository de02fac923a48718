package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// MailState is the state of a mail.
type MailState string

// States of a mail.
const (
	MailPending   MailState = "pending"
	MailSent      MailState = "sent"
	MailDead      MailState = "dead"      // refused permanently, or given up
	MailCancelled MailState = "cancelled" // replaced by a newer mail
)

// Mail is a row of outbox. A pending mail is due at some time; while a process
// is sending it, it is leased until another time.
type Mail struct {
	ID        uuid.UUID `db:"id"`
	UserID    uuid.UUID `db:"user_id"`
	Kind      string    `db:"kind"`
	About     string    `db:"about"`    // the event that it reports; "": a newer mail of its kind replaces it
	TokenID   *string   `db:"token_id"` // of the one-time token in the mail
	Payload   string    `db:"payload"`  // encrypted
	Client    string    `db:"client"`   // the network that caused it; "": the user alone did
	Attempts  int       `db:"attempts"`
	CreatedAt time.Time `db:"created_at"`
	To        string    `db:"email"` // canonical; no address if the user was deleted
}

const sqlSelectMail = `
SELECT o.id, o.user_id, o.kind, o.about, o.token_id, o.payload, o.client, o.attempts, o.created_at, u.email
FROM outbox o JOIN users u ON u.id = o.user_id`

// Mail returns the mail with the id, or ErrNotFound if it is not pending.
func (r reads) Mail(ctx context.Context, id uuid.UUID) (mail Mail, err error) {
	err = r.get(ctx, &mail, sqlSelectMail+` WHERE o.id = $1 AND o.state = 'pending'`, id.String())
	return mail, err
}

// DueMails returns the ids of up to limit mails that are due at the given time
// and not being sent: the first of each client network, then the second of each, and
// so on. A mail without one has its turn by its user.
func (r reads) DueMails(ctx context.Context, at time.Time, limit int) (ids []uuid.UUID, err error) {
	err = r.list(ctx, &ids, `
SELECT id FROM (
       SELECT id, due_at, ROW_NUMBER() OVER (PARTITION BY CASE client WHEN '' THEN user_id ELSE client END ORDER BY due_at, id) AS turn
       FROM outbox WHERE state = 'pending' AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)) AS due
ORDER BY turn, due_at, id LIMIT $2`, at, limit)
	return ids, err
}

// MailSince reports whether a mail of the kind has been sent to the user since
// the given time, or is being sent.
func (t mailWrites) MailSince(ctx context.Context, userID uuid.UUID, kind string, since time.Time) (sent bool, err error) {
	err = t.get(ctx, &sent, `
SELECT EXISTS (SELECT 1 FROM outbox WHERE user_id = $1 AND kind = $2
       AND (state = 'sent' AND finished_at > $3 OR state = 'pending' AND leased_until > $4))`,
		userID.String(), kind, since, t.now)
	return sent, err
}

// MailAbout reports whether a mail of the kind about the event has been added for the user
// since the given time, whether it was sent or not.
func (t mailWrites) MailAbout(ctx context.Context, userID uuid.UUID, kind, about string, since time.Time) (added bool, err error) {
	err = t.get(ctx, &added, `
SELECT EXISTS (SELECT 1 FROM outbox WHERE user_id = $1 AND kind = $2 AND about = $3 AND created_at > $4)`,
		userID.String(), kind, about, since)
	return added, err
}

// MailLives reports whether the mail with the one-time token has been delivered
// or may still be.
func (t mailWrites) MailLives(ctx context.Context, userID uuid.UUID, tokenID string) (lives bool, err error) {
	err = t.get(ctx, &lives, `
SELECT EXISTS (SELECT 1 FROM outbox WHERE user_id = $1 AND token_id = $2 AND state IN ('pending', 'sent'))`,
		userID.String(), tokenID)
	return lives, err
}

// AddMail adds a mail that is due now, with a lease if lease is not 0. The id,
// user, kind, event, token, payload and client are taken from m. Unless it reports an
// event, it replaces a pending mail of the same user and kind. If that one is being sent,
// AddMail adds nothing and returns false. The user must be locked, or created in this
// transaction; otherwise one of two mails that are added at once would be lost.
func (t mailWrites) AddMail(ctx context.Context, m Mail, lease time.Duration) (added bool, err error) {
	if m.About == "" {
		if err := t.CancelMail(ctx, m.UserID, m.Kind); err != nil {
			return false, err
		}
	}
	n, err := t.exec(ctx, `
INSERT INTO outbox (id, user_id, kind, about, token_id, state, payload, client, due_at, leased_until, created_at)
VALUES ($1, $2, $3, $4, $5, 'pending', $6, $7, $8, $9, $8)
ON CONFLICT (user_id, kind, about) WHERE state = 'pending' DO NOTHING`,
		m.ID.String(), m.UserID.String(), m.Kind, m.About, m.TokenID, m.Payload, m.Client, t.now, t.until(lease))
	return n > 0, err
}

// CancelMail cancels the user's pending mail of the kind, unless it is being
// sent. The mailbox did not get it, so it does not count.
func (t mailWrites) CancelMail(ctx context.Context, userID uuid.UUID, kind string) error {
	_, err := t.exec(ctx, `
UPDATE outbox SET state = 'cancelled', payload = '', client = '', finished_at = $3
WHERE user_id = $1 AND kind = $2 AND state = 'pending' AND (leased_until IS NULL OR leased_until <= $3)`,
		userID.String(), kind, t.now)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
DELETE FROM mailbox_mails WHERE id IN (
       SELECT id FROM outbox WHERE user_id = $1 AND kind = $2 AND finished_at = $3 AND state = 'cancelled')`,
		userID.String(), kind, t.now)
	return err
}

// LeaseMail leases a due mail and reports whether it was available. Of several
// concurrent callers, one gets true.
func (t mailWrites) LeaseMail(ctx context.Context, id uuid.UUID, lease time.Duration) (taken bool, err error) {
	n, err := t.exec(ctx, `
UPDATE outbox SET leased_until = $2
WHERE id = $1 AND state = 'pending' AND due_at <= $3 AND (leased_until IS NULL OR leased_until <= $3)`,
		id.String(), t.until(lease), t.now)
	return n > 0, err
}

// FinishMail records that the mail was sent, or that it will never be, with the
// last error. It erases the content and the network, and the row if its user was deleted.
// A mail that was not sent does not count for its mailbox.
func (t mailWrites) FinishMail(ctx context.Context, id uuid.UUID, state MailState, lastError string) error {
	_, err := t.exec(ctx, `
UPDATE outbox SET state = $2, payload = '', client = '', attempts = attempts + 1, leased_until = NULL, last_error = $3, finished_at = $4
WHERE id = $1 AND state = 'pending'`, id.String(), state, lastError, t.now)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM outbox WHERE id = $1`+sqlOfDeletedUser, id.String()); err != nil {
		return err
	}
	if state == MailSent {
		_, err = t.exec(ctx, `UPDATE mailbox_mails SET sent_at = $2 WHERE id = $1`, id.String(), t.now)
	} else {
		_, err = t.exec(ctx, `DELETE FROM mailbox_mails WHERE id = $1`, id.String())
	}
	return err
}

// sqlOfDeletedUser is the condition for mails to users who have been deleted.
const sqlOfDeletedUser = ` AND EXISTS (SELECT 1 FROM users u WHERE u.id = outbox.user_id AND u.deleted_at IS NOT NULL)`

// RetryMail ends the lease, so that the mail is sent again at due. Of a user who was
// deleted, the error is not kept: it may have the address in it.
func (t mailWrites) RetryMail(ctx context.Context, id uuid.UUID, due time.Time, lastError string) error {
	_, err := t.exec(ctx, `
UPDATE outbox SET attempts = attempts + 1, due_at = $2, leased_until = NULL, last_error = $3
WHERE id = $1 AND state = 'pending'`, id.String(), due, lastError)
	if err == nil {
		_, err = t.exec(ctx, `UPDATE outbox SET last_error = '' WHERE id = $1`+sqlOfDeletedUser, id.String())
	}
	return err
}

// until returns the end of a lease that begins now, or nil if lease is 0.
func (t mailWrites) until(lease time.Duration) *time.Time {
	if lease == 0 {
		return nil
	}
	end := t.now.Add(lease)
	return &end
}

// OutboxStatus holds the numbers of mails that wait or were given up, for
// metrics.
type OutboxStatus struct {
	Pending int        `db:"pending"`
	Dead    int        `db:"dead"`
	Oldest  *time.Time `db:"oldest"` // when the oldest pending mail was created
}

// OutboxStatus returns the present state of the outbox.
func (r reads) OutboxStatus(ctx context.Context) (s OutboxStatus, err error) {
	err = r.get(ctx, &s, `
SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'pending') AS pending,
       (SELECT COUNT(*) FROM outbox WHERE state = 'dead') AS dead`)
	if err != nil || s.Pending == 0 {
		return s, err
	}
	var oldest []time.Time
	err = r.list(ctx, &oldest, `SELECT created_at FROM outbox WHERE state = 'pending' ORDER BY created_at LIMIT 1`)
	if len(oldest) > 0 {
		s.Oldest = &oldest[0]
	}
	return s, err
}
