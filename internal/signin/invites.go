package signin

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// Invites makes, finds and revokes invites. Their codes are stored as digests.
type Invites struct{ keys *identity.Keyring }

// NewInvites returns Invites whose digests are made with the keys.
func NewInvites(keys *identity.Keyring) Invites { return Invites{keys: keys} }

// NewInvite describes an invite to be made.
type NewInvite struct {
	Uses int // how many accounts can be created with it
	Note string
	Life time.Duration
}

// CreateInvite adds an invite on behalf of the actor. It returns the code, which is
// not stored, and the invite.
func (i Invites) CreateInvite(ctx context.Context, tx *repo.Tx, by By, n NewInvite) (code string, made repo.Invite, err error) {
	code = identity.NewInviteCode()
	made, err = i.add(ctx, tx, by, n, uuid.New(), code)
	return code, made, err
}

func (i Invites) add(ctx context.Context, tx *repo.Tx, by By, n NewInvite, id uuid.UUID, code string) (repo.Invite, error) {
	digest := i.keys.Digest(identity.PurposeInviteCode, code)
	made, err := tx.CreateInvite(ctx, repo.Invite{
		ID: id, Masked: identity.MaskInviteCode(code), Digest: digest.Sum, SecretID: digest.KeyID,
		MaxUses: n.Uses, Note: n.Note, CreatedBy: by.Actor,
	}, n.Life)
	if err != nil {
		return made, err
	}
	return made, tx.Audit(ctx, inviteEvent(by, repo.AuditInviteCreate, nil, made))
}

// inviteReads are the reads of Repo and Tx that find an invite.
type inviteReads interface {
	Invite(ctx context.Context, digest string) (repo.Invite, error)
	InviteByID(ctx context.Context, id uuid.UUID) (repo.Invite, error)
}

// find returns the invite with the code, however people spell it, or repo.ErrNotFound.
func (i Invites) find(ctx context.Context, r inviteReads, code string) (invite repo.Invite, err error) {
	for _, digest := range i.keys.Digests(identity.PurposeInviteCode, identity.CanonicalInviteCode(code)) {
		if invite, err = r.Invite(ctx, digest.Sum); !errors.Is(err, repo.ErrNotFound) {
			break
		}
	}
	return invite, err
}

// RevokeInvite revokes the invite with the code or the id, and reports whether that
// changed anything. Its error is problem.ErrInviteNotFound.
func (i Invites) RevokeInvite(ctx context.Context, tx *repo.Tx, by By, codeOrID string) (changed bool, err error) {
	var invite repo.Invite
	if id, notID := uuid.Parse(codeOrID); notID == nil {
		invite, err = tx.InviteByID(ctx, id)
	} else {
		invite, err = i.find(ctx, tx, codeOrID)
	}
	if err == nil {
		changed, err = tx.RevokeInvite(ctx, invite.ID)
	}
	if err != nil || !changed {
		return false, problem.IfNotFound(err, problem.ErrInviteNotFound)
	}
	return true, tx.Audit(ctx, inviteEvent(by, repo.AuditInviteRevoke, nil, invite))
}

// inviteEvent returns an audit event about the invite.
func inviteEvent(by By, kind string, userID *uuid.UUID, invite repo.Invite) repo.AuditEvent {
	event := by.Event(kind, userID)
	event.Detail = "invite " + invite.Masked
	return event
}
