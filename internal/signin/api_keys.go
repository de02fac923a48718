package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/identity"
	"example.com/alta/internal/mail"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// apiKeys adds, rotates and revokes API keys.
type apiKeys struct {
	repo    *repo.Repo
	keys    *identity.Keyring
	notices notices
}

// NewKey describes an API key to be made.
type NewKey struct {
	UserID uuid.UUID
	Name   string
	Life   *time.Duration // nil: until it is revoked
}

// KeyRotation describes the replacement of an API key.
type KeyRotation struct {
	UserID  uuid.UUID
	KeyID   uuid.UUID
	Overlap time.Duration // how long the old key stays valid
}

// keyDraft is a row of an API key to be added.
type keyDraft struct {
	userID  uuid.UUID
	name    string
	expires *time.Time // nil: never
	event   string     // kind of the audit event
}

// CreateKey adds an API key. It returns the key, which is not stored, and its row.
// Its errors are problem.ErrUnauthorized if the user was deleted,
// problem.ErrNotActive and problem.ErrTooManyKeys.
func (k *apiKeys) CreateKey(ctx context.Context, tx *repo.Tx, by By, n NewKey) (key string, made repo.APIKey, err error) {
	user, err := lockKeyOwner(ctx, tx, n.UserID, bounds.Keys-1)
	if err != nil {
		return "", made, err
	}
	key, made, err = k.addKey(ctx, tx, by, keyDraft{userID: n.UserID, name: n.Name, expires: expiry(tx, n.Life), event: repo.AuditKeyCreate})
	if err != nil {
		return "", made, err
	}
	return key, made, k.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindKeyMade, KeyName: made.Name})
}

// RotateKey adds an API key that replaces another and lives as long as its owner
// wished for that one. It returns the new key, which is not stored, and its row. Its errors are those of CreateKey and
// problem.ErrKeyNotFound.
func (k *apiKeys) RotateKey(ctx context.Context, tx *repo.Tx, by By, r KeyRotation) (key string, made repo.APIKey, err error) {
	most := bounds.Keys - 1
	if r.Overlap == 0 { // the old key is revoked and does not count
		most = bounds.Keys
	}
	user, err := lockKeyOwner(ctx, tx, r.UserID, most)
	if err != nil {
		return "", made, err
	}
	old, err := tx.APIKey(ctx, r.UserID, r.KeyID)
	if err != nil {
		return "", made, problem.IfNotFound(err, problem.ErrKeyNotFound)
	}
	if r.Overlap == 0 {
		err = tx.RevokeAPIKey(ctx, r.UserID, old.ID)
	} else {
		err = tx.ExpireAPIKey(ctx, old.ID, tx.Now().Add(r.Overlap))
	}
	if err != nil {
		return "", made, err
	}
	key, made, err = k.addKey(ctx, tx, by, keyDraft{
		userID: r.UserID, name: old.Name, expires: expiry(tx, old.Life()), event: repo.AuditKeyRotate,
	})
	if err != nil {
		return "", made, err
	}
	return key, made, k.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindKeyRotated, KeyName: made.Name})
}

// RevokeKey revokes one of the owner's keys. Its error is problem.ErrKeyNotFound.
func (k *apiKeys) RevokeKey(ctx context.Context, by By, owner, id uuid.UUID) error {
	err := k.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, owner)
		if err != nil {
			return err
		}
		key, err := tx.APIKey(ctx, owner, id)
		if err != nil {
			return err
		}
		if err := tx.RevokeAPIKey(ctx, owner, id); err != nil {
			return err
		}
		if err := tx.Audit(ctx, keyEvent(by, repo.AuditKeyRevoke, owner, id)); err != nil {
			return err
		}
		return k.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindKeyRevoked, KeyName: key.Name})
	})
	return problem.IfNotFound(err, problem.ErrKeyNotFound)
}

// RevokeKeys revokes all of the owner's keys. Its error is problem.ErrUnauthorized if
// the owner was deleted.
func (k *apiKeys) RevokeKeys(ctx context.Context, by By, owner uuid.UUID) error {
	err := k.repo.InTx(ctx, func(tx *repo.Tx) error {
		user, err := tx.LockUser(ctx, owner)
		if err != nil {
			return err
		}
		revoked, err := tx.RevokeAPIKeys(ctx, owner)
		if err != nil || revoked == 0 {
			return err
		}
		event := by.Event(repo.AuditKeyRevoke, &owner)
		event.Detail = fmt.Sprintf("all keys: %d", revoked)
		if err := tx.Audit(ctx, event); err != nil {
			return err
		}
		return k.notices.tell(ctx, tx, by, user, mail.Letter{Kind: mail.KindKeysRevoked, Revoked: revoked})
	})
	return callerDeleted(err)
}

func expiry(tx *repo.Tx, life *time.Duration) *time.Time {
	if life == nil {
		return nil
	}
	return new(repo.Truncate(tx.Now().Add(*life)))
}

// lockKeyOwner returns the user, if the user has a plan and at most the given
// number of keys. It locks the user, so that concurrent calls count each other's
// keys.
func lockKeyOwner(ctx context.Context, tx *repo.Tx, userID uuid.UUID, most int) (repo.User, error) {
	user, err := tx.LockUser(ctx, userID)
	if err != nil {
		return user, callerDeleted(err)
	}
	if user.Plan == repo.PlanNone {
		return user, problem.ErrNotActive
	}
	keys, err := tx.APIKeys(ctx, user.ID, tx.Now())
	if err == nil && len(keys) > most {
		err = problem.ErrTooManyKeys
	}
	return user, err
}

// addKey adds a key to the transaction and returns it with its row.
func (k *apiKeys) addKey(ctx context.Context, tx *repo.Tx, by By, d keyDraft) (key string, made repo.APIKey, err error) {
	key = identity.NewAPIKey()
	digest := k.keys.Digest(identity.PurposeAPIKey, key)
	made, err = tx.CreateAPIKey(ctx, repo.APIKey{
		UserID: d.userID, Name: d.name, Masked: identity.MaskAPIKey(key), Digest: digest.Sum, SecretID: digest.KeyID, ExpiresAt: d.expires,
	})
	if err != nil {
		return "", made, err
	}
	return key, made, tx.Audit(ctx, keyEvent(by, d.event, d.userID, made.ID))
}

func keyEvent(by By, kind string, userID, keyID uuid.UUID) repo.AuditEvent {
	event := by.Event(kind, &userID)
	event.Detail = "key " + keyID.String()
	return event
}
