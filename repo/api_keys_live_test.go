package repo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestKeyOwner(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		createKey(t, r, grace, "without a plan")
		if err := openLedger(t, r, ada, paidPlan); err != nil {
			t.Fatal(err)
		}
		expiry := start.Add(time.Hour)
		limited := newAPIKey(ada, "limited")
		limited.ExpiresAt = &expiry
		id, short := createKey(t, r, ada, "unlimited"), createAPIKey(t, r, limited)
		revoked := createKey(t, r, ada, "revoked")
		write(t, r, func(tx *repo.Tx) error { return tx.RevokeAPIKey(t.Context(), ada.ID, revoked) })
		for _, test := range []struct {
			name string
			at   time.Time
			want uuid.UUID // uuid.Nil: want ErrNotFound
		}{
			{name: "unlimited", at: start.AddDate(100, 0, 0), want: id},
			{name: "limited", at: expiry.Add(-time.Microsecond), want: short.ID},
			{name: "limited", at: expiry, want: uuid.Nil},
			{name: "revoked", at: start, want: uuid.Nil},
			{name: "unknown", at: start, want: uuid.Nil},
			{name: "without a plan", at: start, want: uuid.Nil},
		} {
			owner, err := r.KeyOwner(t.Context(), "digest of "+test.name, test.at)
			if test.want == uuid.Nil {
				if err != repo.ErrNotFound {
					t.Errorf("%s at %v: %+v, %v; want ErrNotFound", test.name, test.at, owner, err)
				}
				continue
			}
			want := repo.KeyOwner{KeyID: test.want, UserID: ada.ID, Role: ada.Role, IsActive: true, RequestsPerMinute: 600}
			if diff := cmp.Diff(want, owner); diff != "" || err != nil {
				t.Errorf("%s at %v: %v (-want +got):\n%s", test.name, test.at, err, diff)
			}
		}
		// The owner's suspension, verification and new rate limit show at once.
		write(t, r, func(tx *repo.Tx) error {
			_, suspendErr := tx.SetActive(t.Context(), ada.ID, false)
			_, planErr := tx.UpdatePlan(t.Context(), repo.PlanPaid, repo.PlanUpdate{RequestsPerMinute: new(7)})
			return errors.Join(suspendErr, planErr, tx.SetVerified(t.Context(), ada.ID), tx.TouchAPIKey(t.Context(), id, start))
		})
		owner, err := r.KeyOwner(t.Context(), "digest of unlimited", start)
		if err != nil || owner.IsActive || owner.RequestsPerMinute != 7 || owner.EmailVerifiedAt == nil || owner.LastUsedAt == nil {
			t.Errorf("KeyOwner = %+v, %v; want a suspended, verified owner with 7 a minute", owner, err)
		}
	})
}

// masked returns the masked forms of the keys.
func masked(keys []repo.APIKey) (list []string) {
	for _, key := range keys {
		list = append(list, key.Masked)
	}
	return list
}

func TestAPIKeys(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		createKey(t, r, grace, "hers")
		var all []repo.APIKey
		for _, name := range []string{"one", "two", "three"} {
			c.Advance(time.Microsecond)
			k := newAPIKey(ada, name)
			if name == "two" {
				k.ExpiresAt = new(start.Add(time.Hour))
			}
			all = append([]repo.APIKey{createAPIKey(t, r, k)}, all...)
		}
		got, err := r.APIKeys(t.Context(), ada.ID, start)
		if diff := cmp.Diff(all, got); diff != "" || err != nil {
			t.Errorf("APIKeys: %v (-want +got):\n%s", err, diff)
		}
		wantKeys := func(at time.Time, want ...string) {
			t.Helper()
			got, err := r.APIKeys(t.Context(), ada.ID, at)
			if diff := cmp.Diff(want, masked(got)); diff != "" || err != nil {
				t.Errorf("APIKeys at %v: %v (-want +got):\n%s", at, err, diff)
			}
		}
		wantKeys(start.Add(time.Hour-time.Microsecond), "three", "two", "one")
		wantKeys(start.Add(time.Hour), "three", "one")
		wantMasked(t, r, ada, start.Add(time.Hour), "three")
		revoke := func(user repo.User, id uuid.UUID) error {
			return r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.RevokeAPIKey(t.Context(), user.ID, id) })
		}
		// Another user's key, an unknown key, and one that has been revoked.
		if err := errors.Join(revoke(ada, all[0].ID), revoke(ada, all[2].ID)); err != nil {
			t.Error(err)
		}
		for _, err := range []error{revoke(grace, all[1].ID), revoke(ada, uuid.New()), revoke(ada, all[0].ID)} {
			if err != repo.ErrNotFound {
				t.Errorf("RevokeAPIKey: %v, want ErrNotFound", err)
			}
		}
		wantKeys(start, "two")
		c.Set(start.Add(time.Hour))
		if err := revoke(ada, all[1].ID); err != repo.ErrNotFound {
			t.Errorf("RevokeAPIKey of one that has expired: %v, want ErrNotFound", err)
		}
		wantMasked(t, r, grace, start, "hers")
	})
}

// TestAPIKeyTimes: a key's expiry only moves earlier, and its last use only
// later.
func TestAPIKeyTimes(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		hers := createKey(t, r, grace, "hers")
		id := createKey(t, r, ada, "one")
		for _, test := range []struct{ set, want time.Duration }{{2, 2}, {3, 2}, {1, 1}, {2, 1}} {
			write(t, r, func(tx *repo.Tx) error { return tx.ExpireAPIKey(t.Context(), id, start.Add(test.set*time.Hour)) })
			key := writeResult(t, r, func(tx *repo.Tx) (repo.APIKey, error) { return tx.APIKey(t.Context(), ada.ID, id) })
			if want := start.Add(test.want * time.Hour); key.ExpiresAt == nil || !key.ExpiresAt.Equal(want) {
				t.Errorf("expires at %v, want %v", key.ExpiresAt, want)
			}
		}
		for _, test := range []struct{ seen, want time.Duration }{{2, 2}, {1, 2}, {3, 3}} {
			write(t, r, func(tx *repo.Tx) error { return tx.TouchAPIKey(t.Context(), id, start.Add(test.seen*time.Hour)) })
			key := writeResult(t, r, func(tx *repo.Tx) (repo.APIKey, error) { return tx.APIKey(t.Context(), ada.ID, id) })
			if want := start.Add(test.want * time.Hour); key.LastUsedAt == nil || !key.LastUsedAt.Equal(want) {
				t.Errorf("last used at %v, want %v", key.LastUsedAt, want)
			}
		}
		write(t, r, func(tx *repo.Tx) error {
			if _, err := tx.APIKey(t.Context(), grace.ID, id); err != repo.ErrNotFound {
				t.Errorf("another's key: %v, want ErrNotFound", err)
			}
			key, err := tx.APIKey(t.Context(), grace.ID, hers)
			if key.ExpiresAt != nil || key.LastUsedAt != nil {
				t.Errorf("another's key has changed: %+v", key)
			}
			return err
		})
	})
}
