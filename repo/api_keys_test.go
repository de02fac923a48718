package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func createKey(t testing.TB, r *repo.Repo, user repo.User, masked string) uuid.UUID {
	t.Helper()
	return createAPIKey(t, r, newAPIKey(user, masked)).ID
}

func newAPIKey(user repo.User, masked string) repo.APIKey {
	return repo.APIKey{UserID: user.ID, Name: "default", Masked: masked, Digest: "digest of " + masked, SecretID: "secret"}
}

func createAPIKey(t testing.TB, r *repo.Repo, k repo.APIKey) repo.APIKey {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (repo.APIKey, error) { return tx.CreateAPIKey(t.Context(), k) })
}

func revokeKeys(t testing.TB, r *repo.Repo, user repo.User) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error {
		_, err := tx.RevokeAPIKeys(t.Context(), user.ID)
		return err
	})
}

// wantMasked checks which of the user's keys is shown at a time; "" means none.
func wantMasked(t testing.TB, r *repo.Repo, user repo.User, at time.Time, want string) {
	t.Helper()
	var wantErr error
	if want == "" {
		wantErr = repo.ErrNotFound
	}
	if got, err := r.MaskedAPIKey(t.Context(), user.ID, at); got != want || err != wantErr {
		t.Errorf("MaskedAPIKey of %s = %q, %v; want %q, %v", user.Email, got, err, want, wantErr)
	}
}

func TestMaskedAPIKey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		wantMasked(t, r, ada, c.Now(), "")
		createKey(t, r, ada, "middle")
		c.Advance(time.Microsecond)
		newest := createKey(t, r, ada, "newest")
		c.Set(start.Add(-time.Hour))
		createKey(t, r, ada, "oldest")
		c.Set(start.Add(time.Hour))
		createKey(t, r, grace, "hers")
		wantMasked(t, r, ada, c.Now(), "newest")
		// A revoked key is not shown, even if it is the newest.
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE api_keys SET revoked_at = $2 WHERE id = $1`, newest.String(), start)
			return err
		})
		wantMasked(t, r, ada, c.Now(), "middle")
		wantMasked(t, r, grace, c.Now(), "hers")
	})
}

func TestRevokeAPIKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		createKey(t, r, ada, "one")
		createKey(t, r, ada, "two")
		createKey(t, r, grace, "hers")
		c.Advance(time.Minute)
		revokeKeys(t, r, ada)
		wantMasked(t, r, ada, c.Now(), "")
		wantMasked(t, r, grace, c.Now(), "hers")
		c.Advance(time.Minute)
		createKey(t, r, ada, "new")
		wantMasked(t, r, ada, c.Now(), "new")
		// A second revocation keeps the time of the first.
		revokeKeys(t, r, ada)
		var got []time.Time
		if err := r.List(t.Context(), &got, `SELECT revoked_at FROM api_keys WHERE revoked_at IS NOT NULL ORDER BY revoked_at`); err != nil {
			t.Fatal(err)
		}
		first, second := start.Add(time.Minute), start.Add(2*time.Minute)
		if len(got) != 3 || !got[0].Equal(first) || !got[1].Equal(first) || !got[2].Equal(second) {
			t.Errorf("revoked at %v, want %v twice and %v", got, first, second)
		}
	})
}

// TestAPIKeyDigest: a digest belongs to one key, among those of all users.
func TestAPIKeyDigest(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		first := createKey(t, r, ada, "one")
		revokeKeys(t, r, ada)
		for _, user := range []repo.User{ada, grace} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.CreateAPIKey(t.Context(), repo.APIKey{UserID: user.ID, Masked: "two", Digest: "digest of one"})
				return err
			})
			if err == nil || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("the digest again, for %s: %v, want a refusal", user.Email, err)
			}
		}
		checkTexts(t, r, `SELECT id FROM api_keys`, first.String())
	})
}
