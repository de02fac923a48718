package repo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func sessionIDs(sessions []repo.Session) []uuid.UUID {
	ids := make([]uuid.UUID, len(sessions))
	for i, s := range sessions {
		ids[i] = s.ID
	}
	return ids
}

// liveSessions returns the ids of the user's sessions at start.
func liveSessions(t *testing.T, r *repo.Repo, user repo.User) []uuid.UUID {
	t.Helper()
	sessions, err := r.Sessions(t.Context(), user.ID, start)
	if err != nil {
		t.Fatal(err)
	}
	return sessionIDs(sessions)
}

func setActive(t *testing.T, r *repo.Repo, id uuid.UUID, active bool) (changed bool) {
	t.Helper()
	write(t, r, func(tx *repo.Tx) (err error) {
		changed, err = tx.SetActive(t.Context(), id, active)
		return err
	})
	return changed
}

func TestSessionOwner(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		suspended := createUser(t, r, "grace@example.com")
		setActive(t, r, suspended.ID, false)
		admin := createUser(t, r, "root@example.com")
		write(t, r, func(tx *repo.Tx) error {
			_, err := tx.SetRole(t.Context(), admin.ID, repo.RoleAdmin)
			return err
		})
		session := createSession(t, r, user, time.Hour)
		tests := []struct {
			name    string
			session uuid.UUID
			at      time.Time
			want    repo.SessionOwner
			err     error
		}{
			{name: "live", session: session, at: start, want: repo.SessionOwner{UserID: user.ID, Role: "USER", LastSeenAt: start}},
			{name: "its last moment", session: session, at: start.Add(time.Hour - time.Microsecond),
				want: repo.SessionOwner{UserID: user.ID, Role: "USER", LastSeenAt: start}},
			{name: "expired", session: session, at: start.Add(time.Hour), want: repo.SessionOwner{}, err: repo.ErrNotFound},
			{name: "an admin's", session: createSession(t, r, admin, time.Hour), at: start,
				want: repo.SessionOwner{UserID: admin.ID, Role: "ADMIN", LastSeenAt: start}},
			{name: "of a suspended user", session: createSession(t, r, suspended, time.Hour), at: start, want: repo.SessionOwner{}, err: repo.ErrNotFound},
			{name: "unknown", session: uuid.New(), at: start, want: repo.SessionOwner{}, err: repo.ErrNotFound},
		}
		for _, test := range tests {
			got, err := r.SessionOwner(t.Context(), test.session, test.at)
			if err != test.err {
				t.Errorf("%s: %v, want %v", test.name, err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
		}
	})
}

func TestSessions(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		other := createUser(t, r, "grace@example.com")
		createSession(t, r, other, time.Hour)
		createSession(t, r, user, 0) // ends as it begins
		var want []repo.Session
		for i := range 3 {
			c.Set(start.Add(time.Duration(i) * time.Millisecond))
			s := repo.Session{
				ID: uuid.New(), UserID: user.ID, Door: repo.DoorApp, UserAgent: "Mozilla/5.0 (ñ)", Address: "2001:db8::1",
				CreatedAt: c.Now(), LastSeenAt: c.Now(), ExpiresAt: c.Now().Add(time.Hour),
			}
			write(t, r, func(tx *repo.Tx) error { return tx.CreateSession(t.Context(), s, time.Hour) })
			want = slices.Insert(want, 0, s)
		}
		got, err := r.Sessions(t.Context(), user.ID, start)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("sessions (-want +got):\n%s", diff)
		}
	})
}

func TestEndSession(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		owner := createUser(t, r, "ada@example.com")
		stranger := createUser(t, r, "grace@example.com")
		first, second := createSession(t, r, owner, time.Hour), createSession(t, r, owner, time.Hour)
		tests := []struct {
			name string
			user repo.User
			id   uuid.UUID
			want error
			left int
		}{
			{name: "a stranger's attempt", user: stranger, id: first, want: repo.ErrNotFound, left: 2},
			{name: "one that never was", user: owner, id: uuid.New(), want: repo.ErrNotFound, left: 2},
			{name: "one's own", user: owner, id: first, want: nil, left: 1},
			{name: "one that is gone", user: owner, id: first, want: repo.ErrNotFound, left: 1},
			{name: "the last", user: owner, id: second, want: nil, left: 0},
		}
		for _, test := range tests {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.EndSession(t.Context(), test.user.ID, test.id) })
			if err != test.want {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
			if left := liveSessions(t, r, owner); len(left) != test.left {
				t.Errorf("%s: left %d sessions, want %d", test.name, len(left), test.left)
			}
		}
	})
}

func TestSetActive(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		other := createUser(t, r, "grace@example.com")
		createSession(t, r, other, time.Hour)
		for _, step := range []struct {
			name            string
			active, changed bool
		}{
			{name: "suspend", changed: true},
			{name: "suspend again", changed: false},
			{name: "resume", active: true, changed: true},
			{name: "suspend once more", changed: true},
		} {
			// A log-in that was under way during the suspension may leave a
			// session.
			createSession(t, r, user, time.Hour)
			createSession(t, r, user, time.Hour)
			c.Advance(time.Second)
			if changed := setActive(t, r, user.ID, step.active); changed != step.changed {
				t.Errorf("%s: changed = %t, want %t", step.name, changed, step.changed)
			}
			if step.changed {
				user.IsActive, user.UpdatedAt = step.active, c.Now()
			}
			checkStored(t, r, user)
			if live := liveSessions(t, r, user); len(live) != 0 {
				t.Errorf("%s: left %d sessions, want none", step.name, len(live))
			}
		}
		if setActive(t, r, other.ID, true) || setActive(t, r, uuid.New(), false) {
			t.Error("one who is active already, or nobody, changed")
		}
		if live := liveSessions(t, r, other); len(live) != 1 {
			t.Errorf("one who was not suspended has %d sessions, want 1", len(live))
		}
	})
}

func TestSeeSession(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		id, other := createSession(t, r, user, time.Hour), createSession(t, r, user, time.Hour)
		seen := func(id uuid.UUID) time.Time {
			t.Helper()
			owner, err := r.SessionOwner(t.Context(), id, start)
			if err != nil {
				t.Fatal(err)
			}
			return owner.LastSeenAt
		}
		for _, step := range []struct{ at, want time.Duration }{
			{-time.Minute, 0}, {time.Minute, time.Minute}, {0, time.Minute}, {time.Minute - time.Microsecond, time.Minute},
			{time.Minute + time.Microsecond, time.Minute + time.Microsecond},
		} {
			write(t, r, func(tx *repo.Tx) error { return tx.TouchSession(t.Context(), id, start.Add(step.at)) })
			if got, want := seen(id), start.Add(step.want); !got.Equal(want) {
				t.Errorf("seen at %v: last_seen_at = %v, want %v", step.at, got, want)
			}
		}
		if got := seen(other); !got.Equal(start) {
			t.Errorf("the other session was seen at %v, want %v", got, start)
		}
		before := countRows(t, r)
		write(t, r, func(tx *repo.Tx) error { return tx.TouchSession(t.Context(), uuid.New(), start) })
		if after := countRows(t, r); after != before {
			t.Errorf("a session that is gone came back: %+v, want %+v", after, before)
		}
	})
}
