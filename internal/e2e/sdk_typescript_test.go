package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testnode"
)

const typescriptSDK = "sdk/typescript"

// node runs Node.js with the arguments in the SDK's directory. It must succeed.
func node(t *testing.T, sdk *testnode.Node, variables []string, args ...string) {
	t.Helper()
	if out, err := sdk.Command(t.Context(), variables, args...).CombinedOutput(); err != nil {
		t.Errorf("node %s: %v\n%s", strings.Join(args, " "), err, tail(string(out), 8000))
	}
}

// TestTypeScriptSDK builds the package, checks its types and its published files,
// and runs its tests against a server.
func TestTypeScriptSDK(t *testing.T) {
	t.Parallel()
	sdk := testnode.Start(t, typescriptSDK)
	if out, err := sdk.NPM(t.Context(), "run", "build").CombinedOutput(); err != nil {
		t.Fatalf("npm run build: %v\n%s", err, out)
	}
	t.Run("types", func(t *testing.T) {
		t.Parallel()
		node(t, sdk, nil, "node_modules/typescript/bin/tsc", "--project", "test")
	})
	t.Run("package", func(t *testing.T) {
		t.Parallel()
		checkPackage(t, sdk)
	})
	t.Run("browser", func(t *testing.T) {
		t.Parallel()
		checkInBrowser(t, sdk)
	})
	t.Run("calls", func(t *testing.T) {
		t.Parallel()
		tests, err := filepath.Glob(sdk.Path("test/*.test.js"))
		if err != nil || len(tests) == 0 {
			t.Fatalf("there are no tests: %v", err)
		}
		node(t, sdk, prepareCalls(t), append([]string{"--test", "--test-reporter=spec"}, tests...)...)
	})
}

// prepareCalls starts a server with users at both doors, and returns the variables
// that tell the SDK's tests of them.
func prepareCalls(t *testing.T) (variables []string) {
	t.Helper()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	keyOf := func(email string) string { return s.developer(t, databaseURL, email).key }
	variables = []string{
		"ALTA_URL=" + s.url,
		"ALTA_TOKEN=" + s.register(t, "session@example.com"),
		"ALTA_INVITE=" + strings.TrimSpace(alta(t, databaseURL, "", "invite", "create")),
		"ALTA_KEY=" + keyOf("user@example.com"),
		"ALTA_SAMPLE_KEY=" + keyOf("sample@example.com"),
		"ALTA_POOR_KEY=" + keyOf("poor@example.com"),
		"ALTA_LIMITED_KEY=" + keyOf("limited@example.com"),
	}
	alta(t, databaseURL, "", "tokens", "grant", "poor@example.com", "-1997", "--reason", "for a test")
	return variables
}

// checkPackage checks the published package by publint's rules, and its list of
// files.
func checkPackage(t *testing.T, sdk *testnode.Node) {
	t.Helper()
	node(t, sdk, nil, "node_modules/publint/src/cli.js", "--strict")
	list := sdk.NPM(t.Context(), "pack", "--dry-run", "--json", "--ignore-scripts")
	out, err := list.Output()
	if err != nil {
		t.Fatalf("npm pack: %v", err)
	}
	var packed []struct{ Files []struct{ Path string } }
	if err := json.Unmarshal(out, &packed); err != nil || len(packed) != 1 {
		t.Fatalf("npm pack: %v: %s", err, out)
	}
	want := []string{"LICENSE", "README.md", "package.json"}
	sources, err := filepath.Glob(sdk.Path("src/*.ts"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("there are no sources: %v", err)
	}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".ts")
		want = append(want, path.Join("src", name+".ts"))
		for _, made := range []string{".js", ".js.map", ".d.ts", ".d.ts.map"} {
			want = append(want, path.Join("dist", name+made))
		}
	}
	var got []string
	for _, file := range packed[0].Files {
		got = append(got, file.Path)
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("the package has\n%q, want\n%q", got, want)
	}
}

// checkInBrowser calls a server from test/page.html, which is of another origin.
func checkInBrowser(t *testing.T, sdk *testnode.Node) {
	t.Helper()
	page := httptest.NewServer(http.FileServer(http.Dir(sdk.Path("."))))
	t.Cleanup(page.Close)
	tab := browser.Start(t)
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL, "--cors-origins", page.URL)
	query := url.Values{"baseURL": {s.url}, "apiKey": {s.developer(t, databaseURL, "user@example.com").key}}
	tab.Do(t, chromedp.Navigate(page.URL+"/test/page.html?"+query.Encode()), chromedp.Poll[chromedp.Void](`document.title === "done"`))
	if got, want := tab.Text(t, "p"), "john.doe@example.com, Efectivo / Billetera, 10, 1990, 36, not found"; got != want {
		t.Errorf("the page shows %q, want %q", got, want)
	}
}
