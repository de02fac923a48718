package repo_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// inviteID returns the id of the invite that the tests call by the name.
func inviteID(name string) uuid.UUID { return uuid.NewSHA1(uuid.Nil, []byte(name)) }

// newInvite returns an invite whose digest is the name.
func newInvite(name string, uses int) repo.Invite {
	return repo.Invite{
		ID: inviteID(name), Masked: name + "…", Digest: name, SecretID: "secret", MaxUses: uses, CreatedBy: repo.ActorOperator,
	}
}

func createInvite(t testing.TB, r *repo.Repo, name string, uses int, life time.Duration) repo.Invite {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (repo.Invite, error) {
		return tx.CreateInvite(t.Context(), newInvite(name, uses), life)
	})
}

func useInvite(ctx context.Context, r *repo.Repo, name string) error {
	return r.InTx(ctx, func(tx *repo.Tx) error { return tx.UseInvite(ctx, inviteID(name)) })
}

func revokeInvite(t testing.TB, r *repo.Repo, name string) (changed bool) {
	t.Helper()
	return writeResult(t, r, func(tx *repo.Tx) (bool, error) { return tx.RevokeInvite(t.Context(), inviteID(name)) })
}

func checkInvite(t testing.TB, r *repo.Repo, want repo.Invite) {
	t.Helper()
	got, err := r.Invite(t.Context(), want.Digest)
	if err != nil {
		t.Fatalf("invite %s: %v", want.Digest, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("invite %s (-want +got):\n%s", want.Digest, diff)
	}
	if byID, err := r.InviteByID(t.Context(), want.ID); err != nil || !cmp.Equal(got, byID) {
		t.Errorf("invite %s by its id: %+v, %v", want.Digest, byID, err)
	}
}

func TestCreateInvite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		c.Set(start.Add(1999)) // the database keeps microseconds only
		junk := start.Add(-time.Hour)
		got := writeResult(t, r, func(tx *repo.Tx) (repo.Invite, error) {
			return tx.CreateInvite(t.Context(), repo.Invite{
				ID: inviteID("A"), Masked: "A…", Digest: "A", SecretID: "secret", MaxUses: 3, Uses: 2, Note: "for the ñandú", CreatedBy: "an admin",
				CreatedAt: junk, ExpiresAt: junk, RevokedAt: &junk,
			}, time.Hour+999)
		})
		now := start.Add(time.Microsecond)
		want := repo.Invite{
			ID: inviteID("A"), Masked: "A…", Digest: "A", SecretID: "secret", MaxUses: 3, Note: "for the ñandú", CreatedBy: "an admin",
			CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("CreateInvite (-want +got):\n%s", diff)
		}
		checkInvite(t, r, want)
		if _, err := r.Invite(t.Context(), "a"); err != repo.ErrNotFound {
			t.Errorf("another digest: %v, want ErrNotFound", err)
		}
	})
}

func TestCreateInviteRefused(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		first := createInvite(t, r, "A", 3, time.Hour)
		for _, test := range []struct {
			name string
			code string
			uses int
		}{{name: "a code that is there", code: "A", uses: 9}, {name: "no use", code: "B"}, {name: "fewer than none", code: "C", uses: -1}} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				invite := newInvite(test.code, test.uses)
				invite.ID = uuid.New()
				_, err := tx.CreateInvite(t.Context(), invite, time.Hour)
				return err
			})
			if err == nil || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("%s: %v, want a refusal", test.name, err)
			}
		}
		checkInvite(t, r, first)
		checkTexts(t, r, `SELECT digest FROM invite_codes`, "A")
	})
}

func TestInvites(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		for _, invite := range []struct {
			code string
			age  time.Duration
		}{{"MIDDLE-B", time.Hour}, {"OLDEST", 2 * time.Hour}, {"NEWEST", 0}, {"MIDDLE-A", time.Hour}, {"OLD", time.Hour + time.Microsecond}} {
			c.Set(start.Add(-invite.age))
			createInvite(t, r, invite.code, 1, time.Minute)
		}
		middle := []string{"MIDDLE-A", "MIDDLE-B"} // of the same moment: by id
		slices.SortFunc(middle, func(a, b string) int { return strings.Compare(inviteID(a).String(), inviteID(b).String()) })
		for _, test := range []struct {
			page repo.Page
			want []string
		}{
			{repo.Page{Limit: 2}, []string{"NEWEST", middle[0]}},
			{repo.Page{Limit: 2, Offset: 2}, []string{middle[1], "OLD"}},
			{repo.Page{Limit: 2, Offset: 4}, []string{"OLDEST"}},
			{repo.Page{Limit: 2, Offset: 6}, nil},
			{repo.Page{Limit: 100}, []string{"NEWEST", middle[0], middle[1], "OLD", "OLDEST"}},
		} {
			invites, total, err := r.Invites(t.Context(), test.page)
			if err != nil || total != 5 {
				t.Errorf("%+v: %d in all, %v; want 5", test.page, total, err)
			}
			var got []string
			for _, invite := range invites {
				got = append(got, invite.Digest)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", test.page, diff)
			}
		}
	})
}

