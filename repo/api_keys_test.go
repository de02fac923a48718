package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"alta/internal/testdb"
	"alta/repo"
)

func createKey(t testing.TB, r *repo.Repo, user repo.User, masked string) uuid.UUID {
	t.Helper()
	return wrote(t, r, func(tx *repo.Tx) (uuid.UUID, error) {
		return tx.CreateAPIKey(t.Context(), repo.NewAPIKey{
			UserID: user.ID, Name: "default", Masked: masked, Digest: "digest of " + masked, SecretID: "secret",
		})
	})
}

func revokeKeys(t testing.TB, r *repo.Repo, user repo.User) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) error { return tx.RevokeAPIKeys(t.Context(), user.ID) })
}

// wantMasked checks which key is shown of the user's; "" stands for none.
func wantMasked(t testing.TB, r *repo.Repo, user repo.User, want string) {
	t.Helper()
	var wantErr error
	if want == "" {
		wantErr = repo.ErrNotFound
	}
	if got, err := r.MaskedAPIKey(t.Context(), user.ID); got != want || err != wantErr {
		t.Errorf("MaskedAPIKey of %s = %q, %v; want %q, %v", user.Email, got, err, want, wantErr)
	}
}

func TestMaskedAPIKey(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		wantMasked(t, r, ada, "")
		createKey(t, r, ada, "middle")
		c.Advance(time.Microsecond)
		newest := createKey(t, r, ada, "newest")
		c.Set(start.Add(-time.Hour))
		createKey(t, r, ada, "oldest")
		c.Set(start.Add(time.Hour))
		createKey(t, r, grace, "hers")
		wantMasked(t, r, ada, "newest")
		// A revoked key is not shown, though it is the newest.
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE api_keys SET revoked_at = $2 WHERE id = $1`, newest.String(), start)
			return err
		})
		wantMasked(t, r, ada, "middle")
		wantMasked(t, r, grace, "hers")
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
		wantMasked(t, r, ada, "")
		wantMasked(t, r, grace, "hers")
		c.Advance(time.Minute)
		createKey(t, r, ada, "new")
		wantMasked(t, r, ada, "new")
		// A key that is revoked already keeps the time of it.
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

// TestAPIKeyDigest: a digest leads to one key, whoever's it is.
func TestAPIKeyDigest(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		first := createKey(t, r, ada, "one")
		revokeKeys(t, r, ada)
		for _, user := range []repo.User{ada, grace} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.CreateAPIKey(t.Context(), repo.NewAPIKey{UserID: user.ID, Masked: "two", Digest: "digest of one"})
				return err
			})
			if err == nil || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("the digest again, for %s: %v, want a refusal", user.Email, err)
			}
		}
		checkTexts(t, r, `SELECT id FROM api_keys`, first.String())
	})
}
