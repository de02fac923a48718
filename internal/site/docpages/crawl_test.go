package docpages_test

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site"
	"example.com/alta/internal/site/pagetest"
)

// elsewhere are pages of the site that the documentation leads to, and that go
// by who looks at them.
var elsewhere = []string{"/pricing", "/account", "/account/credentials", "/app"}

// crawl returns the pages that can be reached from /docs, by their paths.
var crawl = sync.OnceValue(func() map[string]*httptest.ResponseRecorder {
	pages := map[string]*httptest.ResponseRecorder{}
	open := []string{"/docs", "/docs/search?q=account", "/docs/search", "/docs/nowhere"}
	for len(open) > 0 {
		path := open[0]
		open = open[1:]
		if pages[path] != nil || slices.Contains(elsewhere, path) {
			continue
		}
		w := pagetest.Get(docsSite(), "GET", path)
		pages[path] = w
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		for _, link := range links(w.Body.String()) {
			path, _, _ := strings.Cut(link, "#")
			if strings.HasPrefix(path, "/") {
				open = append(open, path)
			}
		}
	}
	return pages
})

func TestDocsHaveNoBrokenLinks(t *testing.T) {
	pages := crawl()
	if want := len(theBook().Operations) * 2; len(pages) < want {
		t.Errorf("%d pages can be reached, want %d at least", len(pages), want)
	}
	for _, path := range elsewhere {
		if !slices.ContainsFunc(docsSite().Routes(), func(route site.Route) bool { return route.Path == path }) {
			t.Errorf("there is no page %s", path)
		}
	}
	for path, w := range pages {
		if w.Code != 200 && w.Code != 302 && !strings.HasPrefix(path, "/docs/nowhere") {
			t.Errorf("%s is answered %d", path, w.Code)
		}
		for _, link := range links(w.Body.String()) {
			to, anchor, hasAnchor := strings.Cut(link, "#")
			if to == "" {
				to = path
			}
			target := pages[to]
			if u, err := url.Parse(link); err != nil || u.Host != "" {
				t.Errorf("%s leads elsewhere, to %s", path, link)
			} else if hasAnchor && (target == nil || parseHTML(t, target.Body.String()).find("", "id", anchor) == nil) {
				t.Errorf("%s links to %s, which is not there", path, link)
			}
		}
	}
}

func TestDocsPagesAreSmall(t *testing.T) {
	for path, w := range crawl() {
		isPage := strings.HasPrefix(path, "/docs") && w.Header().Get("Content-Disposition") == "" || path == "/llms.txt" || strings.HasPrefix(path, "/llms/")
		if size := w.Body.Len(); isPage && size > 50_000 {
			t.Errorf("%s has %d bytes", path, size)
		}
	}
}

func TestDocsAreValidHTML(t *testing.T) {
	pages := map[string]string{}
	for path, w := range crawl() {
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			pages[path] = w.Body.String()
		}
	}
	browser.ValidateHTML(t, pages)
}
