package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// serve serves a page that shows the effects of the options.
func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/forbidden" {
			w.Header().Set("Content-Security-Policy", "default-src 'none'")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>t</title>
<style>.dark, .small { display: none } @media (prefers-color-scheme: dark) { .dark { display: inline } }
@media (max-width: 500px) { .small { display: inline } }</style>
<meta name="viewport" content="width=device-width">
<body><p><span>language=%s</span> <span class="dark">dark</span> <span class="small">small</span></p>
<a href="/next">next</a>
<script>document.querySelector("p").append(" scripts"); console.error("from the page", 1)</script>`, r.Header.Get("Accept-Language"))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestOptions(t *testing.T) {
	url := serve(t)
	for _, test := range []struct {
		name    string
		options []Option
		want    string
	}{
		{name: "none", want: "scripts"},
		{name: "dark", options: []Option{Dark()}, want: "dark scripts"},
		{name: "size", options: []Option{Size(400, 400)}, want: "small scripts"},
		{name: "phone, without scripts, Spanish", options: []Option{Phone(), WithoutScripts(), Language("es")}, want: "language=es small"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tab := Start(t, test.options...)
			tab.Do(t, chromedp.Navigate(url))
			got := strings.Join(strings.Fields(tab.Text(t, "p")), " ")
			if !strings.HasSuffix(got, test.want) {
				t.Errorf("the page shows %q, want %q at the end", got, test.want)
			}
		})
	}
}

func TestComplaints(t *testing.T) {
	tab := Start(t)
	url := serve(t)
	tab.Do(t, chromedp.Navigate(url))
	if got := tab.Complaints(); len(got) != 1 || !strings.Contains(got[0], "from the page") {
		t.Errorf("complaints %q, want the one of the console", got)
	}
	tab.Do(t, chromedp.Navigate(url+"/forbidden"))
	got := tab.Complaints()
	if len(got) < 3 || !strings.Contains(strings.Join(got, "\n"), "Content Security Policy") {
		t.Errorf("complaints %q, want those of the policy, too", got)
	}
}

func TestFollowAndScreenshot(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(screenshots, "")
	tab := Start(t)
	url := serve(t)
	tab.Do(t, chromedp.Navigate(url))
	Screenshot(t, tab, "none")
	tab.Follow(t, "a")
	if at, err := chromedp.Run(tab, chromedp.Location()); err != nil || at != url+"/next" {
		t.Errorf("at %s, %v; want the next page", at, err)
	}
	t.Setenv(screenshots, dir)
	Screenshot(t, tab, "some/page")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Errorf("%v, %v; want one directory", files, err)
	}
	image, err := os.ReadFile(filepath.Join(dir, "some", "page.png"))
	if err != nil || !strings.HasPrefix(string(image), "\x89PNG") {
		t.Errorf("no PNG was written: %v", err)
	}
}
