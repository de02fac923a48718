package repo

import (
	"context"

	"github.com/google/uuid"
)

// MailRequest is a row of mail_requests: a request for a mail to an address
// that may belong to nobody.
type MailRequest struct {
	ID    uuid.UUID `db:"id"`
	Kind  string    `db:"kind"`
	Email string    `db:"email"` // encrypted
}

// AddMailRequest adds a request.
func (t mailWrites) AddMailRequest(ctx context.Context, m MailRequest) error {
	_, err := t.exec(ctx, `INSERT INTO mail_requests (id, kind, email, created_at) VALUES ($1, $2, $3, $4)`,
		m.ID.String(), m.Kind, m.Email, t.now)
	return err
}

// MailRequests returns up to limit requests, the oldest first.
func (r reads) MailRequests(ctx context.Context, limit int) (requests []MailRequest, err error) {
	err = r.list(ctx, &requests, `SELECT id, kind, email FROM mail_requests ORDER BY created_at LIMIT $1`, limit)
	return requests, err
}

// TakeMailRequest deletes the request and reports whether it existed. Of
// several concurrent callers, one gets true.
func (t mailWrites) TakeMailRequest(ctx context.Context, id uuid.UUID) (taken bool, err error) {
	n, err := t.exec(ctx, `DELETE FROM mail_requests WHERE id = $1`, id.String())
	return n > 0, err
}
