package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testkit"
	"example.com/alta/internal/testnode"
)

// generators has programs that use generated clients, and the versions of their
// generators.
const generators = "internal/e2e/generators"

// TestGeneratedClientsWork: the clients that four generators make from the contract of
// a running server compile strictly. With each, a program signs up, logs in, records a
// transaction, is refused with 400 and 404, exports CSV, and calls by key.
func TestGeneratedClientsWork(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	variables := []string{"ALTA_URL=" + s.url, "ALTA_KEY=" + s.developer(t, databaseURL, "user@example.com").key}
	contract := []byte(s.call(t, 200, "GET", "/openapi.json", "").body)
	t.Run("typescript", func(t *testing.T) {
		t.Parallel()
		checkTypeScriptClients(t, variables, contract)
	})
	t.Run("ogen", func(t *testing.T) {
		t.Parallel()
		checkOgenClient(t, variables, contract)
	})
}

// checkTypeScriptClients checks the clients of @hey-api/openapi-ts, orval and
// openapi-typescript.
func checkTypeScriptClients(t *testing.T, variables []string, contract []byte) {
	t.Helper()
	packages := testnode.Start(t, generators)
	dir := workspace(t, generators, contract)
	if err := os.Symlink(packages.Path("node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	node := func(args ...string) {
		t.Helper()
		cmd := packages.Command(t.Context(), variables, args...)
		cmd.Dir = dir
		succeed(t, cmd)
	}
	node("node_modules/@hey-api/openapi-ts/bin/index.cjs", "--input", "contract.json", "--output", "generated/heyapi")
	node("node_modules/orval/dist/bin/orval.js", "--config", "orval.config.cjs")
	// Requests may leave out what has a default.
	node("node_modules/openapi-typescript/bin/cli.js", "contract.json", "--output", "generated/openapi-typescript.ts", "--default-non-nullable=false")
	node("node_modules/typescript/bin/tsc", "--project", ".")
	for _, program := range []string{"heyapi", "orval", "openapi-typescript"} {
		node("built/" + program + ".js")
	}
}

// checkOgenClient checks the client of ogen, which has a module of its own: its
// dependencies are no business of Alta's.
func checkOgenClient(t *testing.T, variables []string, contract []byte) {
	t.Helper()
	dir := workspace(t, generators+"/ogen", contract)
	command := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), variables...)
		return cmd
	}
	if out, err := command("mod", "download").CombinedOutput(); err != nil {
		testkit.Missing(t, "cannot download ogen: "+err.Error()+"\n"+string(out))
	}
	succeed(t, command("tool", "ogen", "--config", "ogen.yml", "--target", "client", "--package", "client", "contract.json"))
	succeed(t, command("vet", "."))
	succeed(t, command("run", "."))
}

// workspace copies the files of a directory, which is given by its path in the module,
// to a new one, and adds the contract.
func workspace(t *testing.T, source string, contract []byte) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(filepath.Join("../..", source))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"contract.json": contract}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			if files[entry.Name()], err = os.ReadFile(filepath.Join("../..", source, entry.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// succeed runs the command, which must succeed.
func succeed(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, tail(string(out), 8000))
	}
}
