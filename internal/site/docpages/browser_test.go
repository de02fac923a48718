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

// walk is a walk through the documentation in a browser.
type walk struct {
	t    *testing.T
	tab  *browser.Tab
	look string
	url  string
}

// open goes to a page, and sees keeps a picture of it.
func (w *walk) open(path string) { w.tab.Do(w.t, chromedp.Navigate(w.url+path)) }

func (w *walk) sees(name string) {
	w.t.Helper()
	pagetest.See(w.t, w.tab, name+"-"+w.look)
}

func TestDocsInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks { // the documentation has one language
		t.Run(look.Name, func(t *testing.T) {
			server := httptest.NewServer(docsSite())
			t.Cleanup(server.Close)
			tab := browser.Start(t, look.Options...)
			w := &walk{t: t, tab: tab, look: look.Name, url: server.URL}
			for _, page := range docsLooked {
				w.open(page.path)
				w.sees(page.name)
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
	w := &walk{t: t, tab: tab, look: "no-scripts", url: server.URL}
	w.open("/docs/accounts/post-api-accounts")
	w.sees("docs-operation")
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
	w.sees("docs-search")
	tab.Follow(t, "[data-hits] a")
	if got := tab.Text(t, ".endpoint code"); got != "/api/accounts/transfer" {
		t.Errorf("the first hit leads to %s", got)
	}
}

// TestDocsScripts tries what scripts add, in one browser.
func TestDocsScripts(t *testing.T) {
	server := httptest.NewServer(docsSite())
	t.Cleanup(server.Close)
	w := &walk{t: t, tab: browser.Start(t), look: "light", url: server.URL}
	for _, part := range []struct {
		name string
		try  func(*testing.T, *walk)
	}{{"tabs", tryTabs}, {"key", tryKey}, {"search", trySearch}, {"reference", tryReference}} {
		t.Run(part.name, func(t *testing.T) { part.try(t, w) })
	}
	// All that is missed is the logo of Redoc's maker, which the policy refuses.
	missed := func(complaint string) bool { return strings.Contains(complaint, "cdn.redoc.ly") }
	if got := slices.DeleteFunc(w.tab.Complaints(), missed); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// tryTabs chooses Python by keys.
func tryTabs(t *testing.T, w *walk) {
	w.open("/docs/accounts/post-api-accounts")
	if shown := w.tab.Text(t, "#code"); !strings.Contains(shown, "curl -X POST") || strings.Contains(shown, "requests.post(") {
		t.Errorf("at first, the samples are %q", shown)
	}
	w.tab.Do(t, chromedp.Click(chromedp.CSS("#tab-code-curl")), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowRight))
	if shown := w.tab.Text(t, "#code"); !strings.Contains(shown, "requests.post(") || strings.Contains(shown, "curl -X POST") {
		t.Errorf("after two keys, the samples are %q", shown)
	}
}

// tryKey has an API key in the samples of another page, and forgets it.
func tryKey(t *testing.T, w *walk) {
	w.tab.Fill(t, "#run-key", "alta_<b>key")
	w.tab.Do(t, chromedp.Blur(chromedp.CSS("#run-key")))
	w.open("/docs/accounts/get-api-accounts")
	if shown := w.tab.Text(t, "#code"); !strings.Contains(shown, `"X-API-Key": "alta_<b>key"`) || strings.Contains(shown, "curl '") {
		t.Errorf("with a key, and Python chosen before, the samples are %q", shown)
	}
	w.open("/docs")
	if shown := w.tab.Text(t, "#step-listAccounts"); !strings.Contains(shown, "X-API-Key: alta_<b>key") {
		t.Errorf("with a key, the first steps are %q", shown)
	}
	w.open("/docs/accounts/get-api-accounts")
	w.tab.Do(t, chromedp.Click(chromedp.CSS("#forget")))
	const kept = `document.querySelector("#run-key").value + sessionStorage.length`
	if shown := w.tab.Text(t, "#code-python"); !strings.Contains(shown, "YOUR_API_KEY") || evaluate[string](t, w.tab, kept) != "0" {
		t.Errorf("after forgetting the key, the samples are %q", shown)
	}
}

func trySearch(t *testing.T, w *walk) {
	w.tab.Do(t, chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent("export"),
		chromedp.WaitVisible(chromedp.CSS(`#hits li:first-child a[href*="export"]`)))
	browser.View(t, w.tab, "docs-hits-light")
	w.tab.Do(t, chromedp.KeyEvent(kb.ArrowDown), chromedp.WaitVisible(chromedp.CSS("#hits a:focus")))
	w.tab.Follow(t, "#hits a:focus")
	if got := w.tab.Text(t, ".endpoint code"); !strings.Contains(got, "export") {
		t.Errorf("the first hit leads to %s", got)
	}
}

// tryReference holds that Redoc shows the contract under the page's policy. It
// fails axe-core by itself, so that is not asked of it.
func tryReference(t *testing.T, w *walk) {
	w.open("/docs/reference")
	w.tab.Do(t, chromedp.WaitVisible(chromedp.CSS("#redoc h1")))
	shown := evaluate[string](t, w.tab, `document.querySelector("#redoc").textContent`)
	for _, op := range theBook().Operations {
		if !strings.Contains(shown, op.Summary) {
			t.Errorf("%s is not shown", op.Endpoint())
		}
	}
	browser.View(t, w.tab, "docs-reference-light")
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
