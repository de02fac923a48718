package alta_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestREADME runs the program of the README and compares its output with that in the
// README.
func TestREADME(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```go\n")
	program, rest, _ := strings.Cut(rest, "```\n")
	_, rest, _ = strings.Cut(rest, "It prints `")
	want, _, found := strings.Cut(rest, "`")
	if !found || !strings.HasPrefix(program, "package main\n") {
		t.Fatalf("the README has no program, or does not say what it prints:\n%s", program)
	}
	program = strings.NewReplacer("http://127.0.0.1:8080", baseURL, "readme@example.com", newAddress()).Replace(program)
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "run", file)
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	got, err := run.CombinedOutput()
	if err != nil || strings.TrimSpace(string(got)) != want {
		t.Errorf("got %v: %s, want %s", err, got, want)
	}
}
