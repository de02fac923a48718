package docpages_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site/docpages"
	"example.com/alta/internal/site/pagetest"
	"example.com/alta/internal/site/static"
)

var docsLooked = []struct{ name, path string }{
	{"docs-home", "/docs"},
	{"docs-group", "/docs/accounts"},
	{"docs-long", "/docs/transactions/get-api-transactions"},
	{"docs-short", "/docs/system/get-healthz"},
	{"docs-errors", "/docs/errors"},
	{"docs-changelog", "/docs/changelog"},
	{"docs-search", "/docs/search?q=account"},
	{"docs-unknown", "/docs/nowhere"},
}

func TestDocsInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks { // the documentation has one language
		t.Run(look.Name, func(t *testing.T) {
			server := httptest.NewServer(docsSite())
			t.Cleanup(server.Close)
			tab := browser.Start(t, look.Options...)
			w := &pagetest.Walk{T: t, Tab: tab, Look: look.Name, URL: server.URL}
			for _, page := range docsLooked {
				w.Open(page.path)
				w.Sees(page.name)
				if look.Name != "phone" { // its colours are those of light
					tab.Axe(t)
				}
			}
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// TestDocsWithoutScripts holds that nothing is hidden from who runs none.
func TestDocsWithoutScripts(t *testing.T) {
	server := httptest.NewServer(docsSite())
	t.Cleanup(server.Close)
	tab := browser.Start(t, browser.WithoutScripts())
	w := &pagetest.Walk{T: t, Tab: tab, Look: "no-scripts", URL: server.URL}
	w.Open("/docs/accounts/post-api-accounts")
	w.Sees("docs-operation")
	main := tab.Text(t, "main")
	for _, want := range []string{"curl -X POST", "await fetch(", "requests.post(", "http.NewRequest(", "YOUR_API_KEY"} {
		if !strings.Contains(main, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	if strings.Contains(main, "Run for") {
		t.Error("the page offers what takes scripts")
	}
	tab.Fill(t, "#q", "transfer")
	tab.Do(t, chromedp.KeyEvent("\r"), chromedp.WaitVisible(chromedp.CSS("[data-hits]")))
	w.Sees("docs-search")
	tab.Follow(t, "[data-hits] a")
	if got := tab.Text(t, ".endpoint code"); got != "/api/accounts/transfer" {
		t.Errorf("the first hit leads to %s", got)
	}
}

// TestDocsScripts tries what scripts add, in one browser.
func TestDocsScripts(t *testing.T) {
	server := httptest.NewServer(docsSite())
	t.Cleanup(server.Close)
	w := &pagetest.Walk{T: t, Tab: browser.Start(t), Look: "light", URL: server.URL}
	for _, part := range []struct {
		name string
		try  func(*testing.T, *pagetest.Walk)
	}{{"tabs", tryTabs}, {"key", tryKey}, {"search", trySearch}, {"reference", tryReference}} {
		t.Run(part.name, func(t *testing.T) { part.try(t, w) })
	}
	// All that is missed is the logo of Redoc's maker, which the policy refuses.
	missed := func(complaint string) bool { return strings.Contains(complaint, "cdn.redoc.ly") }
	if got := slices.DeleteFunc(w.Tab.Complaints(), missed); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// tryTabs chooses Python by keys.
func tryTabs(t *testing.T, w *pagetest.Walk) {
	w.Open("/docs/accounts/post-api-accounts")
	if shown := w.Tab.Text(t, "#code"); !strings.Contains(shown, "curl -X POST") || strings.Contains(shown, "requests.post(") {
		t.Errorf("at first, the samples are %q", shown)
	}
	w.Tab.Do(t, chromedp.Click(chromedp.CSS("#tab-code-curl")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if shown := w.Tab.Text(t, "#code"); !strings.Contains(shown, "requests.post(") || strings.Contains(shown, "curl -X POST") {
		t.Errorf("after two keys, the samples are %q", shown)
	}
}

// tryKey has an API key in the samples of another page, and forgets it.
func tryKey(t *testing.T, w *pagetest.Walk) {
	w.Tab.Fill(t, "#run-key", "alta_<b>key")
	kept := chromedp.WaitVisible(chromedp.CSS("#forget")) // who is there is asked first
	w.Tab.Do(t, chromedp.Blur(chromedp.CSS("#run-key")), kept)
	w.Open("/docs/accounts/get-api-accounts")
	w.Tab.Do(t, kept)
	if shown := w.Tab.Text(t, "#code"); !strings.Contains(shown, `"X-API-Key": "alta_<b>key"`) || strings.Contains(shown, "curl '") {
		t.Errorf("with a key, and Python chosen before, the samples are %q", shown)
	}
	w.Open("/docs")
	w.Tab.Do(t, chromedp.Poll[chromedp.Void](`document.querySelector("#step-listAccounts").textContent.includes("alta_")`))
	if shown := w.Tab.Text(t, "#step-listAccounts"); !strings.Contains(shown, "X-API-Key: alta_<b>key") {
		t.Errorf("with a key, the first steps are %q", shown)
	}
	w.Open("/docs/accounts/get-api-accounts")
	w.Tab.Do(t, kept, chromedp.Click(chromedp.CSS("#forget")), chromedp.WaitNotVisible(chromedp.CSS("#forget")))
	const left = `document.querySelector("#run-key").value + sessionStorage.length`
	if shown := w.Tab.Text(t, "#code-python"); !strings.Contains(shown, "YOUR_API_KEY") || evaluate[string](t, w.Tab, left) != "0" {
		t.Errorf("after forgetting the key, the samples are %q", shown)
	}
}

func trySearch(t *testing.T, w *pagetest.Walk) {
	w.Tab.Do(t, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent("export"),
		chromedp.WaitVisible(chromedp.CSS(`#hits li:first-child a[href*="export"]`)))
	browser.View(t, w.Tab, "docs-hits-light")
	w.Tab.Do(t, chromedp.KeyEvent(kb.ArrowDown), chromedp.WaitVisible(chromedp.CSS("#hits a:focus")))
	w.Tab.Follow(t, "#hits a:focus")
	if got := w.Tab.Text(t, ".endpoint code"); !strings.Contains(got, "export") {
		t.Errorf("the first hit leads to %s", got)
	}
}

// tryReference holds that Redoc shows the contract under the page's policy. It
// fails axe-core by itself, so that is not asked of it.
func tryReference(t *testing.T, w *pagetest.Walk) {
	w.Open("/docs/reference")
	w.Tab.Do(t, chromedp.WaitVisible(chromedp.CSS("#redoc h1")))
	shown := evaluate[string](t, w.Tab, `document.querySelector("#redoc").textContent`)
	for _, op := range theBook().Operations {
		if !strings.Contains(shown, op.Summary) {
			t.Errorf("%s is not shown", op.Endpoint())
		}
	}
	browser.View(t, w.Tab, "docs-reference-light")
}

func TestReference(t *testing.T) {
	seen := ""
	for range 2 {
		w := pagetest.Get(docsSite(), "GET", "/docs/reference")
		nonce := parseHTML(t, w.Body.String()).find("div", "id", "redoc").attribute("data-nonce")
		if policy := w.Header().Get("Content-Security-Policy"); nonce == "" || nonce == seen || !strings.Contains(policy, "'nonce-"+nonce+"'") || strings.Contains(policy, "unsafe") {
			t.Errorf("the nonce is %q, and the policy %q", nonce, policy)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("Cache-Control is %q", got)
		}
		pagetest.Contains(t, w, 200, "<noscript>", `data-document="/openapi.json"`)
		seen = nonce
	}
	at := slices.IndexFunc(docpages.Assets(), func(a *static.Asset) bool { return a.Name == "redoc.standalone.js" })
	redoc := pagetest.Get(docsSite(), "GET", docpages.Assets()[at].Path())
	if redoc.Code != http.StatusOK || redoc.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || redoc.Body.Len() < 1_000_000 {
		t.Errorf("Redoc is answered %d %v, %d bytes", redoc.Code, redoc.Header(), redoc.Body.Len())
	}
}

// evaluate runs the script in the page, and returns what it comes to.
func evaluate[T any](t *testing.T, tab *browser.Tab, script string) T {
	t.Helper()
	value, err := chromedp.Run(tab, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value
}
