package site

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/site/pagetest"
)

// TestFilesThatProgramsLookFor holds the files that browsers, crawlers and people who
// report vulnerabilities look for.
func TestFilesThatProgramsLookFor(t *testing.T) {
	now := func() time.Time { return time.Date(2026, time.March, 4, 15, 30, 0, 0, time.UTC) }
	s := New(Config{
		API: &fakeAPI{}, Contract: theContract(), Now: now, SecurityContact: "mailto:security@example.com",
		PublicURL: &url.URL{Scheme: "https", Host: "alta.example.com"},
	})
	icon := pagetest.Get(s, "GET", "/favicon.ico")
	if icon.Code != 200 || icon.Header().Get("Content-Type") != "image/vnd.microsoft.icon" || !bytes.HasPrefix(icon.Body.Bytes(), []byte{0, 0, 1, 0, 1, 0, 32, 32}) {
		t.Errorf("the icon is answered %d %v", icon.Code, icon.Header())
	}
	for path, want := range map[string]string{
		"/robots.txt": robots,
		"/.well-known/security.txt": "Contact: mailto:security@example.com\nExpires: 2026-08-31T00:00:00Z\nPreferred-Languages: en, es\n" +
			"Canonical: https://alta.example.com/.well-known/security.txt\n",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			w := pagetest.Get(s, method, path)
			if w.Code != 200 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || method == "GET" && w.Body.String() != want {
				t.Errorf("%s %s is answered %d %v\n%s", method, path, w.Code, w.Header(), w.Body)
			}
		}
	}
}

// TestRobotsKnowThePages holds that robots.txt keeps crawlers from what is somebody's.
func TestRobotsKnowThePages(t *testing.T) {
	for _, path := range []string{pathAccount, pathApp, pathVerify, pathReset, pathDeletion, "/dev/"} {
		if !strings.Contains(robots, "\nDisallow: "+path+"\n") {
			t.Errorf("robots.txt lacks %s", path)
		}
	}
}

// TestSecurityContactIsASetting: without one, there is no file. On plain http it names
// no address of its own, which would have to be one of https.
func TestSecurityContactIsASetting(t *testing.T) {
	if w := pagetest.Get(New(Config{API: &fakeAPI{}, Contract: theContract()}), "GET", pathSecurity); w.Code != 404 {
		t.Errorf("without a contact, security.txt is answered %d", w.Code)
	}
	w := pagetest.Get(New(Config{API: &fakeAPI{}, Contract: theContract(), SecurityContact: "https://example.com/security"}), "GET", pathSecurity)
	pagetest.Contains(t, w, 200, "Contact: https://example.com/security\n")
	if strings.Contains(w.Body.String(), "Canonical") {
		t.Errorf("it names its own address:\n%s", w.Body)
	}
}

// TestUnknownPages holds that browsers get a page with the way home for a path that
// does not exist, and programs none.
func TestUnknownPages(t *testing.T) {
	s := New(Config{API: &fakeAPI{}, Contract: theContract()})
	const browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
	for _, test := range []struct {
		path, accept, language string
		want                   string // on the page; empty: no page
	}{
		{"/nope", browser, "en", "Go to the start page"},
		{"/nope", browser, "es", "Ir a la página de inicio"},
		{"/apidocs", browser, "en", "Go to the start page"},
		{"/nope", "Accept: application/json", "en", ""},
		{"/nope", "Accept: */*", "en", ""},
		{"/nope", "Accept-Charset: utf-8", "en", ""},
		{"/nope", "Accept: application/json, text/html", "en", ""},
		{"/api/nope", browser, "en", ""},
		{"/api/v1/nope", browser, "en", ""},
	} {
		r, w := httptest.NewRequest("GET", test.path, nil), httptest.NewRecorder()
		name, value, _ := strings.Cut(test.accept, ": ")
		r.Header.Set(name, value)
		r.Header.Set("Accept-Language", test.language)
		if served := s.ServeUnknown(w, r); served != (test.want != "") {
			t.Errorf("%s, %s: it is served: %t", test.path, test.accept, served)
		}
		if test.want != "" {
			pagetest.Contains(t, w, 404, `<a class="button" href="/">`+test.want+"</a>")
		}
		if varies := w.Header().Get("Vary") == "Accept"; varies != !strings.HasPrefix(test.path, "/api/") {
			t.Errorf("%s: Vary is %q", test.path, w.Header().Values("Vary"))
		}
	}
}
