package docs_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module lists the packages of this module from the top down, each with those that it
// imports, tests left out. A package imports only packages that stand below it.
var module = []struct{ name, imports string }{
	{".", "internal/command"},
	{"internal/command", "handlers internal/collection internal/connlimit internal/contract internal/docs internal/identity internal/mail internal/memory " +
		"internal/meter internal/metrics internal/netaddr internal/openid internal/problem internal/product internal/redact internal/signin internal/stage internal/text repo"},
	{"handlers", "gen internal/contract internal/export internal/fiscal internal/identity internal/locale internal/mail internal/memory internal/meter internal/metrics " +
		"internal/money internal/openid internal/problem internal/product internal/report internal/seldom internal/signin internal/site internal/site/mailbox " +
		"internal/stage internal/text repo"},
	{"internal/site", "gen internal/bounds internal/contract internal/docs internal/fiscal internal/locale internal/money internal/netaddr internal/problem " +
		"internal/product internal/recorder internal/site/docpages internal/site/mailbox internal/site/static internal/useragent"},
	{"internal/site/docpages", "internal/collection internal/docs internal/product internal/site/static"},
	{"internal/site/mailbox", "internal/locale internal/site/static"},
	{"internal/site/static", ""},
	{"internal/collection", "internal/docs"},
	{"internal/docs", "internal/contract internal/contract/source"},
	{"internal/stage", "gen internal/connlimit internal/contract internal/fiscal internal/identity internal/locale internal/meter internal/metrics internal/money " +
		"internal/netaddr internal/problem internal/recorder internal/redact internal/text repo"},
	{"internal/signin", "internal/bounds internal/identity internal/mail internal/meter internal/netaddr internal/openid internal/problem internal/seldom repo"},
	{"internal/problem", "gen internal/bounds internal/contract internal/export internal/identity internal/memory internal/meter internal/money internal/report internal/text repo"},
	{"internal/metrics", "internal/mail repo"},
	{"internal/mail", "internal/fiscal internal/identity internal/locale internal/mail/eml internal/netaddr internal/product internal/seldom internal/useragent repo"},
	{"internal/meter", "internal/seldom repo"},
	{"internal/report", "repo"},
	{"repo", "internal/bounds internal/fiscal internal/locale internal/money internal/text repo/migrations"},
	{"repo/migrations", "internal/fiscal internal/identity internal/text"},
	{"internal/contract", "internal/contract/source"},
	{"internal/contract/source", ""},
	{"internal/export", "internal/locale internal/money"},
	{"gen", ""},
	{"internal/bounds", ""},
	{"internal/connlimit", "internal/seldom"},
	{"internal/fiscal", ""},
	{"internal/identity", "internal/text"},
	{"internal/locale", ""},
	{"internal/mail/eml", ""},
	{"internal/memory", ""},
	{"internal/money", ""},
	{"internal/netaddr", ""},
	{"internal/openid", "internal/text"},
	{"internal/product", "internal/text"},
	{"internal/recorder", ""},
	{"internal/redact", "internal/text"},
	{"internal/seldom", ""},
	{"internal/text", ""},
	{"internal/useragent", ""},
}

// tools are the packages that no production code imports: programs, and what tests
// need.
var tools = []struct{ name, imports string }{
	{"docs", ""},
	{"scripts", ""},
	{"internal/bench", "internal/identity internal/mail internal/meter repo"},
	{"internal/contract/stamp", "internal/contract/source"},
	{"internal/e2e", ""},
	{"internal/site/pagetest", "internal/browser"},
	{"internal/browser", "internal/testkit internal/testnode"},
	{"internal/testdb", "internal/testkit repo"},
	{"internal/testnode", "internal/testkit"},
	{"internal/testredis", "internal/testkit"},
	{"internal/testsmtp", "internal/mail/eml"},
	{"internal/testkit", ""},
	{"internal/testoidc", ""},
}

// TestImports compares the tables with the source: a package that is not in them, or
// that imports another one, fails the test until they say so.
func TestImports(t *testing.T) {
	want := map[string]string{}
	for _, p := range slices.Concat(module, tools) {
		want[p.name] = p.imports
	}
	got := map[string]string{}
	for name, imports := range importsOf(t) {
		var ours []string
		for _, path := range imports {
			if path, isOurs := strings.CutPrefix(path, "./"); isOurs {
				ours = append(ours, path)
			}
		}
		got[name] = strings.Join(ours, " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports (-tables +source):\n%s", diff)
	}
}

// TestImportsPointDown holds the first table to its order.
func TestImportsPointDown(t *testing.T) {
	above := map[string]bool{}
	for _, p := range module {
		above[p.name] = true
		for _, imported := range strings.Fields(p.imports) {
			if above[imported] || !slices.ContainsFunc(module, func(other struct{ name, imports string }) bool { return other.name == imported }) {
				t.Errorf("%s imports %s, which does not stand below it", p.name, imported)
			}
		}
	}
}

// TestNoHTTPBelow: the database and signing in know nothing of HTTP.
func TestNoHTTPBelow(t *testing.T) {
	imports := importsOf(t)
	for _, name := range []string{"repo", "internal/signin"} {
		for _, path := range imports[name] {
			if path == "net/http" || strings.HasPrefix(path, "github.com/labstack/echo") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// importsOf returns what each package of this module imports, without its tests.
// Packages of the module are relative to it; among the imports they begin with "./".
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.Module.Path}} {{.ImportPath}} {{join .Imports " "}}`, "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		module, name := fields[0], strings.TrimPrefix(fields[1], fields[0]+"/")
		if fields[1] == module {
			name = "."
		}
		imports[name] = nil
		for _, path := range fields[2:] {
			imports[name] = append(imports[name], strings.Replace(path, module+"/", "./", 1))
		}
	}
	return imports
}
