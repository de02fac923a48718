package repo_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestRowsOfASnapshot: reading a snapshot row by row does not see concurrent
// writes, not even parts of them.
func TestRowsOfASnapshot(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		ctx := t.Context()
		r, _ := migrated(t, databaseURL)
		ada := createUser(t, r, "ada@example.com")
		own := errors.New("changed my mind")
		err := r.InSnapshot(ctx, func(v *repo.Snapshot) error {
			if _, err := v.UserByID(ctx, ada.ID); err != nil {
				return err
			}
			createUser(t, r, "later@example.com")
			write(t, r, func(tx *repo.Tx) error { return tx.EraseUser(ctx, ada.ID, nil) })
			if _, err := v.UserByID(ctx, ada.ID); err != nil {
				t.Errorf("the user who was there: %v", err)
			}
			if _, err := v.UserByEmail(ctx, "later@example.com"); !errors.Is(err, repo.ErrNotFound) {
				t.Errorf("a user who came later: %v, want ErrNotFound", err)
			}
			n := 0
			err := v.EachCategory(ctx, ada.ID, func(repo.Category) error { n++; return nil })
			if err != nil || n != 24 {
				t.Errorf("there are %d categories (%v), want 24", n, err)
			}
			err = v.EachCategory(ctx, ada.ID, func(repo.Category) error { return own })
			if err != own {
				t.Errorf("a row that cannot be used: %v", err)
			}
			return own
		})
		if !errors.Is(err, own) {
			t.Errorf("InSnapshot = %v, want %v", err, own)
		}
		err = r.InSnapshot(ctx, func(v *repo.Snapshot) error {
			_, err := v.UserByEmail(ctx, "later@example.com")
			return errors.Join(err, v.EachMail(ctx, uuid.New(), func(repo.HeldMail) error { return own }))
		})
		if err != nil {
			t.Errorf("the next one: %v", err)
		}
		createUser(t, r, "ada@example.com") // nothing is locked
	})
}
