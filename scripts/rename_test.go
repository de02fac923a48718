// Package scripts tests the scripts beside it.
package scripts

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testkit"
)

// fork is a path that no file of the tree has, this one included: renamed back, it
// would not be there any more.
const fork = "github.com/somebody" + "/ledger"

// TestRename renames the modules of a copy of the tree, twice, and back.
func TestRename(t *testing.T) {
	t.Parallel()
	dir := copyOfTree(t)
	before := read(t, dir)
	original := moduleOf(t, filepath.Join(dir, "go.mod"))
	previous := original
	for _, path := range []string{fork, original + "/fork-2"} {
		if out, err := rename(t, dir, path).CombinedOutput(); err != nil {
			t.Fatalf("rename to %s: %v\n%s", path, err, out)
		}
		checkNothingIsLeft(t, dir, previous, path)
		previous = path
	}
	checkModules(t, dir, previous)
	if out, err := rename(t, dir, original).CombinedOutput(); err != nil {
		t.Fatalf("rename to %s: %v\n%s", original, err, out)
	}
	if changed := difference(before, read(t, dir)); len(changed) > 0 {
		t.Errorf("renamed there and back, these files differ: %q", changed)
	}
}

// TestRenameRefusesBadPaths: a path that no module may have changes nothing.
func TestRenameRefusesBadPaths(t *testing.T) {
	t.Parallel()
	dir := copyOfTree(t)
	before := read(t, dir)
	for _, path := range []string{
		"", "finance", "somebody/finance", "https://github.com/somebody/finance", "GitHub.com/somebody/finance",
		"github.com/some body/finance", "github.com/somebody/finance/", "github.com//finance", "github.com/somebody/..",
		"github.com/somebody/finance.", "github.com/some&body", "github.com/some#body", "github.com/somebody/finance/v1", "-x.com/finance",
	} {
		out, err := rename(t, dir, path).CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte("usage: make rename MODULE=")) {
			t.Errorf("%q: %v\n%s", path, err, out)
		}
	}
	if changed := difference(before, read(t, dir)); len(changed) > 0 {
		t.Errorf("these files changed: %q", changed)
	}
}

// rename returns the command that gives the modules of dir the path.
func rename(t *testing.T, dir, path string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), "make", "--silent", "-C", dir, "rename", "MODULE="+path)
	cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=") // the test may itself run under make
	return cmd
}

// checkModules looks at both modules, whose imports all have to resolve without
// the network.
func checkModules(t *testing.T, dir, path string) {
	t.Helper()
	for module, want := range map[string]string{dir: path, filepath.Join(dir, "sdk", "go"): path + "/sdk/go"} {
		if got := moduleOf(t, filepath.Join(module, "go.mod")); got != want {
			t.Errorf("the module is called %s, want %s", got, want)
		}
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-test", "./...")
		list.Dir, list.Env = module, append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-mod=readonly")
		if out, err := list.CombinedOutput(); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: go list: %v\n%s", want, err, out)
		}
	}
	if out, err := exec.CommandContext(t.Context(), "gofmt", "-l", dir).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("gofmt: %v\n%s", err, out)
	}
}

// checkNothingIsLeft looks for the previous path in everything that may name a
// module.
func checkNothingIsLeft(t *testing.T, dir, previous, path string) {
	t.Helper()
	left := regexp.MustCompile(`(?m)(^|[^\w.~/-])` + regexp.QuoteMeta(previous) + `($|[^\w~-])`)
	for name, content := range read(t, dir) {
		if strings.HasPrefix(path, previous) {
			content = strings.ReplaceAll(content, path, "")
		}
		switch filepath.Ext(name) {
		case ".go", ".mod", ".md", ".tmpl":
			if at := left.FindString(content); at != "" {
				t.Errorf("%s still has %q", name, at)
			}
		}
	}
}

// moduleOf returns the path that a go.mod gives its module.
func moduleOf(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(content))
	if len(fields) < 2 || fields[0] != "module" {
		t.Fatalf("%s does not begin with its module", file)
	}
	return fields[1]
}

// copyOfTree copies the files of the repository that git tracks.
func copyOfTree(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"git", "make", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			testkit.Missing(t, "there is no "+tool)
		}
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	names, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		testkit.Missing(t, "the sources are not a checkout of git: "+err.Error())
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		copyFile(t, filepath.Join(root, name), filepath.Join(dir, name))
	}
	return dir
}

// copyFile copies a file with its mode. A file that has been deleted and is
// still tracked is left out.
func copyFile(t *testing.T, from, to string) {
	t.Helper()
	info, err := os.Stat(from)
	if os.IsNotExist(err) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, info.Mode()); err != nil {
		t.Fatal(err)
	}
}

// read returns the content of each file below dir.
func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		files[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// difference returns the names of the files that are not the same in both.
func difference(before, after map[string]string) []string {
	var names []string
	for name, content := range before {
		if now, ok := after[name]; !ok || now != content {
			names = append(names, name)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
