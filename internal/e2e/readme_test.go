package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"example.com/alta/internal/testkit"
)

// blocks returns the fenced blocks of a document in a language.
func blocks(t *testing.T, path, language string) (texts []string) {
	t.Helper()
	document, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(string(document), -1) {
		texts = append(texts, found[1])
	}
	return texts
}

// TestREADME pastes the examples of the README into a shell, beside a server
// that was started as it says, and holds the answers to what it says of them.
func TestREADME(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		testkit.Missing(t, "there is no curl to paste the examples for")
	}
	examples := blocks(t, "../../README.md", "sh")
	if len(examples) != 3 {
		t.Fatalf("the README has %d examples, want three", len(examples))
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(binary, filepath.Join(dir, "bin", "alta")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json")
	cmd.Dir = dir
	s := launch(t, cmd, []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")})
	for i, want := range [][]string{
		{`"name":"Efectivo / Billetera"`, `"currency":"USD"`},
		{registered},
		{"200 OK", "X-Token-Cost: 10\r\n", "X-Token-Balance: 1990\r\n"},
	} {
		if i == 2 {
			s.readMailAndVerify(t)
		}
		got := paste(t, "cd "+dir+"\n"+strings.ReplaceAll(examples[i], "http://127.0.0.1:8080", s.url))
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("example %d prints no %q:\n%s", i+1, part, got)
			}
		}
	}
}
