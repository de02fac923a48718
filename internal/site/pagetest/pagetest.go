// Package pagetest calls pages in tests, and looks at them in a browser.
package pagetest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
)

// Evil is a text that breaks out of attributes and elements unless it is
// escaped.
const Evil = `"><script>alert(1)</script>&'`

// Get calls a page. Headers are like "Accept-Language: es".
func Get(h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	return Do(h, httptest.NewRequest(method, target, nil), headers)
}

// Post sends a form.
func Post(h http.Handler, path string, values url.Values, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return Do(h, r, headers)
}

// Do calls a page with more headers.
func Do(h http.Handler, r *http.Request, headers []string) *httptest.ResponseRecorder {
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Contains checks that the answer has the status and, in its body, every text.
func Contains(t *testing.T, w *httptest.ResponseRecorder, status int, want ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("got status %d, want %d", w.Code, status)
	}
	for _, text := range want {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("the page lacks %q:\n%s", text, w.Body)
		}
	}
}

// Look is a way in which people see pages.
type Look struct {
	Name    string
	Options []browser.Option
}

// Looks are the ways in which people see pages.
var Looks = []Look{
	{"light", nil},
	{"dark", []browser.Option{browser.Dark()}},
	{"phone", []browser.Option{browser.Phone(), browser.Language("es")}}, // whose words are the longer ones
}

// Walk is a walk through the pages of a server in a browser.
type Walk struct {
	T    *testing.T
	Tab  *browser.Tab
	Look string // its name
	URL  string // of the server
}

// Open goes to the page at the path.
func (w *Walk) Open(path string) { w.Tab.Do(w.T, chromedp.Navigate(w.URL+path)) }

// Sees keeps a picture of the page under the name, with the look's behind it. It
// checks that the page has a heading and is no wider than the window.
func (w *Walk) Sees(name string) {
	w.T.Helper()
	see(w.T, w.Tab, name+"-"+w.Look)
}

func see(t testing.TB, tab *browser.Tab, name string) {
	t.Helper()
	browser.Screenshot(t, tab, name)
	const overflow = `document.documentElement.scrollWidth > document.documentElement.clientWidth`
	if wider, err := chromedp.Run(tab, chromedp.Evaluate[bool](overflow)); err != nil || wider {
		t.Errorf("%s is wider than the window, or %v", name, err)
	}
	heading, text := tab.Text(t, "h1"), tab.Text(t, "main")
	if heading == "" || !strings.Contains(text, heading) {
		t.Errorf("%s has the heading %q", name, heading)
	}
}
