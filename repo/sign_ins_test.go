package repo_test

import (
	"errors"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func createSignIn(t *testing.T, r *repo.Repo, id string, life time.Duration) repo.SignIn {
	t.Helper()
	s := repo.SignIn{ID: id, Digest: "digest of " + id, SecretID: "secret", Sealed: "sealed " + id}
	write(t, r, func(tx *repo.Tx) error { return tx.CreateSignIn(t.Context(), s, life) })
	return s
}

// TestSignIns: a sign-in exists until one call takes it or its time is over.
func TestSignIns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ctx := t.Context()
		one, late := createSignIn(t, r, "one", time.Minute), createSignIn(t, r, "late", time.Minute)
		if got, err := r.SignIn(ctx, "one", start); got != one || err != nil {
			t.Errorf("SignIn = %+v, %v; want %+v", got, err, one)
		}
		if _, err := r.SignIn(ctx, "none", start); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("SignIn of none = %v", err)
		}
		taken := 0
		for _, err := range atOnce(16, func(int) error {
			return r.InTx(ctx, func(tx *repo.Tx) error { return tx.TakeSignIn(ctx, "one") })
		}) {
			switch {
			case err == nil:
				taken++
			case !errors.Is(err, repo.ErrNotFound):
				t.Error(err)
			}
		}
		if taken != 1 {
			t.Errorf("taken %d times, want once", taken)
		}
		c.Set(start.Add(time.Minute))
		if _, err := r.SignIn(ctx, late.ID, c.Now()); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("SignIn after its time = %v", err)
		}
		err := r.InTx(ctx, func(tx *repo.Tx) error { return tx.TakeSignIn(ctx, late.ID) })
		if !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("TakeSignIn after its time = %v", err)
		}
	})
}

func TestSweepSignIns(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		createSignIn(t, r, "old", time.Minute)
		createSignIn(t, r, "on the edge", time.Minute+time.Microsecond)
		c.Set(start.Add(time.Minute + retention.Token + time.Microsecond))
		sweep(t, r, 1)
		checkTexts(t, r, `SELECT id FROM sign_ins`, "on the edge")
	})
}

// issuer is that of the identities in tests.
const issuer = "https://issuer.example"

func googleIdentity(id string) repo.ProviderIdentity {
	return repo.ProviderIdentity{Provider: repo.ProviderGoogle, Issuer: issuer, ID: id}
}

// TestIdentitiesOfEarlierReleasesTakeTheIssuer: an earlier release stored the subject
// alone. The issuer that is configured at the first start is theirs, and no later one.
func TestIdentitiesOfEarlierReleasesTakeTheIssuer(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ctx, id := t.Context(), "118"
		old := writeResult(t, r, func(tx *repo.Tx) (repo.User, error) {
			return tx.CreateUser(ctx, repo.NewUser{
				Email: "ada@example.com", Door: repo.DoorApp, Currency: "ARS", AuthProvider: repo.ProviderGoogle, AuthProviderID: &id,
			})
		})
		createUser(t, r, "john@example.com")
		if _, err := r.UserByProvider(ctx, googleIdentity(id)); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("before the first start: %v", err)
		}
		for i, want := range []int64{1, 0} {
			claimed := writeResult(t, r, func(tx *repo.Tx) (int64, error) {
				return tx.ClaimIdentities(ctx, repo.ProviderGoogle, []string{issuer, "https://other.example"}[i])
			})
			if claimed != want {
				t.Errorf("start %d: %d identities were claimed, want %d", i, claimed, want)
			}
		}
		if got, err := r.UserByProvider(ctx, googleIdentity(id)); err != nil || got.ID != old.ID {
			t.Errorf("after the first start: %+v, %v", got, err)
		}
		other := repo.ProviderIdentity{Provider: repo.ProviderGoogle, Issuer: "https://other.example", ID: id}
		if _, err := r.UserByProvider(ctx, other); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("the same subject of another issuer: %v", err)
		}
	})
}

// TestUsersOfAProvider: an identity belongs to at most one account, and an
// account that is created without a password has none.
func TestUsersOfAProvider(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ctx, id, google, picture := t.Context(), "118", issuer, "https://example.com/a.png"
		n := repo.NewUser{
			Email: "ada@example.com", Door: repo.DoorApp, Currency: "ARS",
			AuthProvider: repo.ProviderGoogle, AuthProviderID: &id, AuthIssuer: &google, AvatarURL: &picture,
		}
		ada := writeResult(t, r, func(tx *repo.Tx) (repo.User, error) { return tx.CreateUser(ctx, n) })
		if ada.PasswordHash != nil || ada.AuthProvider != repo.ProviderGoogle || *ada.AuthProviderID != id || *ada.AvatarURL != picture {
			t.Errorf("CreateUser = %+v", ada)
		}
		n.Email = "lovelace@example.com"
		err := r.InTx(ctx, func(tx *repo.Tx) error { _, err := tx.CreateUser(ctx, n); return err })
		if !errors.Is(err, repo.ErrEmailTaken) {
			t.Errorf("another user of the identity: %v, want ErrEmailTaken", err)
		}
		if got, err := r.UserByProvider(ctx, googleIdentity(id)); err != nil || got.ID != ada.ID {
			t.Errorf("UserByProvider = %+v, %v", got, err)
		}
		if _, err := r.UserByProvider(ctx, repo.ProviderIdentity{Provider: "APPLE", Issuer: issuer, ID: id}); !errors.Is(err, repo.ErrNotFound) {
			t.Errorf("UserByProvider of another provider = %v", err)
		}
		john := createUser(t, r, "john@example.com")
		if john.AuthProvider != repo.ProviderLocal || john.AuthProviderID != nil {
			t.Errorf("a local user is %+v", john)
		}
		write(t, r, func(tx *repo.Tx) error { return tx.LinkProvider(ctx, john.ID, googleIdentity("119"), nil) })
		write(t, r, func(tx *repo.Tx) error { return tx.RemovePassword(ctx, john.ID) })
		if got, err := r.UserByProvider(ctx, googleIdentity("119")); err != nil || got.ID != john.ID || got.AvatarURL != nil || got.PasswordHash != nil {
			t.Errorf("after the link: %+v, %v", got, err)
		}
	})
}
