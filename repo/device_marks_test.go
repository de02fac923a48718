package repo_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func keepMark(r *repo.Repo, t *testing.T, user repo.User, id string) error {
	return r.InTx(t.Context(), func(tx *repo.Tx) error {
		if _, err := tx.LockUser(t.Context(), user.ID); err != nil {
			return err
		}
		return tx.KeepDeviceMark(t.Context(), repo.DeviceMark{ID: id, UserID: user.ID}, time.Hour, 10)
	})
}

// wantMarks checks which of the marks are the user's and valid.
func wantMarks(t *testing.T, r *repo.Repo, user repo.User, at time.Time, want map[string]bool) {
	t.Helper()
	for id, valid := range want {
		if got, err := r.HasDeviceMark(t.Context(), id, user.Email, at); got != valid || err != nil {
			t.Errorf("HasDeviceMark of %s at %v = %v, %v; want %v", id, at, got, err, valid)
		}
	}
}

// TestDeviceMarks: a mark is one user's, for its life, which every use renews.
func TestDeviceMarks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		for _, err := range []error{keepMark(r, t, ada, "one"), keepMark(r, t, grace, "hers")} {
			if err != nil {
				t.Fatal(err)
			}
		}
		wantMarks(t, r, ada, start.Add(time.Hour-time.Microsecond), map[string]bool{"one": true, "hers": false, "none": false})
		wantMarks(t, r, ada, start.Add(time.Hour), map[string]bool{"one": false})
		c.Advance(time.Minute)
		if err := keepMark(r, t, ada, "one"); err != nil {
			t.Fatal(err)
		}
		wantMarks(t, r, ada, start.Add(time.Hour), map[string]bool{"one": true})
		sweep(t, r, 0)
		c.Advance(time.Hour)
		sweep(t, r, 1) // hers
		checkTexts(t, r, `SELECT id FROM device_marks`, "one")
		c.Advance(time.Microsecond)
		sweep(t, r, 1)
	})
}

// TestAtMostSoManyDeviceMarks: the marks that were used last stay, and those of others.
func TestAtMostSoManyDeviceMarks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		if err := keepMark(r, t, grace, "hers"); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			if err := keepMark(r, t, ada, fmt.Sprint("mark ", i)); err != nil {
				t.Fatal(err)
			}
			c.Advance(time.Second)
		}
		if err := errors.Join(keepMark(r, t, ada, "mark 0"), keepMark(r, t, ada, "new")); err != nil {
			t.Fatal(err)
		}
		wantMarks(t, r, ada, c.Now(), map[string]bool{"mark 0": true, "mark 1": false, "mark 2": true, "mark 9": true, "new": true})
		wantMarks(t, r, grace, c.Now(), map[string]bool{"hers": true})
		c.Advance(time.Second)
		if err := errors.Join(atOnce(64, func(i int) error { return keepMark(r, t, ada, fmt.Sprint("other ", i)) })...); err != nil {
			t.Fatal(err)
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM device_marks WHERE id LIKE 'other %'`); n != 10 {
			t.Errorf("%d marks of many at once are left, want 10", n)
		}
	})
}

// TestPasswordsEndDeviceMarks: a new password and none do, of that user alone.
func TestPasswordsEndDeviceMarks(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		ada, grace := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		for name, end := range map[string]func(tx *repo.Tx) error{
			"a new password": func(tx *repo.Tx) error { return tx.SetPassword(t.Context(), ada.ID, "hash") },
			"none":           func(tx *repo.Tx) error { return tx.RemovePassword(t.Context(), ada.ID) },
			"a renewed hash": func(tx *repo.Tx) error { return tx.ReplacePasswordHash(t.Context(), ada.ID, "hash", "hash") },
		} {
			if err := errors.Join(keepMark(r, t, ada, name), keepMark(r, t, grace, "hers")); err != nil {
				t.Fatal(err)
			}
			write(t, r, end)
			wantMarks(t, r, ada, start, map[string]bool{name: name == "a renewed hash"})
			wantMarks(t, r, grace, start, map[string]bool{"hers": true})
		}
	})
}
