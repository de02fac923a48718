package command_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/command"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// userLine is a line of `alta user list --json`.
type userLine struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Door      string    `json:"door"`
	Role      string    `json:"role"`
	Plan      string    `json:"plan"`
	Active    bool      `json:"active"`
	Verified  bool      `json:"verified"`
	CreatedAt time.Time `json:"created_at"`
}

// TestUserListReadsEveryBatch lists more users than one query returns. Languages
// and the order of bytes sort their addresses differently.
func TestUserListReadsEveryBatch(t *testing.T) {
	t.Parallel()
	emails := []string{"z@example.com", "é@example.com", "a-b@example.com", "ab@example.com", "a_c@example.com"}
	for i := range command.ListBatch + 5 {
		emails = append(emails, fmt.Sprintf("user%d@example.com", i))
	}
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		addUsers(t, openRepo(t, databaseURL, time.Now), emails...)
		want := slices.Sorted(slices.Values(emails))

		var got []string
		for line := range strings.Lines(run(t, env, "user", "list", "--json").ok().stdout) {
			var user userLine
			decoder := json.NewDecoder(strings.NewReader(line))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&user); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			got = append(got, user.Email)
		}
		if !slices.Equal(got, want) {
			t.Errorf("--json: %d users are not the %d in order of address", len(got), len(want))
		}

		got = nil
		lines := slices.Collect(strings.Lines(run(t, env, "user", "list").ok().stdout))
		for _, line := range lines[1:] {
			got = append(got, strings.Fields(line)[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("table: %d users are not the %d in order of address", len(got), len(want))
		}
	})
}

func TestUserListAtTheEdgeOfABatch(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	var emails []string
	for i := range command.ListBatch {
		emails = append(emails, fmt.Sprintf("user%d@example.com", i))
	}
	addUsers(t, openRepo(t, databaseURL, time.Now), emails...)
	if got := strings.Count(run(t, storage(t, databaseURL), "user", "list", "--json").ok().stdout, "\n"); got != command.ListBatch {
		t.Errorf("got %d lines, want %d", got, command.ListBatch)
	}
}

func TestUserListShowsStates(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		if got := run(t, env, "user", "list", "--json").ok().stdout; got != "" {
			t.Errorf("without users: got %q, want nothing", got)
		}
		day := time.Date(2026, 3, 4, 23, 59, 59, 0, time.UTC)
		users := addUsers(t, openRepo(t, databaseURL, func() time.Time { return day }), "ann@example.com", "bob@example.com")
		run(t, env, "user", "promote", "--force", "ann@example.com").ok()
		run(t, env, "user", "suspend", "bob@example.com").ok()

		want := fmt.Sprintf("EMAIL            VERIFIED  DOOR  ROLE   PLAN  STATE      CREATED     ID\n"+
			"ann@example.com  no        app   ADMIN  none  active     2026-03-04  %s\n"+
			"bob@example.com  no        app   USER   none  suspended  2026-03-04  %s\n", users[0].ID, users[1].ID)
		if got := run(t, env, "user", "list").ok().stdout; got != want {
			t.Errorf("table: got\n%swant\n%s", got, want)
		}
		want = fmt.Sprintf(`{"id":"%s","email":"ann@example.com","door":"app","role":"ADMIN","plan":"none","active":true,"verified":false,"created_at":"2026-03-04T23:59:59Z"}
{"id":"%s","email":"bob@example.com","door":"app","role":"USER","plan":"none","active":false,"verified":false,"created_at":"2026-03-04T23:59:59Z"}
`, users[0].ID, users[1].ID)
		if got := run(t, env, "user", "list", "--json").ok().stdout; got != want {
			t.Errorf("--json: got\n%swant\n%s", got, want)
		}
	})
}

// TestUserChanges makes each change twice. The second time nothing changes and no
// event is recorded.
func TestUserChanges(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com", "other@example.com")[0]
		verify(t, r, user)
		recorded := 0
		for _, test := range []struct {
			name, done, kind string
			holds            func(repo.User) bool
			sessions         int
		}{
			{"promote", "promoted, every session ended", repo.AuditPromote, func(u repo.User) bool { return u.Role == repo.RoleAdmin }, 0},
			{"suspend", "suspended, every session ended", repo.AuditSuspend, func(u repo.User) bool { return !u.IsActive }, 0},
			{"resume", "resumed", repo.AuditResume, func(u repo.User) bool { return u.IsActive }, 0},
		} {
			openSession(t, r, user)
			if got, want := run(t, env, "user", test.name, "Ann@Example.com").ok().stdout, "ann@example.com: "+test.done+"\n"; got != want {
				t.Errorf("%s: got %q, want %q", test.name, got, want)
			}
			recorded++
			if got, want := run(t, env, "user", test.name, "ann@example.com").ok().stdout, "ann@example.com: nothing to change\n"; got != want {
				t.Errorf("%s again: got %q, want %q", test.name, got, want)
			}
			changed, err := r.UserByID(t.Context(), user.ID)
			if err != nil || !test.holds(changed) {
				t.Errorf("%s: %v: the user is %+v", test.name, err, changed)
			}
			sessions, err := r.Sessions(t.Context(), user.ID, time.Now())
			if err != nil || len(sessions) != test.sessions {
				t.Errorf("%s: %v: the user has %d sessions, want %d", test.name, err, len(sessions), test.sessions)
			}
			endSessions(t, r, user)
			events, err := r.AuditEvents(t.Context(), 10)
			if err != nil || len(events) != recorded {
				t.Fatalf("%s: %v: there are %d audit events, want %d", test.name, err, len(events), recorded)
			}
			if e := events[0]; e.Kind != test.kind || e.Actor != repo.ActorOperator || e.UserID == nil || *e.UserID != user.ID {
				t.Errorf("%s: the audit event is %+v", test.name, e)
			}
			mails, err := r.DueMails(t.Context(), time.Now(), 10)
			if err != nil || len(mails) != recorded {
				t.Errorf("%s: %v: %d mails wait for the server, want %d", test.name, err, len(mails), recorded)
			}
		}
		other, err := r.UserByEmail(t.Context(), "other@example.com")
		if err != nil || other.Role != repo.RoleUser || !other.IsActive {
			t.Errorf("%v: another user was changed: %+v", err, other)
		}
	})
}