func TestInviteState(t *testing.T) {
	past, future := start.Add(-time.Hour), start.Add(time.Hour)
	tests := []struct {
		name  string
		uses  int
		rev   *time.Time
		at    time.Time
		err   error
		state string
	}{
		{name: "new", at: start, state: repo.InviteRedeemable},
		{name: "one use left", uses: 2, at: start, state: repo.InviteRedeemable},
		{name: "before it was made", at: past, state: repo.InviteRedeemable},
		{name: "its last moment", at: future.Add(-1), state: repo.InviteRedeemable},
		{name: "its end", at: future, err: repo.ErrInviteExpired, state: repo.InviteExpired},
		{name: "past its end", at: future.Add(1), err: repo.ErrInviteExpired, state: repo.InviteExpired},
		{name: "its end elsewhere", at: future.In(time.FixedZone("", -3*60*60)), err: repo.ErrInviteExpired, state: repo.InviteExpired},
		{name: "revoked", rev: &past, at: start, err: repo.ErrInviteRevoked, state: repo.InviteRevoked},
		{name: "revoked by a clock that is ahead", rev: &future, at: start, err: repo.ErrInviteRevoked, state: repo.InviteRevoked},
		{name: "revoked before expired", rev: &past, at: future, err: repo.ErrInviteRevoked, state: repo.InviteRevoked},
		{name: "used", uses: 3, at: start, err: repo.ErrInviteUsed, state: repo.InviteUsed},
		{name: "used before revoked", uses: 3, rev: &past, at: start, err: repo.ErrInviteUsed, state: repo.InviteUsed},
		{name: "used before expired", uses: 3, at: future, err: repo.ErrInviteUsed, state: repo.InviteUsed},
		{name: "used before both", uses: 3, rev: &past, at: future, err: repo.ErrInviteUsed, state: repo.InviteUsed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := repo.Invite{MaxUses: 3, Uses: test.uses, CreatedAt: start, ExpiresAt: future, RevokedAt: test.rev}
			if err := i.Err(test.at); err != test.err {
				t.Errorf("Err = %v, want %v", err, test.err)
			}
			if state := i.State(test.at); state != test.state {
				t.Errorf("State = %s, want %s", state, test.state)
			}
		})
	}
}

// useTests are invites with two uses, and the error of using them at a given
// age.
var useTests = []struct {
	name   string
	uses   int // of 2
	revoke bool
	at     time.Duration
	want   error
}{
	{name: "new", at: 0, want: nil},
	{name: "last use", uses: 1, at: 0, want: nil},
	{name: "last moment", at: time.Hour - time.Microsecond, want: nil},
	{name: "expired", at: time.Hour, want: repo.ErrInviteExpired},
	{name: "revoked", revoke: true, at: 0, want: repo.ErrInviteRevoked},
	{name: "revoked and expired", uses: 1, revoke: true, at: time.Hour, want: repo.ErrInviteRevoked},
	{name: "used", uses: 2, at: 0, want: repo.ErrInviteUsed},
	{name: "used, revoked and expired", uses: 2, revoke: true, at: time.Hour, want: repo.ErrInviteUsed},
}

// TestUseInvite: UseInvite's error corresponds to the state of the row, and a
// refused use is not counted.
func TestUseInvite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		bystander := createInvite(t, r, "bystander", 1, time.Hour)
		for _, test := range useTests {
			c.Set(start)
			want := createInvite(t, r, test.name, 2, time.Hour)
			for range test.uses {
				if err := useInvite(t.Context(), r, test.name); err != nil {
					t.Fatalf("%s: %v", test.name, err)
				}
				want.Uses++
			}
			if test.revoke {
				revokeInvite(t, r, test.name)
				want.RevokedAt = new(start)
			}
			c.Set(start.Add(test.at))
			if err := useInvite(t.Context(), r, test.name); err != test.want {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
			if test.want == nil {
				want.Uses++
			}
			checkInvite(t, r, want)
		}
		if err := useInvite(t.Context(), r, "unknown"); err != repo.ErrNotFound {
			t.Errorf("an unknown code: %v, want ErrNotFound", err)
		}
		checkInvite(t, r, bystander)
	})
}

// TestUseInviteAtOnce: of many concurrent uses, exactly as many succeed as the
// invite allows, at any isolation level.
func TestUseInviteAtOnce(t *testing.T) {
	race := func(t *testing.T, databaseURL string) {
		r, _ := migrated(t, databaseURL)
		for _, uses := range []int{1, 7} {
			code := fmt.Sprint("of ", uses)
			want := createInvite(t, r, code, uses, time.Hour)
			used := 0
			for _, err := range atOnce(64, func(int) error { return useInvite(t.Context(), r, code) }) {
				switch err {
				case nil:
					used++
				case repo.ErrInviteUsed:
				default:
					t.Errorf("UseInvite: %v, want ErrInviteUsed", err)
				}
			}
			if used != uses {
				t.Errorf("an invite of %d was used %d times", uses, used)
			}
			want.Uses = uses
			checkInvite(t, r, want)
		}
	}
	testdb.Each(t, race)
	t.Run("serializable", func(t *testing.T) { race(t, serializable(t, testdb.Postgres(t))) })
}
