package repo

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Errors of an invite that cannot be used.
var (
	ErrInviteUsed    = errors.New("invite has been used as often as it may be")
	ErrInviteRevoked = errors.New("invite has been revoked")
	ErrInviteExpired = errors.New("invite has expired")
)

// Invite is a row of invite_codes: a code that opens the API door for a number
// of accounts. The code itself is not stored.
type Invite struct {
	ID        uuid.UUID  `db:"id"`
	Masked    string     `db:"masked"`    // the beginning of the code
	Digest    string     `db:"digest"`    // HMAC of the code
	SecretID  string     `db:"secret_id"` // of the secret that made the digest
	MaxUses   int        `db:"max_uses"`
	Uses      int        `db:"uses"`
	Note      string     `db:"note"`
	CreatedBy string     `db:"created_by"` // an administrator's id, or ActorOperator
	CreatedAt time.Time  `db:"created_at"`
	ExpiresAt time.Time  `db:"expires_at"`
	RevokedAt *time.Time `db:"revoked_at"`
}

// Err returns nil if the invite can be used, or else the reason why not. If
// there are several reasons, used comes before revoked, and revoked before
// expired.
func (i Invite) Err(at time.Time) error {
	switch {
	case i.Uses >= i.MaxUses:
		return ErrInviteUsed
	case i.RevokedAt != nil:
		return ErrInviteRevoked
	case !at.Before(i.ExpiresAt):
		return ErrInviteExpired
	}
	return nil
}

// States of an invite.
const (
	InviteRedeemable = "redeemable"
	InviteUsed       = "used"
	InviteRevoked    = "revoked"
	InviteExpired    = "expired"
)

// State returns the state that corresponds to Err.
func (i Invite) State(at time.Time) string {
	switch i.Err(at) {
	case ErrInviteUsed:
		return InviteUsed
	case ErrInviteRevoked:
		return InviteRevoked
	case ErrInviteExpired:
		return InviteExpired
	}
	return InviteRedeemable
}

const sqlSelectInvite = `
SELECT id, masked, digest, secret_id, max_uses, uses, note, created_by, created_at, expires_at, revoked_at FROM invite_codes`

// Invite returns the invite with the digest, or ErrNotFound.
func (r reads) Invite(ctx context.Context, digest string) (invite Invite, err error) {
	err = r.get(ctx, &invite, sqlSelectInvite+` WHERE digest = $1`, digest)
	return invite, err
}

// InviteByID returns the invite with the id, or ErrNotFound.
func (r reads) InviteByID(ctx context.Context, id uuid.UUID) (invite Invite, err error) {
	err = r.get(ctx, &invite, sqlSelectInvite+` WHERE id = $1`, id.String())
	return invite, err
}

// Invites returns a page of the invites, the newest first, and how many there
// are in total.
func (r reads) Invites(ctx context.Context, page Page) (invites []Invite, total int, err error) {
	if err := r.get(ctx, &total, `SELECT COUNT(*) FROM invite_codes`); err != nil {
		return nil, 0, err
	}
	err = r.list(ctx, &invites, sqlSelectInvite+` ORDER BY created_at DESC, id LIMIT $1 OFFSET $2`, page.Limit, page.Offset)
	return invites, total, err
}

// CreateInvite adds an invite that is valid for life, and returns it. Its id, masked
// form, digest, secret, greatest number of uses, note and creator are taken from i.
func (t userWrites) CreateInvite(ctx context.Context, i Invite, life time.Duration) (Invite, error) {
	i.Uses, i.CreatedAt, i.ExpiresAt, i.RevokedAt = 0, t.now, Truncate(t.now.Add(life)), nil
	_, err := t.exec(ctx, `
INSERT INTO invite_codes (id, masked, digest, secret_id, max_uses, note, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		i.ID.String(), i.Masked, i.Digest, i.SecretID, i.MaxUses, i.Note, i.CreatedBy, i.CreatedAt, i.ExpiresAt)
	return i, err
}

// UseInvite uses the invite once. It is one conditional statement, so an invite
// is never used more often than allowed. Its errors are ErrNotFound and those
// of Invite.Err.
func (t userWrites) UseInvite(ctx context.Context, id uuid.UUID) error {
	n, err := t.exec(ctx, `
UPDATE invite_codes SET uses = uses + 1
WHERE id = $1 AND uses < max_uses AND revoked_at IS NULL AND expires_at > $2`, id.String(), t.now)
	if err != nil || n > 0 {
		return err
	}
	invite, err := t.InviteByID(ctx, id)
	if err != nil {
		return err
	}
	if err := invite.Err(t.now); err != nil {
		return err
	}
	return ErrNotFound // it was created between the two statements
}

// RevokeInvite revokes the invite and reports whether that changed anything.
// Its error is ErrNotFound for an unknown id.
func (t userWrites) RevokeInvite(ctx context.Context, id uuid.UUID) (changed bool, err error) {
	n, err := t.exec(ctx, `UPDATE invite_codes SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL`, id.String(), t.now)
	if err == nil && n == 0 {
		_, err = t.InviteByID(ctx, id)
	}
	return n > 0, err
}
