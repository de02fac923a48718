package repo

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// SignIn is a row of sign_ins: a sign-in through an issuer that has begun but
// not finished.
type SignIn struct {
	ID       string `db:"id"`
	Digest   string `db:"digest"`
	SecretID string `db:"secret_id"`
	Sealed   string `db:"sealed"`
	Client   string `db:"client"` // the network that it began in
}

// CreateSignIn adds a sign-in that can be finished within life. If there are too many,
// the oldest of the network with the most makes room.
func (t userWrites) CreateSignIn(ctx context.Context, n SignIn, life time.Duration) error {
	_, err := t.exec(ctx, `INSERT INTO sign_ins (id, digest, secret_id, sealed, client, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		n.ID, n.Digest, n.SecretID, n.Sealed, n.Client, t.now.Add(life))
	if err != nil {
		return err
	}
	return t.makeRoom(ctx, strangerSignIns)
}

// SignIn returns the sign-in with the id, or ErrNotFound if it cannot be
// finished at the given time.
func (r reads) SignIn(ctx context.Context, id string, at time.Time) (s SignIn, err error) {
	err = r.get(ctx, &s, `SELECT id, digest, secret_id, sealed, client FROM sign_ins WHERE id = $1 AND expires_at > $2`, id, at)
	return s, err
}

// TakeSignIn deletes the sign-in. Of several concurrent calls one succeeds; the
// others get ErrNotFound.
func (t userWrites) TakeSignIn(ctx context.Context, id string) error {
	n, err := t.exec(ctx, `DELETE FROM sign_ins WHERE id = $1 AND expires_at > $2`, id, t.now)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// ProviderIdentity is how a provider knows a user. Only issuer and id together are
// one person: another issuer gives the same ids to others (OpenID Connect Core 1.0,
// section 5.7).
type ProviderIdentity struct{ Provider, Issuer, ID string }

// UserByProvider returns the user with the identity, or ErrNotFound.
func (r reads) UserByProvider(ctx context.Context, i ProviderIdentity) (user User, err error) {
	err = r.get(ctx, &user, sqlSelectUser+` WHERE auth_provider = $1 AND auth_provider_issuer = $2 AND auth_provider_id = $3`, i.Provider, i.Issuer, i.ID)
	return user, err
}

// LinkProvider stores which provider identifies the user, and the user's
// picture there; if picture is nil, the present one stays.
func (t userWrites) LinkProvider(ctx context.Context, userID uuid.UUID, i ProviderIdentity, picture *string) error {
	_, err := t.exec(ctx, `
UPDATE users SET auth_provider = $2, auth_provider_issuer = $3, auth_provider_id = $4, avatar_url = COALESCE($5, avatar_url), updated_at = $6
WHERE id = $1`,
		userID.String(), i.Provider, i.Issuer, i.ID, picture, t.now)
	return err
}

// ClaimIdentities gives the issuer to users whose identity has none, because it is of
// an earlier release, and returns how many they are.
func (t userWrites) ClaimIdentities(ctx context.Context, provider, issuer string) (claimed int64, err error) {
	return t.exec(ctx, `
UPDATE users SET auth_provider_issuer = $2 WHERE auth_provider = $1 AND auth_provider_id IS NOT NULL AND auth_provider_issuer IS NULL`, provider, issuer)
}
