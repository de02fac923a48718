package command_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

var printedCode = regexp.MustCompile(`"code": "([A-Z2-7-]+)"`)

// firstStart starts a server and stops it. It returns the printed text, the URL and
// the code in the text, or "".
func firstStart(t *testing.T, env environment) (text, url, code string) {
	t.Helper()
	s := serve(t, env)
	// The server prints the text before it answers the first call.
	if status, body := s.call(t, "GET", "/readyz", "", ""); status != 200 {
		t.Fatalf("got %d %s, want 200", status, body)
	}
	if status := s.stop(); status != 0 {
		t.Fatalf("got status %d, want 0: %s", status, s.stderr)
	}
	codes := printedCode.FindAllStringSubmatch(s.stdout.String(), -1)
	if len(codes) > 1 {
		t.Fatalf("more than one code:\n%s", s.stdout)
	}
	if len(codes) == 1 {
		code = codes[0][1]
		if strings.Contains(s.stderr.String(), code) {
			t.Errorf("the code is in the log:\n%s", s.stderr)
		}
	}
	return s.stdout.String(), s.url, code
}

// commands returns the commands in the text, which are indented.
func commands(text string) (list []string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(block, "  ") {
			list = append(list, block)
		}
	}
	return list
}

func TestFirstStartPrintsThreeCommands(t *testing.T) {
	t.Parallel()
	env := environment{"ALTA_DATA_DIR": t.TempDir()}
	text, url, code := firstStart(t, env)
	if !inviteCode.MatchString(code) {
		t.Errorf("the code is %q", code)
	}
	list := commands(text)
	if len(list) != 3 {
		t.Fatalf("%d commands were printed, want 3:\n%s", len(list), text)
	}
	for i, path := range []string{"/api/v1/auth/redeem-invite", "/api/v1/auth/register", "/api/v1/auth/login"} {
		if strings.Count(list[i], "curl ") != 1 || !strings.Contains(list[i], url+path+" ") {
			t.Errorf("command %d is %s, want a curl of %s", i, list[i], url+path)
		}
	}
	// The user reads the mails between signing up and logging in.
	at := strings.Index(text, url+"/dev/mailbox")
	if at < strings.Index(text, list[1]) || at > strings.Index(text, list[2]) {
		t.Errorf("the mailbox is not named between the commands:\n%s", text)
	}
	invites := listInvites(t, env)
	if len(invites) != 1 || invites[0].Code != code[:5]+"…" || invites[0].MaxUses != 1 || invites[0].CreatedBy != repo.ActorOperator ||
		invites[0].ExpiresAt.Sub(invites[0].CreatedAt) != 7*24*time.Hour {
		t.Errorf("the invites are %+v", invites)
	}
	checkInviteEvents(t, "sqlite:"+env["ALTA_DATA_DIR"]+"/alta.db", env, repo.AuditInviteCreate, 1)
}

// TestFirstStartNamesThePublicURL: behind a proxy, others cannot use the listener's
// address.
func TestFirstStartNamesThePublicURL(t *testing.T) {
	t.Parallel()
	text, url, _ := firstStart(t, storage(t, testdb.SQLite(t)).with("ALTA_PUBLIC_URL", "https://alta.example.com/"))
	if strings.Count(text, "https://alta.example.com/api/v1/auth/") != 3 || strings.Contains(text, url) {
		t.Errorf("want the public URL and not the listener's in:\n%s", text)
	}
}

func TestFirstStartAgain(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	env := storage(t, databaseURL)
	_, _, first := firstStart(t, env)
	// Another invite is created in between. The first start must not print it.
	createInvite(t, env, "--note", "a friend's")
	if _, _, again := firstStart(t, env); again != first || again == "" {
		t.Errorf("the codes are %q and %q, want the same one", first, again)
	}
	run(t, env, "invite", "revoke", first).ok()
	_, _, second := firstStart(t, env)
	if second == first || second == "" {
		t.Errorf("the code was revoked, and the next is %q", second)
	}
	execute(t, databaseURL, `UPDATE invite_codes SET expires_at = created_at WHERE masked = '`+second[:5]+`…'`)
	_, _, third := firstStart(t, env)
	if third == first || third == second || third == "" {
		t.Errorf("the code expired, and the next is %q", third)
	}
	if _, _, again := firstStart(t, env); again != third {
		t.Errorf("the codes are %q and %q, want the same one", third, again)
	}
	if invites := listInvites(t, env); len(invites) != 4 {
		t.Errorf("there are %d invites, want three of first starts and the friend's: %+v", len(invites), invites)
	}
}

func TestStartWithUsersPrintsNothing(t *testing.T) {
	t.Parallel()
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		addUsers(t, openRepo(t, databaseURL, time.Now), "ann@example.com")
		if text, _, _ := firstStart(t, env); text != "" {
			t.Errorf("got %q, want nothing", text)
		}
		if invites := listInvites(t, env); len(invites) != 0 {
			t.Errorf("invites were made: %+v", invites)
		}
	})
}

// TestFirstStartWithPostgres prints no code: several replicas would each create
// one, and readers of their logs could use it.
func TestFirstStartWithPostgres(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.Postgres(t))
	text, url, code := firstStart(t, env)
	if code != "" || !strings.Contains(text, "alta invite create") || !strings.Contains(text, url) || strings.Contains(text, "curl") {
		t.Errorf("want a hint and no code:\n%s", text)
	}
	if invites := listInvites(t, env); len(invites) != 0 {
		t.Errorf("invites were made: %+v", invites)
	}
}

// TestFirstStartWithAMailServer: there is no development mailbox, so the user needs
// an own address.
func TestFirstStartWithAMailServer(t *testing.T) {
	t.Parallel()
	const canary = "hunter2canary"
	env := storage(t, testdb.SQLite(t)).with("ALTA_SMTP_URL", "smtp://alta:"+canary+"@127.0.0.1:1")
	text, _, code := firstStart(t, env)
	if code == "" || len(commands(text)) != 3 || strings.Contains(text, "/dev/mailbox") || !strings.Contains(text, "your own address") {
		t.Errorf("want three commands, and to be told of one's own address:\n%s", text)
	}
	if strings.Contains(text, canary) {
		t.Errorf("the password is shown:\n%s", text)
	}
}
