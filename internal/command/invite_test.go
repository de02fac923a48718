package command_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/alta/internal/command"
	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// inviteCode matches a code.
var inviteCode = regexp.MustCompile(`^[A-Z2-7]{5}(-[A-Z2-7]{5}){3}$`)

// anyCode matches a text with more of a code than lists and events have.
var anyCode = regexp.MustCompile(`[A-Z2-7]{5}-[A-Z2-7]{5}`)

// createInvite runs `alta invite create` and returns the code.
func createInvite(t *testing.T, env environment, args ...string) string {
	t.Helper()
	out := run(t, env, append([]string{"invite", "create"}, args...)...).ok().stdout
	code, isLine := strings.CutSuffix(out, "\n")
	if !isLine || !inviteCode.MatchString(code) {
		t.Fatalf("standard output is %q, want the bare code in a line", out)
	}
	return code
}

// inviteLine is a line of `alta invite list --json`.
type inviteLine struct {
	ID        string     `json:"id"`
	Code      string     `json:"code"`
	State     string     `json:"state"`
	Uses      int        `json:"uses"`
	MaxUses   int        `json:"max_uses"`
	Note      string     `json:"note"`
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	RevokedAt *time.Time `json:"revoked_at"`
}

func listInvites(t *testing.T, env environment) (invites []inviteLine) {
	t.Helper()
	for line := range strings.Lines(run(t, env, "invite", "list", "--json").ok().stdout) {
		var invite inviteLine
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&invite); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		invites = append(invites, invite)
	}
	return invites
}

func TestInviteCreate(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	note := strings.Repeat("ñ", 200)
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		for _, test := range []struct {
			args []string
			uses int
			life time.Duration
			note string
		}{
			{nil, 1, 7 * day, ""},
			{[]string{"--uses", "100000", "--expires", "365d", "--note", note}, 100_000, 365 * day, note},
			{[]string{"--uses=25", "--expires=90m", "--note=for the <workshop>"}, 25, 90 * time.Minute, "for the <workshop>"},
			{[]string{"--uses", "1", "--expires", "1m"}, 1, time.Minute, ""},
		} {
			code := createInvite(t, env, test.args...)
			got := listInvites(t, env)[0]
			if got.Code != code[:5]+"…" || got.State != "redeemable" || got.Uses != 0 || got.MaxUses != test.uses || got.Note != test.note ||
				got.CreatedBy != repo.ActorOperator || got.RevokedAt != nil || got.ExpiresAt.Sub(got.CreatedAt) != test.life {
				t.Errorf("%v: the newest invite is %+v", test.args, got)
			}
		}
		checkInviteEvents(t, databaseURL, env, repo.AuditInviteCreate, 4)
	})
}

