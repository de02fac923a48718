package repo_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// openSession adds a session at the door.
func openSession(t testing.TB, r *repo.Repo, user repo.User, door repo.Door) repo.Session {
	t.Helper()
	s := repo.Session{ID: uuid.New(), UserID: user.ID, Door: door}
	write(t, r, func(tx *repo.Tx) error { return tx.CreateSession(t.Context(), s, 24*time.Hour) })
	return s
}

// logIn does what a log-in at the API door does.
func logIn(ctx context.Context, r *repo.Repo, user repo.User, most int) (s repo.Session, err error) {
	s = repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorAPI}
	return s, r.InTx(ctx, func(tx *repo.Tx) error {
		if _, err := tx.LockUser(ctx, user.ID); err != nil {
			return err
		}
		if err := tx.CreateSession(ctx, s, 24*time.Hour); err != nil {
			return err
		}
		return tx.EndOldSessions(ctx, s, s.Door, most)
	})
}

func checkSessions(t *testing.T, r *repo.Repo, name string, user repo.User, want ...repo.Session) {
	t.Helper()
	var got, ids []string
	if err := r.List(t.Context(), &got, `SELECT id FROM sessions WHERE user_id = $1`, user.ID.String()); err != nil {
		t.Fatal(err)
	}
	for _, s := range want {
		ids = append(ids, s.ID.String())
	}
	slices.Sort(got)
	slices.Sort(ids)
	if diff := cmp.Diff(ids, got); diff != "" {
		t.Errorf("%s: sessions (-want +got):\n%s", name, diff)
	}
}

// TestEndOldSessions: the new session and the newest others at its door stay,
// and so do the user's sessions at the other door and those of other users.
func TestEndOldSessions(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user, other := createUser(t, r, "ada@example.com"), createUser(t, r, "grace@example.com")
		app := openSession(t, r, user, repo.DoorApp)
		hers := []repo.Session{openSession(t, r, other, repo.DoorAPI), openSession(t, r, other, repo.DoorAPI)}
		var mine []repo.Session
		login := func(after time.Duration, most int) {
			t.Helper()
			c.Advance(after)
			s, err := logIn(t.Context(), r, user, most)
			if err != nil {
				t.Fatal(err)
			}
			mine = append(mine, s)
		}
		login(time.Minute, 3)
		login(time.Minute, 3)
		login(time.Minute, 3)
		checkSessions(t, r, "three of three", user, app, mine[0], mine[1], mine[2])
		login(time.Minute, 3)
		checkSessions(t, r, "the fourth", user, app, mine[1], mine[2], mine[3])
		login(-time.Hour, 3) // even if the clock was set back, the new session stays
		checkSessions(t, r, "one that seems old", user, app, mine[2], mine[3], mine[4])
		login(2*time.Hour, 2)
		checkSessions(t, r, "two of them", user, app, mine[3], mine[5])
		login(0, 1)
		checkSessions(t, r, "one", user, app, mine[6])
		checkSessions(t, r, "the other user", other, hers...)
	})
}

func TestEndOldSessionsAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		for range 3 {
			openSession(t, r, user, repo.DoorApp)
			openSession(t, r, user, repo.DoorAPI)
		}
		c.Advance(time.Minute)
		errs := atOnce(64, func(int) error {
			_, err := logIn(t.Context(), r, user, 2)
			return err
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for door, want := range map[repo.Door]int{repo.DoorAPI: 2, repo.DoorApp: 3} {
			if n := queryInt(t, r, `SELECT COUNT(*) FROM sessions WHERE door = $1`, door); n != want {
				t.Errorf("%d sessions of the door %s are left, want %d", n, door, want)
			}
		}
		if n := queryInt(t, r, `SELECT COUNT(*) FROM sessions WHERE door = 'api' AND created_at = $1`, start); n != 0 {
			t.Errorf("%d of the sessions that are left are old, want none", n)
		}
	})
}

// TestLockUser: the second transaction to lock a user waits, and sees what the
// first has written.
func TestLockUser(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		c.Advance(time.Minute)
		var first, second repo.User
		runQueued(t, r, databaseURL,
			func(tx *repo.Tx) (err error) {
				if first, err = tx.LockUser(t.Context(), user.ID); err != nil {
					return err
				}
				return tx.SetVerified(t.Context(), user.ID)
			},
			func(tx *repo.Tx) (err error) {
				second, err = tx.LockUser(t.Context(), user.ID)
				return err
			})
		if diff := cmp.Diff(user, first); diff != "" {
			t.Errorf("the first sees (-want +got):\n%s", diff)
		}
		user.EmailVerifiedAt, user.UpdatedAt = new(c.Now()), c.Now()
		if diff := cmp.Diff(user, second); diff != "" {
			t.Errorf("the second sees (-want +got):\n%s", diff)
		}
		err := r.InTx(t.Context(), func(tx *repo.Tx) error {
			_, err := tx.LockUser(t.Context(), uuid.New())
			return err
		})
		if err != repo.ErrNotFound {
			t.Errorf("LockUser of nobody: %v, want ErrNotFound", err)
		}
	})
}

// TestLockUserAlone: a lock alone, without a write, makes the next transaction
// wait. Only FOR UPDATE can do this; a write would lock the row by itself.
func TestLockUserAlone(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		var order []string
		step := func(name string) func(*repo.Tx) error {
			return func(tx *repo.Tx) error {
				_, err := tx.LockUser(t.Context(), user.ID)
				order = append(order, name)
				return err
			}
		}
		runQueued(t, r, databaseURL, step("first"), step("second"))
		if !slices.Equal(order, []string{"first", "second"}) {
			t.Errorf("order %q", order)
		}
	})
}
