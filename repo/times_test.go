package repo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestTimes: in every column, a stored time comes back as the same instant,
// truncated to the microsecond.
func TestTimes(t *testing.T) {
	west, east := time.FixedZone("", -3*60*60), time.FixedZone("", 5*60*60+30*60)
	tests := []struct {
		name string
		in   time.Time
		want time.Time
	}{
		{name: "whole second", in: start, want: start},
		{name: "another zone", in: time.Date(2026, 3, 4, 11, 13, 20, 0, west), want: start},
		{name: "over midnight", in: time.Date(2026, 3, 5, 3, 0, 0, 0, east), want: time.Date(2026, 3, 4, 21, 30, 0, 0, time.UTC)},
		{name: "microseconds", in: start.Add(123456 * time.Microsecond), want: start.Add(123456 * time.Microsecond)},
		{name: "nanoseconds", in: start.Add(123456789), want: start.Add(123456 * time.Microsecond)},
		{name: "not rounded up", in: start.Add(999999999), want: start.Add(999999 * time.Microsecond)},
		{name: "nanoseconds in another zone", in: start.Add(1999).In(west), want: start.Add(time.Microsecond)},
		{name: "before 1970", in: time.Date(1969, 7, 20, 20, 17, 40, 500, time.UTC), want: time.Date(1969, 7, 20, 20, 17, 40, 0, time.UTC)},
		{name: "fraction before 1970", in: time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC),
			want: time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC)},
		{name: "1970", in: time.Unix(0, 0).In(east), want: time.Unix(0, 0)},
		{name: "far away", in: time.Date(9999, 12, 31, 23, 59, 59, 1, west), want: time.Date(10000, 1, 1, 2, 59, 59, 0, time.UTC)},
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		for i, test := range tests {
			check := func(column string, got, want time.Time) {
				t.Helper()
				if !got.Equal(want) {
					t.Errorf("%s: %s = %v, want %v", test.name, column, got, want)
				}
			}
			c.Set(test.in)
			n := newUser(address(i))
			n.EmailVerifiedAt = &test.in
			var user repo.User
			write(t, r, func(tx *repo.Tx) (err error) {
				user, err = tx.CreateUser(t.Context(), n)
				return err
			})
			check("users.email_verified_at", *user.EmailVerifiedAt, test.want)
			check("users.created_at", user.CreatedAt, test.want)

			id := createSession(t, r, user, time.Hour)
			// Touched an hour later.
			write(t, r, func(tx *repo.Tx) error { return tx.TouchSession(t.Context(), id, test.in.Add(time.Hour)) })
			sessions, err := r.Sessions(t.Context(), user.ID, test.in)
			if err != nil || len(sessions) != 1 {
				t.Fatalf("%s: Sessions = %v, %v; want one", test.name, sessions, err)
			}
			check("sessions.created_at", sessions[0].CreatedAt, test.want)
			check("sessions.last_seen_at", sessions[0].LastSeenAt, test.want.Add(time.Hour))
			check("sessions.expires_at", sessions[0].ExpiresAt, test.want.Add(time.Hour))
		}
	})
}

// TestTimeOrder: times with and without a fraction sort as instants.
func TestTimeOrder(t *testing.T) {
	offsets := []time.Duration{ // newest first
		time.Minute, time.Second, 999999 * time.Microsecond, 500 * time.Millisecond, 120 * time.Millisecond,
		12 * time.Millisecond, time.Microsecond, 0, -time.Microsecond, -500 * time.Millisecond, -time.Second,
	}
	zones := []*time.Location{time.UTC, time.FixedZone("", -3*60*60), time.FixedZone("", 14*60*60)}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		user := createUser(t, r, "ada@example.com")
		want := make([]uuid.UUID, len(offsets))
		for _, i := range []int{7, 1, 10, 4, 0, 8, 3, 5, 9, 2, 6} {
			c.Set(start.Add(offsets[i]).In(zones[i%len(zones)]))
			want[i] = createSession(t, r, user, time.Hour)
		}
		sessions, err := r.Sessions(t.Context(), user.ID, start)
		if err != nil {
			t.Fatal(err)
		}
		if got := sessionIDs(sessions); !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
		// Comparisons with the end of a session are exact to the microsecond,
		// too.
		for i, offset := range offsets {
			sessions, err := r.Sessions(t.Context(), user.ID, start.Add(time.Hour+offset))
			if err != nil {
				t.Fatal(err)
			}
			if got := sessionIDs(sessions); !slices.Equal(got, want[:i]) {
				t.Errorf("live %v after the end of the middle one: %v, want %v", offset, got, want[:i])
			}
		}
	})
}
