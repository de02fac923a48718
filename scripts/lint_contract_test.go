package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/alta/internal/testnode"
)

// lintable is a contract in which both linters find nothing.
const lintable = `openapi: 3.0.3
info: {title: Things, version: 0.1.0, description: Things., license: {name: MIT, url: https://opensource.org/license/mit}}
servers: [{url: /}]
tags: [{name: things, description: Things.}]
paths:
  /things:
    get:
      operationId: listThings
      summary: List things
      description: Lists things.
      tags: [things]
      security: []
      responses:
        "200":
          description: Things.
          content:
            application/json:
              schema: {type: array, items: {type: string, nullable: true}}
              example: [one, null]
`

// TestLintContract: what either linter finds fails, a warning too.
func TestLintContract(t *testing.T) {
	t.Parallel()
	testnode.Start(t, "internal/contract/linters")
	for _, test := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"by Redocly", "type: string, nullable: true", "nullable: true", "must be defined when the `nullable` field is used"},
		{"by Spectral", "/things:", "/things/:", "path-keys-no-trailing-slash"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, err := lintContract(t, strings.Replace(lintable, test.from, test.to, 1))
			if (err != nil) != (test.want != "") || !strings.Contains(out, test.want) {
				t.Errorf("%v, want %q in\n%s", err, test.want, out)
			}
		})
	}
}

// Without Node.js nothing is linted, which is an error only if CI is true.
func TestLintContractWithoutNode(t *testing.T) {
	t.Parallel()
	for ci, fails := range map[string]bool{"": false, "false": false, "true": true} {
		out, err := lintContract(t, "no contract", "ALTA_TEST_NODE=", "CI="+ci)
		if (err != nil) != fails || !strings.Contains(out, "the contract is not linted") {
			t.Errorf("CI=%s: %v, want an error: %t\n%s", ci, err, fails, out)
		}
	}
}

// lintContract runs the script on a contract, with variables beside this process's own.
func lintContract(t *testing.T, contract string, variables ...string) (output string, err error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(path, []byte(contract), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "./lint-contract", path)
	cmd.Env = append(os.Environ(), variables...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
