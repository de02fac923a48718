package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.com/alta/internal/testkit"
)

// TestFirstStartCommandsWork pastes the commands that the first start prints into a
// shell, and reads the mail in between as a person would.
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
	// The first two share a variable, and so a shell.
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

// commandsIn returns the commands in the text: the indented paragraphs.
func commandsIn(text string) (commands []string) {
	for block := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(block, "  ") {
			commands = append(commands, block)
		}
	}
	return commands
}
