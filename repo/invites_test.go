package repo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func createInvite(t testing.TB, r *repo.Repo, code string, uses int, life time.Duration) repo.Invite {
	t.Helper()
	return wrote(t, r, func(tx *repo.Tx) (repo.Invite, error) {
		return tx.CreateInvite(t.Context(), repo.Invite{Code: code, MaxUses: uses, CreatedBy: repo.ActorOperator}, life)
	})
}

func useInvite(ctx context.Context, r *repo.Repo, code string) error {
	return r.InTx(ctx, func(tx *repo.Tx) error { return tx.UseInvite(ctx, code) })
}

func revokeInvite(t testing.TB, r *repo.Repo, code string) (changed bool) {
	t.Helper()
	return wrote(t, r, func(tx *repo.Tx) (bool, error) { return tx.RevokeInvite(t.Context(), code) })
}

func checkInvite(t testing.TB, r *repo.Repo, want repo.Invite) {
	t.Helper()
	got, err := r.Invite(t.Context(), want.Code)
	if err != nil {
		t.Fatalf("invite %s: %v", want.Code, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("invite %s (-want +got):\n%s", want.Code, diff)
	}
}

func TestCreateInvite(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r, c := migrated(t, databaseURL)
		c.Set(start.Add(1999)) // nanoseconds, of which the database keeps a microsecond
		junk := start.Add(-time.Hour)
		got := wrote(t, r, func(tx *repo.Tx) (repo.Invite, error) {
			return tx.CreateInvite(t.Context(), repo.Invite{
				Code: "A", MaxUses: 3, Uses: 2, Note: "for the ñandú", CreatedBy: "an admin",
				CreatedAt: junk, ExpiresAt: junk, RevokedAt: &junk,
			}, time.Hour+999)
		})
		now := start.Add(time.Microsecond)
		want := repo.Invite{
			Code: "A", MaxUses: 3, Note: "for the ñandú", CreatedBy: "an admin",
			CreatedAt: now, ExpiresAt: now.Add(time.Hour),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("CreateInvite (-want +got):\n%s", diff)
		}
		checkInvite(t, r, want)
		if _, err := r.Invite(t.Context(), "a"); err != repo.ErrNotFound {
			t.Errorf("a code in another form: %v, want ErrNotFound", err)
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
		}{{"a code that is there", "A", 9}, {"no use", "B", 0}, {"fewer than none", "C", -1}} {
			err := r.InTx(t.Context(), func(tx *repo.Tx) error {
				_, err := tx.CreateInvite(t.Context(), repo.Invite{Code: test.code, MaxUses: test.uses}, time.Hour)
				return err
			})
			if err == nil || errors.Is(err, repo.ErrUnavailable) {
				t.Errorf("%s: %v, want a refusal", test.name, err)
			}
		}
		checkInvite(t, r, first)
		checkTexts(t, r, `SELECT code FROM invite_codes`, "A")
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
		for _, test := range []struct {
			page repo.Page
			want []string
		}{
			{repo.Page{Limit: 2}, []string{"NEWEST", "MIDDLE-A"}},
			{repo.Page{Limit: 2, Offset: 2}, []string{"MIDDLE-B", "OLD"}},
			{repo.Page{Limit: 2, Offset: 4}, []string{"OLDEST"}},
			{repo.Page{Limit: 2, Offset: 6}, nil},
			{repo.Page{Limit: 100}, []string{"NEWEST", "MIDDLE-A", "MIDDLE-B", "OLD", "OLDEST"}},
		} {
			invites, total, err := r.Invites(t.Context(), test.page)
			if err != nil || total != 5 {
				t.Errorf("%+v: %d in all, %v; want 5", test.page, total, err)
			}
			var got []string
			for _, invite := range invites {
				got = append(got, invite.Code)
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
		{"new", 0, nil, start, nil, repo.InviteRedeemable},
		{"one use left", 2, nil, start, nil, repo.InviteRedeemable},
		{"before it was made", 0, nil, past, nil, repo.InviteRedeemable},
		{"its last moment", 0, nil, future.Add(-1), nil, repo.InviteRedeemable},
		{"its end", 0, nil, future, repo.ErrInviteExpired, repo.InviteExpired},
		{"past its end", 0, nil, future.Add(1), repo.ErrInviteExpired, repo.InviteExpired},
		{"its end elsewhere", 0, nil, future.In(time.FixedZone("", -3*60*60)), repo.ErrInviteExpired, repo.InviteExpired},
		{"revoked", 0, &past, start, repo.ErrInviteRevoked, repo.InviteRevoked},
		{"revoked by a clock that is ahead", 0, &future, start, repo.ErrInviteRevoked, repo.InviteRevoked},
		{"revoked before expired", 0, &past, future, repo.ErrInviteRevoked, repo.InviteRevoked},
		{"used", 3, nil, start, repo.ErrInviteUsed, repo.InviteUsed},
		{"used before revoked", 3, &past, start, repo.ErrInviteUsed, repo.InviteUsed},
		{"used before expired", 3, nil, future, repo.ErrInviteUsed, repo.InviteUsed},
		{"used before both", 3, &past, future, repo.ErrInviteUsed, repo.InviteUsed},
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

// useTests are invites of two uses, at an age, and what a use of them answers.
var useTests = []struct {
	name   string
	uses   int // of 2
	revoke bool
	at     time.Duration
	want   error
}{
	{"new", 0, false, 0, nil},
	{"last use", 1, false, 0, nil},
	{"last moment", 0, false, time.Hour - time.Microsecond, nil},
	{"expired", 0, false, time.Hour, repo.ErrInviteExpired},
	{"revoked", 0, true, 0, repo.ErrInviteRevoked},
	{"revoked and expired", 1, true, time.Hour, repo.ErrInviteRevoked},
	{"used", 2, false, 0, repo.ErrInviteUsed},
	{"used, revoked and expired", 2, true, time.Hour, repo.ErrInviteUsed},
}

// TestUseInvite: what UseInvite answers is what the row's state says, and a use
// that is refused is not counted.
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

// TestUseInviteAtOnce: of many who use an invite at once, as many succeed as it
// has uses, whatever the isolation of their transactions.
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
