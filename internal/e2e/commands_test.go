package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/alta/repo"
)

// binary is the path of alta, as it is shipped.
var binary string

func TestMain(m *testing.M) { os.Exit(buildAndRun(m)) }

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "alta-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "alta")
	build := exec.Command("go", "build", "-o", binary, "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// environ is the whole environment of a process on the database: nothing of
// the tester's own. The data directory is that of the SQLite database, so that
// every process on it has one secret.
func environ(t *testing.T, databaseURL string, more ...string) []string {
	t.Helper()
	variables := []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "ALTA_DATABASE_URL=" + databaseURL}
	if path, isSQLite := strings.CutPrefix(databaseURL, repo.SQLitePrefix); isSQLite {
		variables = append(variables, "ALTA_DATA_DIR="+filepath.Dir(path))
	} else {
		variables = append(variables, "ALTA_DATA_DIR="+t.TempDir(), "ALTA_SECRET="+strings.Repeat("end to end secret ", 3))
	}
	return append(variables, more...)
}

// alta runs a command that ends by itself and has to succeed. It returns what
// the command wrote to standard output.
func alta(t *testing.T, databaseURL, stdin string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ(t, databaseURL), strings.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("alta %s: %v\n%s%s", strings.Join(args, " "), err, &stdout, &stderr)
	}
	return stdout.String()
}

func TestOpenAPI(t *testing.T) {
	t.Parallel()
	for format, file := range map[string]string{
		"yaml": "openapi.yaml", "postman": "sdk/alta.postman_collection.json", "http": "sdk/alta.http",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile("../../" + file)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), binary, "openapi", "--format", format)
			cmd.Env = []string{}
			got, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("alta openapi --format %s does not print %s as it is committed", format, file)
			}
		})
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		args []string
		want int
	}{
		{"success", []string{"version"}, 0},
		{"failure", []string{"serve", "--listen", "nowhere"}, 1},
		{"usage", []string{"nope"}, 80},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), binary, test.args...)
			cmd.Env, cmd.Dir = []string{"ALTA_DATA_DIR=" + t.TempDir()}, t.TempDir()
			_ = cmd.Run() // its error is the status
			if got := cmd.ProcessState.ExitCode(); got != test.want {
				t.Errorf("got status %d, want %d", got, test.want)
			}
		})
	}
}

// TestEmptyVariablesAreNotSet: compose files and unit files pass variables
// that nobody has given a value as empty ones.
func TestEmptyVariablesAreNotSet(t *testing.T) {
	t.Parallel()
	var empty []string
	for _, name := range []string{"DATABASE_URL", "SECRET", "LISTEN", "PUBLIC_URL", "FRONTEND_URL", "SMTP_URL",
		"SMTP_TIMEOUT", "MAIL_FROM", "BCRYPT_COST", "AUTH_RATE", "SESSION_RATE", "SESSION_TTL", "REDIS_URL",
		"TRUSTED_PROXIES", "CORS_ORIGINS", "HASH_QUEUE", "HASH_WAIT", "METRICS_TOKEN", "RETENTION", "LOG"} {
		empty = append(empty, "ALTA_"+name+"=")
	}
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0")
	launch(t, cmd, append([]string{"ALTA_DATA_DIR=" + t.TempDir()}, empty...)).terminate(t)
}
