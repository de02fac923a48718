package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// MailRequest is a row of mail_requests: a request for a mail to an address
// that may belong to nobody.
type MailRequest struct {
	ID    uuid.UUID `db:"id"`
	Kind  string    `db:"kind"`
	Email string    `db:"email"` // encrypted

	Mailbox string `db:"mailbox"` // digest of the address
	Client  string `db:"client"`  // the network that the request came from

	CreatedAt time.Time `db:"created_at"`
}

// maxClientRequests is the largest number of requests of one network that wait.
const maxClientRequests = 500

// AddMailRequest adds a request, unless one of its kind for the mailbox waits already,
// or too many of the network do. If too many wait in all, the newest of the network
// with the most makes room.
func (t mailWrites) AddMailRequest(ctx context.Context, m MailRequest) error {
	var enough bool
	err := t.get(ctx, &enough, `
SELECT EXISTS (SELECT 1 FROM mail_requests WHERE mailbox = $1 AND kind = $2) OR (SELECT COUNT(*) FROM mail_requests WHERE client = $3) >= $4`,
		m.Mailbox, m.Kind, m.Client, maxClientRequests)
	if err != nil || enough {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO mail_requests (id, kind, email, mailbox, client, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		m.ID.String(), m.Kind, m.Email, m.Mailbox, m.Client, t.now)
	if err != nil {
		return err
	}
	return t.makeRoom(ctx, strangerRequests)
}

// MailRequests returns up to limit requests: the oldest of each network, then the
// second of each, and so on. Whoever makes many waits for his own only.
func (r reads) MailRequests(ctx context.Context, limit int) (requests []MailRequest, err error) {
	err = r.list(ctx, &requests, `
SELECT id, kind, email, mailbox, client, created_at FROM (
       SELECT id, kind, email, mailbox, client, created_at,
              ROW_NUMBER() OVER (PARTITION BY client ORDER BY created_at, id) AS turn FROM mail_requests) AS waiting
ORDER BY turn, created_at LIMIT $1`, limit)
	return requests, err
}

// DropMailRequests deletes the requests for the mailbox, by all of its digests.
func (t mailWrites) DropMailRequests(ctx context.Context, mailboxes ...string) error {
	for _, mailbox := range mailboxes {
		if _, err := t.exec(ctx, `DELETE FROM mail_requests WHERE mailbox = $1 AND mailbox <> ''`, mailbox); err != nil {
			return err
		}
	}
	return nil
}

// TakeMailRequest deletes the request and reports whether it existed. Of
// several concurrent callers, one gets true.
func (t mailWrites) TakeMailRequest(ctx context.Context, id uuid.UUID) (taken bool, err error) {
	n, err := t.exec(ctx, `DELETE FROM mail_requests WHERE id = $1`, id.String())
	return n > 0, err
}
