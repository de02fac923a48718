// Package testnode provides tests with Node.js and npm packages.
package testnode

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

const (
	// variable names the environment variable with the path of Node.js.
	// scripts/with-services finds one.
	variable = "ALTA_TEST_NODE"
	// patience is the time limit of a program.
	patience = 5 * time.Minute
)

// Node is a Node.js and a directory with installed npm packages.
type Node struct {
	program string
	dir     string
}

// Start installs the packages of a directory from its lock file, unless they
// are installed. The directory is given by its path in the module. If there is
// no Node.js, or if the packages cannot be installed, the test is skipped, or
// fails if CI is true.
func Start(t testing.TB, dir string) *Node {
	t.Helper()
	program := os.Getenv(variable)
	if program == "" {
		testkit.Missing(t, variable+" is not set: run `make test`, which finds a Node.js")
	}
	root := moduleRoot(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	install := exec.CommandContext(ctx, filepath.Join(root, "scripts", "npm-install"), dir)
	install.Dir = root
	if out, err := install.CombinedOutput(); err != nil {
		testkit.Missing(t, "cannot install the npm packages of "+dir+": "+err.Error()+"\n"+string(out))
	}
	return &Node{program: program, dir: filepath.Join(root, dir)}
}

// Path returns the path of a file in the directory.
func (n *Node) Path(name string) string { return filepath.Join(n.dir, filepath.FromSlash(name)) }

// Command returns a command that runs Node.js in the directory. variables, such
// as "NAME=value", are added to this process's environment.
func (n *Node) Command(ctx context.Context, variables []string, args ...string) *exec.Cmd {
	return n.command(ctx, n.program, variables, args)
}

// NPM returns a command that runs npm in the directory.
func (n *Node) NPM(ctx context.Context, args ...string) *exec.Cmd {
	return n.command(ctx, "npm", nil, args)
}

func (n *Node) command(ctx context.Context, program string, variables, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env = n.dir, append(os.Environ(), variables...)
	return cmd
}

// moduleRoot returns the directory of go.mod.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			t.Fatalf("no go.mod above the test: %v", err)
		}
		dir = filepath.Dir(dir)
	}
}
