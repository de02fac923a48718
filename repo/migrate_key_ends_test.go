package repo_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// rotateAsBefore adds a key as a rotation did before the wished end was known. The
// old key gets the end of the overlap.
func rotateAsBefore(t *testing.T, r *repo.Repo, user repo.User, old uuid.UUID, name string, expires *time.Time, overlap time.Duration) uuid.UUID {
	t.Helper()
	k := newAPIKey(user, uuid.NewString())
	k.Name, k.ExpiresAt = name, expires
	made := createAPIKey(t, r, k)
	write(t, r, func(tx *repo.Tx) error {
		if err := tx.ExpireAPIKey(t.Context(), old, tx.Now().Add(overlap)); err != nil {
			return err
		}
		return tx.Audit(t.Context(), repo.AuditEvent{
			Kind: repo.AuditKeyRotate, Actor: user.ID.String(), UserID: &user.ID, Detail: "key " + made.ID.String(),
		})
	})
	return made.ID
}

// TestKeyEndsOfExistingKeys: the migration takes the end of a key for the wished one,
// unless an overlap set it: then the end is that of the key's replacement.
func TestKeyEndsOfExistingKeys(t *testing.T) {
	testdb.EachEmpty(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada := createUser(t, r, "ada@example.com")
		add := func(name string, life time.Duration) uuid.UUID {
			k := newAPIKey(ada, uuid.NewString())
			k.Name = name
			if life > 0 {
				k.ExpiresAt = new(c.Now().Add(life))
			}
			return createAPIKey(t, r, k).ID
		}
		want := map[uuid.UUID]*time.Duration{}
		endless, month := (*time.Duration)(nil), new(30*24*time.Hour)
		want[add("never rotated", 0)] = endless
		want[add("an end of its own", *month)] = month

		rotated := add("rotated", 0)
		c.Advance(3*time.Minute + 7*time.Microsecond)
		heir := rotateAsBefore(t, r, ada, rotated, "rotated", nil, 24*time.Hour)
		c.Advance(5*time.Minute + 11*time.Microsecond)
		want[rotated], want[heir], want[rotateAsBefore(t, r, ada, heir, "rotated", nil, 72*time.Hour)] = endless, endless, endless

		// The same name as a key that was rotated, and an end of its own.
		namesake := new(10 * time.Hour)
		want[add("rotated", *namesake)] = namesake
		c.Advance(time.Minute + 20*time.Millisecond)
		want[rotateAsBefore(t, r, ada, rotated, "rotated", nil, 31*time.Hour)] = endless

		short := add("an hour", 0)
		c.Advance(time.Second)
		want[short], want[rotateAsBefore(t, r, ada, short, "an hour", nil, time.Hour)] = endless, endless

		for range len(steps) - 8 {
			if err := r.Down(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for id, life := range want {
			key := writeResult(t, r, func(tx *repo.Tx) (repo.APIKey, error) { return tx.APIKey(t.Context(), ada.ID, id) })
			if got := key.Life(); (got == nil) != (life == nil) || got != nil && *got != *life {
				t.Errorf("the key %q that expires at %v was wished to live for %v, want %v", key.Name, key.ExpiresAt, got, life)
			}
		}
	})
}