// TestResumeOfAnActiveUserKeepsSessions: a command that changes nothing must not
// end sessions.
func TestResumeOfAnActiveUserKeepsSessions(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		r := openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com")[0]
		openSession(t, r, user)
		got := run(t, storage(t, databaseURL), "user", "resume", "ann@example.com").ok().stdout
		if want := "ann@example.com: nothing to change\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if sessions, err := r.Sessions(t.Context(), user.ID, time.Now()); err != nil || len(sessions) != 1 {
			t.Errorf("%v: the user has %d sessions, want the earlier one", err, len(sessions))
		}
	})
}

func openSession(t *testing.T, r *repo.Repo, user repo.User) {
	t.Helper()
	err := r.InTx(t.Context(), func(tx *repo.Tx) error {
		return tx.CreateSession(t.Context(), repo.Session{ID: uuid.New(), UserID: user.ID, Door: repo.DoorApp}, time.Hour)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func endSessions(t *testing.T, r *repo.Repo, user repo.User) {
	t.Helper()
	err := r.InTx(t.Context(), func(tx *repo.Tx) error {
		sessions, err := tx.Sessions(t.Context(), user.ID, tx.Now())
		for _, session := range sessions {
			if err == nil {
				err = tx.EndSession(t.Context(), user.ID, session.ID)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func verify(t *testing.T, r *repo.Repo, user repo.User) {
	t.Helper()
	if err := r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.SetVerified(t.Context(), user.ID) }); err != nil {
		t.Fatal(err)
	}
}

// TestOnlyProvedAddressesBecomeAdministrators: anybody can register an address at the
// app door and wait for its owner to be promoted.
func TestOnlyProvedAddressesBecomeAdministrators(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env, r := storage(t, databaseURL), openRepo(t, databaseURL, time.Now)
		ann := addUsers(t, r, "ann@example.com")[0]
		role := func(want string) {
			t.Helper()
			if u, err := r.UserByID(t.Context(), ann.ID); err != nil || u.Role != want {
				t.Errorf("the role is %s, %v; want %s", u.Role, err, want)
			}
		}
		run(t, env, "user", "promote", "ann@example.com").fails("ann@example.com is not verified, so anybody may have registered it", "--force")
		role(repo.RoleUser)
		if events, err := r.AuditEvents(t.Context(), 1); err != nil || len(events) != 0 {
			t.Errorf("%v: nothing happened, and there are audit events: %+v", err, events)
		}
		run(t, env, "user", "promote", "ann@example.com", "--force").ok()
		role(repo.RoleAdmin)
		if list := run(t, env, "user", "list").ok().stdout; !strings.Contains(list, "ann@example.com  no        app   ADMIN") {
			t.Errorf("the list is\n%s", list)
		}
	})
}

func TestUserChangesOfAnUnknownUser(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, time.Now)
		addUsers(t, r, "ann@example.com")
		for _, name := range []string{"promote", "suspend", "resume"} {
			run(t, env, "user", name, "bob@example.com").fails("no user has the address bob@example.com")
		}
		if mails, err := r.DueMails(t.Context(), time.Now(), 1); err != nil || len(mails) != 0 {
			t.Errorf("%v: nothing happened, and a mail waits: %v", err, mails)
		}
		if events, err := r.AuditEvents(t.Context(), 1); err != nil || len(events) != 0 {
			t.Errorf("%v: nothing happened, and there are audit events: %+v", err, events)
		}
	})
}

// TestDeletedUsers: deleted users are not listed and cannot be changed, neither by
// their old address nor by the text that replaces it.
func TestDeletedUsers(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, time.Now)
		user := addUsers(t, r, "ann@example.com", "other@example.com")[0]
		run(t, env, "user", "plan", "ann@example.com", "free").ok()
		err := r.InTx(t.Context(), func(tx *repo.Tx) error { return tx.EraseUser(t.Context(), user.ID, nil) })
		if err != nil {
			t.Fatal(err)
		}
		list := run(t, env, "user", "list", "--json").ok().stdout
		if strings.Count(list, "\n") != 1 || strings.Contains(list, user.ID.String()) {
			t.Errorf("the list is %s, want the other user", list)
		}
		for _, email := range []string{"ann@example.com", "deleted:" + user.ID.String()} {
			for _, args := range [][]string{
				{"user", "promote", email}, {"user", "suspend", email}, {"user", "resume", email}, {"user", "plan", email, "paid"},
				{"tokens", "grant", email, "5", "--reason", "none"},
			} {
				if got := run(t, env, args...); got.status == 0 || !strings.Contains(got.stderr, "no user has the address "+email) {
					t.Errorf("%q: got %+v", args, got)
				}
			}
		}
		if got := run(t, env, "ledger", "verify").ok().stdout; got != "1 ledgers, all of them add up\n" {
			t.Errorf("ledger verify: %s", got)
		}
	})
}
