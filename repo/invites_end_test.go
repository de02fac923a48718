package repo_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestUseInviteRolledBack: a failed registration does not use up the invite.
func TestUseInviteRolledBack(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		invite := createInvite(t, r, "A", 1, time.Hour)
		dropped := errors.New("dropped")
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			if err := tx.UseInvite(t.Context(), inviteID("A")); err != nil {
				return err
			}
			return dropped
		})
		if err != dropped {
			t.Fatalf("InTx = %v, want what was returned", err)
		}
		checkInvite(t, r, invite)
		if err := useInvite(t.Context(), r, "A"); err != nil {
			t.Errorf("the next use: %v", err)
		}
		invite.Uses = 1
		checkInvite(t, r, invite)
	})
}

func TestRevokeInvite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		invite, bystander := createInvite(t, r, "A", 1, time.Hour), createInvite(t, r, "B", 1, time.Hour)
		c.Advance(time.Minute)
		if !revokeInvite(t, r, "A") {
			t.Error("the first revocation changed nothing")
		}
		invite.RevokedAt = new(c.Now())
		checkInvite(t, r, invite)
		// A second revocation is not an error, and keeps the time of the first.
		c.Advance(time.Minute)
		if revokeInvite(t, r, "A") {
			t.Error("the second revocation changed something")
		}
		checkInvite(t, r, invite)
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			changed, err := tx.RevokeInvite(t.Context(), inviteID("unknown"))
			if changed {
				t.Error("the revocation of an unknown code changed something")
			}
			return err
		})
		if err != repo.ErrNotFound {
			t.Errorf("an unknown code: %v, want ErrNotFound", err)
		}
		checkInvite(t, r, bystander)
	})
}

// TestRevokeInviteAgainstUse: the second transaction waits for the first and
// sees what it has written.
func TestRevokeInviteAgainstUse(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		use := func(code string, err *error) func(*repo.Tx) error {
			return func(tx *repo.Tx) error {
				if *err = tx.UseInvite(t.Context(), inviteID(code)); errors.Is(*err, repo.ErrUnavailable) {
					return *err // if it lost against the other transaction, it is retried
				}
				return nil
			}
		}
		revoke := func(code string) func(*repo.Tx) error {
			return func(tx *repo.Tx) error {
				_, err := tx.RevokeInvite(t.Context(), inviteID(code))
				return err
			}
		}
		late, early := createInvite(t, r, "used late", 2, time.Hour), createInvite(t, r, "used early", 2, time.Hour)
		late.RevokedAt, early.RevokedAt, early.Uses = new(start), new(start), 1

		var got error
		runQueued(t, r, databaseURL, revoke(late.Digest), use(late.Digest, &got))
		if got != repo.ErrInviteRevoked {
			t.Errorf("a use behind the revocation: %v, want ErrInviteRevoked", got)
		}
		checkInvite(t, r, late)

		runQueued(t, r, databaseURL, use(early.Digest, &got), revoke(early.Digest))
		if got != nil {
			t.Errorf("a use before the revocation: %v", got)
		}
		checkInvite(t, r, early)
	})
}

// TestUseInviteMadeMeanwhile creates the invite after the statement that does
// not find it and before the one that looks for the reason.
func TestUseInviteMadeMeanwhile(t *testing.T) {
	databaseURL := testdb.Postgres(t)
	plain, c := migrated(t, databaseURL)
	made := false
	r := mustOpenWatched(t, databaseURL, c.Now, watch{after: func(query string, _ error) {
		if !made && strings.Contains(query, "SET uses = uses + 1") {
			made = true
			createInvite(t, plain, "A", 1, time.Hour)
		}
	}})
	err := useInvite(t.Context(), r, "A")
	if uses := queryInt(t, plain, `SELECT uses FROM invite_codes`); (err == nil) != (uses == 1) {
		t.Errorf("UseInvite = %v, and the invite was used %d times", err, uses)
	}
}
