package signin

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/problem"
	"example.com/alta/repo"
)

// maxKeys is how many keys of one account work at a time.
const maxKeys = 50

// newKey is an API key to be made.
type newKey struct {
	userID  uuid.UUID
	name    string
	expires *time.Time // nil: never
	event   string     // kind of the audit event
}

// CreateKey adds an API key of the user that lives for the time given; nil: until
// it is revoked. It returns the key, which is not stored, and its row. Its errors
// are problem.ErrUnauthorized if the user is gone, problem.ErrNotActive and
// problem.ErrTooManyKeys.
func (s *Service) CreateKey(
	ctx context.Context, tx *repo.Tx, by By, userID uuid.UUID, name string, life *time.Duration,
) (key string, made repo.APIKey, err error) {
	if _, err := s.lockKeyOwner(ctx, tx, userID, maxKeys-1); err != nil {
		return "", made, err
	}
	return s.makeKey(ctx, tx, by, newKey{userID: userID, name: name, expires: expiry(tx, life), event: repo.AuditKeyCreate})
}

// RotateKey adds an API key in the place of another, which goes on working for the
// overlap. It returns what CreateKey returns. Its errors are also
// problem.ErrKeyNotFound.
func (s *Service) RotateKey(
	ctx context.Context, tx *repo.Tx, by By, userID, id uuid.UUID, overlap time.Duration,
) (key string, made repo.APIKey, err error) {
	room := maxKeys - 1
	if overlap == 0 { // the old one makes room
		room = maxKeys
	}
	if _, err := s.lockKeyOwner(ctx, tx, userID, room); err != nil {
		return "", made, err
	}
	old, err := tx.APIKey(ctx, userID, id)
	if err != nil {
		return "", made, problem.IfNotFound(err, problem.ErrKeyNotFound)
	}
	if overlap == 0 {
		err = tx.RevokeAPIKey(ctx, userID, old.ID)
	} else {
		err = tx.ExpireAPIKey(ctx, old.ID, tx.Now().Add(overlap))
	}
	if err != nil {
		return "", made, err
	}
	var life *time.Duration
	if old.ExpiresAt != nil {
		life = new(old.ExpiresAt.Sub(old.CreatedAt))
	}
	return s.makeKey(ctx, tx, by, newKey{userID: userID, name: old.Name, expires: expiry(tx, life), event: repo.AuditKeyRotate})
}

// RevokeKey revokes one of the owner's keys. Its error is problem.ErrKeyNotFound.
func (s *Service) RevokeKey(ctx context.Context, by By, owner, id uuid.UUID) error {
	err := s.repo.InTx(ctx, func(tx *repo.Tx) error {
		if err := tx.RevokeAPIKey(ctx, owner, id); err != nil {
			return err
		}
		return tx.Audit(ctx, keyEvent(by, repo.AuditKeyRevoke, owner, id))
	})
	return problem.IfNotFound(err, problem.ErrKeyNotFound)
}

func expiry(tx *repo.Tx, life *time.Duration) *time.Time {
	if life == nil {
		return nil
	}
	return new(repo.Truncate(tx.Now().Add(*life)))
}

// lockKeyOwner returns the user, who has a plan and at most so many keys. The user
// is locked, so that keys made at once are counted.
func (s *Service) lockKeyOwner(ctx context.Context, tx *repo.Tx, userID uuid.UUID, most int) (repo.User, error) {
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

// makeKey adds a key to the transaction and returns it with its row.
func (s *Service) makeKey(ctx context.Context, tx *repo.Tx, by By, n newKey) (key string, made repo.APIKey, err error) {
	key = identity.NewAPIKey()
	digest := s.keys.Digest(identity.PurposeAPIKey, key)
	made, err = tx.CreateAPIKey(ctx, repo.APIKey{
		UserID: n.userID, Name: n.name, Masked: identity.MaskAPIKey(key), Digest: digest.Sum, SecretID: digest.KeyID, ExpiresAt: n.expires,
	})
	if err != nil {
		return "", made, err
	}
	return key, made, tx.Audit(ctx, keyEvent(by, n.event, n.userID, made.ID))
}

func keyEvent(by By, kind string, userID, keyID uuid.UUID) repo.AuditEvent {
	event := by.Event(kind, &userID)
	event.Detail = "key " + keyID.String()
	return event
}
