package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// MailboxMemory is how long it is known which mails a mailbox got.
const MailboxMemory = 24 * time.Hour

// LockMailbox lets one transaction at a time count mails to the mailbox, until the
// transaction ends.
func (t mailWrites) LockMailbox(ctx context.Context, mailbox string) error {
	_, err := t.exec(ctx, `
INSERT INTO mailboxes (mailbox, last_at) VALUES ($1, $2)
ON CONFLICT (mailbox) DO UPDATE SET last_at = $2`, mailbox, t.now)
	return err
}

// CountMail counts the mail with the id of the outbox.
func (t mailWrites) CountMail(ctx context.Context, id uuid.UUID, mailbox, kind string) error {
	_, err := t.exec(ctx, `INSERT INTO mailbox_mails (id, mailbox, kind, counted_at) VALUES ($1, $2, $3, $4)`,
		id.String(), mailbox, kind, t.now)
	return err
}

// MailsTo returns when the mails to the mailbox have been counted after since, the newest
// first. It leaves out the one that a new mail of the kind to the user would replace.
func (t mailWrites) MailsTo(ctx context.Context, mailbox string, since time.Time, userID uuid.UUID, kind string) (counted []time.Time, err error) {
	err = t.list(ctx, &counted, `
SELECT counted_at FROM mailbox_mails m WHERE mailbox = $1 AND counted_at > $2 AND NOT EXISTS (
       SELECT 1 FROM outbox o WHERE o.id = m.id AND o.user_id = $3 AND o.kind = $4 AND o.about = '' AND o.state = 'pending'
       AND (o.leased_until IS NULL OR o.leased_until <= $5)) ORDER BY counted_at DESC`, mailbox, since, userID.String(), kind, t.now)
	return counted, err
}

// MailboxGot reports whether the mailbox got a mail of the kind after since. A mail counts
// as sent if its row in the outbox is gone with the account.
func (t mailWrites) MailboxGot(ctx context.Context, mailbox, kind string, since time.Time) (got bool, err error) {
	err = t.get(ctx, &got, `
SELECT EXISTS (SELECT 1 FROM mailbox_mails m WHERE mailbox = $1 AND kind = $2 AND counted_at > $4 AND (sent_at > $3
       OR sent_at IS NULL AND counted_at > $3 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = m.id)))`,
		mailbox, kind, since, t.now.Add(-MailboxMemory))
	return got, err
}

// NoteHeldMail notes that a mail to the mailbox was held back, and reports whether that
// was not noted within pause. The mailbox must be locked.
func (t mailWrites) NoteHeldMail(ctx context.Context, mailbox string, pause time.Duration) (first bool, err error) {
	n, err := t.exec(ctx, `UPDATE mailboxes SET held_at = $2 WHERE mailbox = $1 AND (held_at IS NULL OR held_at <= $3)`,
		mailbox, t.now, t.now.Add(-pause))
	return n > 0, err
}
