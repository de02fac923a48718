package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"example.com/alta/internal/testkit"
)

// TestFirstStartCommandsWork pastes what the first start prints into a shell,
// and reads the mail in between as a person would.
func TestFirstStartCommandsWork(t *testing.T) {
	t.Parallel()
	curl, err := exec.LookPath("curl")
	if err != nil {
		testkit.Missing(t, "there is no curl to paste the commands for")
	}
	t.Logf("with %s", curl)
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json")
	stdout := &testkit.Buffer{}
	cmd.Stdout, cmd.Dir = stdout, t.TempDir()
	s := launch(t, cmd, []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")})
	var commands []string
	eventually(t, "three commands are printed", func() error {
		if commands = commandsIn(stdout.String()); len(commands) != 3 {
			return fmt.Errorf("there are %d:\n%s", len(commands), stdout)
		}
		return nil
	})
	// One shell for the first two: they share a variable.
	if got := paste(t, commands[0]+"\n\n"+commands[1]); strings.TrimSpace(got) != registered {
		t.Fatalf("signing up: got %s, want %s", got, registered)
	}
	if !strings.Contains(stdout.String(), s.url+"/dev/mailbox") {
		t.Errorf("the mailbox is not named:\n%s", stdout)
	}
	s.readMailAndVerify(t)
	if got := paste(t, commands[2]); !strings.Contains(got, `"message":"Login successful"`) || !strings.Contains(got, `"email":"user@example.com"`) {
		t.Errorf("logging in: got %s", got)
	}
	s.terminate(t)
}

// commandsIn returns the commands of what was printed, which are indented.
func commandsIn(text string) (commands []string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(block, "  ") {
			commands = append(commands, block)
		}
	}
	return commands
}

// paste runs the command in a shell and returns what it writes to standard
// output.
func paste(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", command)
	shell.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%v:\n%s", err, command)
	}
	return string(out)
}

var (
	mailInList   = regexp.MustCompile(`<a href="(/dev/mailbox/[^"]+)">([^<]*)</a>`)
	linkInMail   = regexp.MustCompile(`<a href="(https?://[^"]+token=[^"]+)">`)
	tokenInForm  = regexp.MustCompile(`<input type="hidden" name="token" value="([^"]+)">`)
	headingOf    = regexp.MustCompile(`<h1>([^<]*)</h1>`)
	formEncoding = "Content-Type: application/x-www-form-urlencoded"
)

// mailPath returns the path of the newest mail of the development mailbox with
// the subject, or "".
func (s *server) mailPath(t *testing.T, subject string) string {
	t.Helper()
	for _, found := range mailInList.FindAllStringSubmatch(s.call(t, 200, "GET", "/dev/mailbox", "").body, -1) {
		if found[2] == subject {
			return found[1]
		}
	}
	return ""
}

// readMailAndVerify reads the verification mail in the development mailbox,
// follows its link and presses the button.
func (s *server) readMailAndVerify(t *testing.T) {
	t.Helper()
	path := s.mailPath(t, subjectVerify)
	if path == "" {
		t.Fatal("the verification mail is not there, although the sign-up was answered")
	}
	link := linkInMail.FindStringSubmatch(s.call(t, 200, "GET", path, "").body)
	if link == nil || !strings.HasPrefix(link[1], s.url+"/") {
		t.Fatalf("the mail has no link: %q", link)
	}
	location := s.call(t, 302, "GET", strings.TrimPrefix(link[1], s.url), "").header.Get("Location")
	page := s.call(t, 200, "GET", strings.TrimPrefix(location, s.url), "")
	token := tokenInForm.FindStringSubmatch(page.body)
	if token == nil || page.header.Get("Referrer-Policy") != "no-referrer" || page.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the page has no form, or tells others of its token: %v\n%s", page.header, page.body)
	}
	done := s.call(t, 200, "POST", "/verify-email", url.Values{"token": {token[1]}}.Encode(), formEncoding)
	if heading := headingOf.FindStringSubmatch(done.body); heading == nil || heading[1] != "All set" {
		t.Errorf("the button leads to %s", done.body)
	}
}
