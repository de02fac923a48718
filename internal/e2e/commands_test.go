package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"example.com/alta/internal/docs"
)

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
			want = docs.Server{URL: "http://127.0.0.1:8080", SessionCookie: "alta"}.Publish(want)
			cmd := exec.CommandContext(t.Context(), binary, "openapi", "--format", format)
			cmd.Env = []string{}
			got, err := cmd.Output()
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("alta openapi --format %s does not print %s as it is committed, for a server on this machine", format, file)
			}
		})
	}
}

// TestPrintedContractNamesTheServer holds that the printed contract and its collections
// are for the server of the settings.
func TestPrintedContractNamesTheServer(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"postman": `"value": "https://alta.example.com",`,
		"http":    "@baseURL = https://alta.example.com\n",
		"yaml":    "servers:\n  - url: \"https://alta.example.com\"\n",
		"json":    `"servers":[{"url":"https://alta.example.com",`,
	} {
		cmd := exec.CommandContext(t.Context(), binary, "openapi", "--format", format)
		cmd.Env = []string{"ALTA_PUBLIC_URL=https://alta.example.com/"}
		got, err := cmd.Output()
		if err != nil || !bytes.Contains(got, []byte(want)) || bytes.Contains(got, []byte("127.0.0.1")) {
			t.Errorf("%s: %v: want %s in\n%.2000s", format, err, want, got)
		}
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

// TestEmptyVariablesAreNotSet: compose files and unit files pass variables without a
// value as empty ones.
func TestEmptyVariablesAreNotSet(t *testing.T) {
	t.Parallel()
	var empty []string
	for _, name := range []string{"DATABASE_URL", "SECRET", "LISTEN", "PUBLIC_URL", "FRONTEND_URL", "INSECURE_HTTP", "SMTP_URL",
		"SMTP_TIMEOUT", "MAIL_FROM", "BCRYPT_COST", "AUTH_RATE", "SESSION_RATE", "SESSION_TTL", "REDIS_URL",
		"TRUSTED_PROXIES", "CORS_ORIGINS", "HASH_QUEUE", "HASH_WAIT", "METRICS_TOKEN", "RETENTION", "LOG"} {
		empty = append(empty, "ALTA_"+name+"=")
	}
	cmd := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0")
	launch(t, cmd, append([]string{"ALTA_DATA_DIR=" + t.TempDir()}, empty...)).terminate(t)
}
