package testnode

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// project creates a directory with one package and a lock file that is an hour
// old.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"piece/package.json": `{"name": "piece", "version": "1.0.0"}`,
		"package.json":       `{"name": "whole", "dependencies": {"piece": "file:piece"}}`,
		"package-lock.json": `{"name": "whole", "lockfileVersion": 3, "requires": true, "packages": {
			"": {"name": "whole", "dependencies": {"piece": "file:piece"}},
			"node_modules/piece": {"resolved": "piece", "link": true}, "piece": {"version": "1.0.0"}}}`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	touch(t, dir, time.Now().Add(-time.Hour))
	return dir
}

func touch(t *testing.T, dir string, at time.Time) {
	t.Helper()
	if err := os.Chtimes(filepath.Join(dir, "package-lock.json"), at, at); err != nil {
		t.Fatal(err)
	}
}

// TestInstall installs once, and again if the lock file is newer. Concurrent
// installations do not disturb each other.
func TestInstall(t *testing.T) {
	if os.Getenv(variable) == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which finds a Node.js")
	}
	dir := project(t)
	start := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), filepath.Join(moduleRoot(t), "scripts", "npm-install"), dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	// install reports whether the earlier installation was replaced.
	install := func(times int) bool {
		t.Helper()
		var running []*exec.Cmd
		for range times {
			running = append(running, start())
		}
		for _, cmd := range running {
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, "node_modules", "piece", "package.json")); err != nil {
			t.Fatal(err)
		}
		mark := filepath.Join(dir, "node_modules", "mark")
		_, err := os.Stat(mark)
		if err := os.WriteFile(mark, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return err != nil
	}
	if !install(2) {
		t.Error("nothing was installed")
	}
	if install(1) {
		t.Error("what was there was installed again")
	}
	touch(t, dir, time.Now().Add(time.Hour))
	if !install(1) {
		t.Error("a newer lock file makes no difference")
	}
}