// checkInviteEvents fails the test unless there are n events of the kind, all by
// the operator, and no event shows a code.
func checkInviteEvents(t *testing.T, databaseURL string, env environment, kind string, n int) {
	t.Helper()
	events, err := openRepo(t, databaseURL, time.Now).AuditEvents(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, e := range events {
		if e.Kind == kind {
			count++
		}
		if e.Actor != repo.ActorOperator || e.UserID != nil || !strings.HasPrefix(e.Detail, "invite ") {
			t.Errorf("the audit event is %+v", e)
		}
		if text := fmt.Sprintf("%+v", e); anyCode.MatchString(text) {
			t.Errorf("the audit event holds a code: %s", text)
		}
	}
	if count != n {
		t.Errorf("there are %d events of %s, want %d", count, kind, n)
	}
}

func TestInviteCreateRefuses(t *testing.T) {
	t.Parallel()
	const lives = "it takes a duration such as 90s, 12h or 30d"
	env := storage(t, testdb.SQLite(t))
	for _, test := range []struct{ flag, value, takes string }{
		{"--uses", "0", "it takes a number from 1 to 100000"},
		{"--uses", "-1", "it takes a number from 1 to 100000"},
		{"--uses", "100001", "it takes a number from 1 to 100000"},
		{"--uses", "99999999999999999999", "it takes a number from 1 to 100000"},
		{"--uses", "many", "it takes a number from 1 to 100000"},
		{"--uses", "1.5", "it takes a number from 1 to 100000"},
		{"--expires", "59s", lives},
		{"--expires", "366d", lives},
		{"--expires", "8761h", lives},
		{"--expires", "-1h", lives},
		{"--expires", "7", lives},
		{"--expires", "tomorrow", lives},
		{"--note", strings.Repeat("ñ", 201), "takes at most 200 characters"},
	} {
		refusal := run(t, env, "invite", "create", test.flag+"="+test.value).fails(test.flag+": ", test.takes)
		if refusal.stdout != "" {
			t.Errorf("%s: standard output is %q", test.flag, refusal.stdout)
		}
	}
	if invites := listInvites(t, env); len(invites) != 0 {
		t.Errorf("invites were created: %+v", invites)
	}
}

func TestInviteListShowsStates(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		if got, want := run(t, env, "invite", "list").ok().stdout, "ID  CODE  STATE  USES  EXPIRES  NOTE\n"; got != want {
			t.Errorf("without invites: got %q, want %q", got, want)
		}
		if got := run(t, env, "invite", "list", "--json").ok().stdout; got != "" {
			t.Errorf("without invites: got %q, want nothing", got)
		}
		// The order of creation is not that of the codes.
		for _, invite := range []string{
			`'d', 'DDDDD…', 1, 1, 'an invite that is all three', '2026-03-04 05:06:01', '2026-03-05 05:06:07', '2026-03-05'`,
			`'a', 'AAAAA…', 3, 2, '', '2026-03-04 05:06:02', '2096-03-05 05:06:07', NULL`,
			`'c', 'CCCCC…', 5, 0, 'späť', '2026-03-04 05:06:03', '2026-03-05 05:06:07', NULL`,
			`'b', 'BBBBB…', 12, 0, 'gone', '2026-03-04 05:06:04', '2026-03-05 05:06:07', '2026-03-05'`,
		} {
			id := uuid.NewSHA1(uuid.Nil, []byte(invite[1:2])).String()
			execute(t, databaseURL, `
INSERT INTO invite_codes (created_by, id, secret_id, digest, masked, max_uses, uses, note, created_at, expires_at, revoked_at)
VALUES ('operator', '`+id+`', 'secret', `+invite+`)`)
		}
		want := `ID                                    CODE    STATE       USES     EXPIRES              NOTE
19e19944-6a22-5469-a79d-fddca30fad12  BBBBB…  revoked     0 of 12  2026-03-05 05:06:07  gone
0f443162-a7b1-54c6-977f-cca1b1a128bb  CCCCC…  expired     0 of 5   2026-03-05 05:06:07  späť
35b65f33-a679-5e76-af3c-273ea349ede4  AAAAA…  redeemable  2 of 3   2096-03-05 05:06:07  ` + `
5d0ab373-34e6-5449-9217-196aa2ef5d76  DDDDD…  used        1 of 1   2026-03-05 05:06:07  an invite that is all three
`
		if got := run(t, env, "invite", "list").ok().stdout; got != want {
			t.Errorf("table: got\n%swant\n%s", got, want)
		}
		const first = `{"id":"19e19944-6a22-5469-a79d-fddca30fad12","code":"BBBBB…","state":"revoked","uses":0,"max_uses":12,"note":"gone","created_by":"operator",` +
			`"created_at":"2026-03-04T05:06:04Z","expires_at":"2026-03-05T05:06:07Z","revoked_at":"2026-03-05T00:00:00Z"}` + "\n"
		if got := run(t, env, "invite", "list", "--json").ok().stdout; !strings.HasPrefix(got, first) || strings.Count(got, "\n") != 4 {
			t.Errorf("--json: got\n%swant four lines that begin with\n%s", got, first)
		}
	})
}

func TestInviteListReadsEveryBatch(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		for _, total := range []int{command.ListBatch, command.ListBatch + 1} {
			missing := total - len(listInvites(t, env))
			err := openRepo(t, databaseURL, time.Now).InTx(t.Context(), func(tx *repo.Tx) error {
				for i := range missing {
					invite := repo.Invite{ID: uuid.New(), Digest: fmt.Sprintf("%d-%d", total, i), MaxUses: 1, CreatedBy: repo.ActorOperator}
					if _, err := tx.CreateInvite(t.Context(), invite, time.Hour); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			for _, invite := range listInvites(t, env) {
				ids[invite.ID] = true
			}
			if len(ids) != total {
				t.Errorf("%d different invites are listed, want %d", len(ids), total)
			}
		}
	})
}

func TestInviteRevoke(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		run(t, env, "invite", "revoke", "NOSUC-HCODE-ATALL-22222").fails("there is no invite NOSUC-HCODE-ATALL-22222")
		code, other := createInvite(t, env), createInvite(t, env)
		// People type codes in lower case and with blanks around them.
		if got, want := run(t, env, "invite", "revoke", " "+strings.ToLower(code)+" ").ok().stdout, code+": revoked\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		stored := func(code string) inviteLine {
			t.Helper()
			for _, invite := range listInvites(t, env) {
				if invite.Code == code[:5]+"…" {
					return invite
				}
			}
			t.Fatalf("%s is not in the list", code)
			return inviteLine{}
		}
		first := stored(code)
		if first.State != "revoked" || first.RevokedAt == nil || stored(other).State != "redeemable" {
			t.Errorf("the invites are %+v", listInvites(t, env))
		}
		if got, want := run(t, env, "invite", "revoke", code).ok().stdout, code+": nothing to change\n"; got != want {
			t.Errorf("again: got %q, want %q", got, want)
		}
		if again := stored(code); !again.RevokedAt.Equal(*first.RevokedAt) {
			t.Errorf("it was revoked at %s and is now since %s", first.RevokedAt, again.RevokedAt)
		}
		checkInviteEvents(t, databaseURL, env, repo.AuditInviteRevoke, 1)
		// Whoever has the list alone knows the id.
		id := stored(other).ID
		if got, want := run(t, env, "invite", "revoke", id).ok().stdout, id+": revoked\n"; got != want || stored(other).State != "revoked" {
			t.Errorf("by the id: got %q, want %q", got, want)
		}
		run(t, env, "invite", "revoke", uuid.NewString()).fails("there is no invite")
		checkInviteEvents(t, databaseURL, env, repo.AuditInviteRevoke, 2)
	})
}
