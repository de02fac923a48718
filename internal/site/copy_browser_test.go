package site

import (
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site/pagetest"
)

// TestCopyOnPlainHTTP copies with every button of pages that come by plain http from
// another machine, where browsers have no clipboard for scripts, and from this one,
// where they have. The key that is shown once is among them. What was copied is
// pasted into a field.
func TestCopyOnPlainHTTP(t *testing.T) {
	api := &fakeAPI{}
	document, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Config{API: api, SessionCookie: memberCookie, Contract: theContract(), Document: document}))
	t.Cleanup(server.Close)
	api.account()
	api.on("GET "+apiKeys, 200, keysOf("ci"))
	api.on("GET "+apiSessions, 200, sessionsOne)
	api.on("POST "+apiKeys, 201, keyMade)
	for _, origin := range []struct{ name, url, clipboard string }{
		{"elsewhere", strings.Replace(server.URL, "127.0.0.1", "alta.test", 1), "undefined"},
		{"here", server.URL, "object"},
	} {
		t.Run(origin.name, func(t *testing.T) {
			w := &walk{pagetest.Walk{T: t, Tab: browser.Start(t), Look: "light", URL: origin.url}, api}
			w.signIn("s-1")
			w.Open(pathCredentials)
			is(t, w.Tab, `typeof navigator.clipboard`, origin.clipboard)
			w.Tab.Do(t, chromedp.Click(chromedp.CSS("details.make summary")))
			w.Tab.Fill(t, "#name", "ci")
			w.Tab.Follow(t, "details.make button")
			w.copies(t, "#new-key")
			w.Sees("copied-" + origin.name)
			w.copies(t, "#command")
			w.Open("/docs/accounts/get-api-accounts")
			w.copies(t, "#path")
			// A policy that needs https is left out of account on plain http.
			isPolicy := func(complaint string) bool {
				return strings.HasPrefix(complaint, "The Cross-Origin-Opener-Policy header")
			}
			if got := slices.DeleteFunc(w.Tab.Complaints(), isPolicy); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// copies presses the button that copies the element, and pastes into a new field.
func (w *walk) copies(t *testing.T, selector string) {
	t.Helper()
	button := `button[data-copy="` + selector + `"]`
	says := w.Tab.Text(t, button)
	w.Tab.Do(t, chromedp.Click(chromedp.CSS(button)))
	w.Tab.Do(t, chromedp.Poll[chromedp.Void](`document.querySelector('`+button+`').textContent !== "`+says+`"`))
	is(t, w.Tab, `document.querySelector('`+button+`').textContent`, "Copied")
	is(t, w.Tab, `document.activeElement.dataset.copy`, selector)
	paste := func(key *input.DispatchKeyEventParams) { key.Commands = []string{"paste"} }
	w.Tab.Do(t,
		chromedp.Evaluate[chromedp.Void](`document.querySelector("main").append(Object.assign(document.createElement("textarea"), {id: "pasted"}))`),
		chromedp.Focus(chromedp.CSS("#pasted")),
		chromedp.KeyEvent("v", chromedp.KeyModifiers(chromedp.ModifierCtrl), paste))
	pasted, err := chromedp.Run(w.Tab, chromedp.Evaluate[string](`document.querySelector("#pasted").value`))
	shown, failed := chromedp.Run(w.Tab, chromedp.Evaluate[string](`document.querySelector("`+selector+`").textContent.trim()`))
	if err != nil || failed != nil || pasted == "" || pasted != shown {
		t.Errorf("%s: pasted %q, want %q (%v, %v)", selector, pasted, shown, err, failed)
	}
	w.Tab.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#pasted").remove()`))
}
