package command_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"example.com/alta/internal/testdb"
)

func TestSecretIsCreatedOnce(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on the way")
	env := environment{"ALTA_DATA_DIR": dir}
	serve(t, env).stop()
	first := readSecret(t, dir)
	if len(first) < 32 {
		t.Errorf("the secret has %d bytes, want 32 or more", len(first))
	}
	if info := stat(t, dir); info.Mode().Perm() != 0o700 {
		t.Errorf("the data directory has mode %04o, want 0700", info.Mode().Perm())
	}
	serve(t, env).stop()
	if readSecret(t, dir) != first {
		t.Error("the second start created another secret")
	}
}

func TestSecretsDiffer(t *testing.T) {
	t.Parallel()
	first, second := t.TempDir(), t.TempDir()
	serve(t, environment{"ALTA_DATA_DIR": first}).stop()
	serve(t, environment{"ALTA_DATA_DIR": second}).stop()
	if readSecret(t, first) == readSecret(t, second) {
		t.Error("two installations have the same secret")
	}
}

func TestGivenSecretIsNotStored(t *testing.T) {
	t.Parallel()
	env := storage(t, testdb.SQLite(t))
	serve(t, env).stop()
	if _, err := os.Stat(filepath.Join(env["ALTA_DATA_DIR"], "secret.key")); !os.IsNotExist(err) {
		t.Errorf("there is a secret.key beside ALTA_SECRET: %v", err)
	}
}

func TestShortSecretFileIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "secret.key"), "")
	serveRefused(t, environment{"ALTA_DATA_DIR": dir}).fails("ALTA_SECRET: ", "at least 32")
}

// TestConcurrentStartsAgreeOnOneSecret: every server accepts a session that one of
// them has opened.
func TestConcurrentStartsAgreeOnOneSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	servers := make([]*testServer, 16)
	for i := range servers {
		servers[i] = launch(t, environment{"ALTA_DATA_DIR": dir})
	}
	for _, s := range servers {
		s.await(t)
	}
	readSecret(t, dir)

	status, body := servers[0].call(t, "POST", "/api/auth/register",
		`{"email":"john.doe@example.com","password":"SecurePass123!","firstName":"John","lastName":"Doe"}`, "")
	var session struct{ Token string }
	if err := json.Unmarshal([]byte(body), &session); err != nil || status != 201 {
		t.Fatalf("got %d %s, want 201", status, body)
	}
	for i, s := range servers {
		if status, body := s.call(t, "GET", "/api/auth/profile", "", session.Token); status != 200 {
			t.Errorf("server %d: got %d %s, want 200", i, status, body)
		}
	}
}

// readSecret returns the secret that a server has created. It fails the test if
// others can read the file or a temporary file is left.
func readSecret(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "secret.key")
	if info := stat(t, path); info.Mode().Perm() != 0o600 {
		t.Errorf("secret.key has mode %04o, want 0600", info.Mode().Perm())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".secret-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}
