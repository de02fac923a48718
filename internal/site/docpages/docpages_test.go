package docpages_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/site"
	"example.com/alta/internal/site/pagetest"
	"example.com/alta/internal/site/static"
)

// docsSite returns a site with the documentation as it is published.
var docsSite = sync.OnceValue(func() *site.Site { return site.New(docsConfig()) })

func docsConfig() site.Config {
	document, err := os.ReadFile("../../../openapi.yaml")
	if err != nil {
		panic(err)
	}
	changelog, err := os.ReadFile("../../../CHANGELOG.md")
	if err != nil {
		panic(err)
	}
	return site.Config{Document: document, Changelog: string(changelog)}
}

// theBook is the documentation that the site shows.
var theBook = sync.OnceValue(func() *docs.Book {
	config := docsConfig()
	book, err := docs.New(config.Document, config.Changelog)
	if err != nil {
		panic(err)
	}
	return book
})

// TestDocsHeaders holds that pages are the same for everybody, and that caches
// may keep them.
func TestDocsHeaders(t *testing.T) {
	register := "/docs/registration/post-api-v1-auth-register"
	for path, vary := range map[string]string{
		"/docs": "Accept", register: "Accept", "/docs/errors": "Accept", "/docs/search?q=a": "Accept", register + ".md": "",
		"/docs.md": "", "/openapi.yaml": "", "/openapi.json": "", "/llms.txt": "", "/llms-full.txt": "", "/llms/accounts.txt": "",
	} {
		t.Run(path, func(t *testing.T) {
			w := pagetest.Get(docsSite(), "GET", path)
			h := w.Header()
			pagetest.Contains(t, w, 200)
			if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, static.Policy) || strings.Contains(policy, "unsafe") {
				t.Errorf("the policy is %q", policy)
			}
			if h.Get("Cache-Control") != "public, max-age=300" || h.Get("Set-Cookie") != "" || !strings.HasPrefix(h.Get("ETag"), `W/"`) {
				t.Errorf("the headers are %v", h)
			}
			if got := strings.Join(slices.DeleteFunc(h.Values("Vary"), func(v string) bool { return v == "Accept-Encoding" }), ", "); got != vary {
				t.Errorf("Vary is %q", got)
			}
			if got := h.Get("Link"); strings.HasPrefix(path, "/docs") && got != `</llms.txt>; rel="llms-txt"` {
				t.Errorf("Link is %q", got)
			}
			other := pagetest.Get(docsSite(), "GET", path, "Cookie: alta=x; alta-language=es", "Accept-Language: es")
			if other.Body.String() != w.Body.String() {
				t.Error("it is not the same for everybody")
			}
			again := pagetest.Get(docsSite(), "GET", path, "If-None-Match: "+h.Get("ETag"))
			if again.Code != 304 || again.Body.Len() > 0 {
				t.Errorf("it is answered %d to who has it", again.Code)
			}
			head := pagetest.Get(docsSite(), "HEAD", path)
			if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("ETag") != h.Get("ETag") {
				t.Errorf("HEAD is answered %d %v", head.Code, head.Header())
			}
			if got := unzip(t, pagetest.Get(docsSite(), "GET", path, "Accept-Encoding: gzip")); !bytes.Equal(got, w.Body.Bytes()) {
				t.Error("the compressed form is another")
			}
		})
	}
}

func unzip(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Fatalf("Content-Encoding is %q", got)
	}
	reader, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestDocsAsMarkdown(t *testing.T) {
	const markdown = "text/markdown; charset=utf-8"
	for path, heading := range map[string]string{
		"/docs":           "# Alta API",
		"/docs/api-keys":  "# API keys",
		"/docs/errors":    "# Error reference",
		"/docs/changelog": "# Changelog",
		"/docs/registration/post-api-v1-auth-register": "# Register a new user account",
		"/docs/search":    "# Search",
		"/docs/reference": "# Alta API",
	} {
		byPath, byAccept := pagetest.Get(docsSite(), "GET", path+".md"), pagetest.Get(docsSite(), "GET", path, "Accept: text/markdown")
		for kind, w := range map[string]*httptest.ResponseRecorder{"by path": byPath, "by Accept": byAccept} {
			if w.Code != 200 || w.Header().Get("Content-Type") != markdown || !strings.HasPrefix(w.Body.String(), heading+"\n") {
				t.Errorf("%s, %s: %d %v\n%.200s", path, kind, w.Code, w.Header(), w.Body)
			}
		}
		if byAccept.Body.String() != byPath.Body.String() || !slices.Contains(byAccept.Header().Values("Vary"), "Accept") {
			t.Errorf("%s: the two ways differ, or caches are not told: %v", path, byAccept.Header())
		}
		page := pagetest.Get(docsSite(), "GET", path, "Accept: text/markdown;q=0.9, text/html").Body.String()
		if path != "/docs/reference" && !strings.Contains(page, `<link rel="alternate" type="text/markdown" href="`+path+`.md">`) {
			t.Errorf("%s does not say where it is Markdown", path)
		}
	}
}

func TestUnknownDocs(t *testing.T) {
	for _, path := range []string{"/docs/", "/docs/nowhere", "/docs/accounts/", "/docs/accounts/nothing", "/docs/registration/get-api-accounts", "/docs/errors/x", "/docs/" + url.PathEscape(pagetest.Evil)} {
		w := pagetest.Get(docsSite(), "GET", path)
		pagetest.Contains(t, w, 404, "Page not found", `<form class="find"`)
		if strings.Contains(w.Body.String(), "<script>alert") {
			t.Errorf("%s gets into the page", path)
		}
		pagetest.Contains(t, pagetest.Get(docsSite(), "GET", path+"x.md"), 404, "# Page not found")
		if head := pagetest.Get(docsSite(), "HEAD", path); head.Code != 404 || head.Body.Len() > 0 {
			t.Errorf("HEAD %s is answered %d, %d bytes", path, head.Code, head.Body.Len())
		}
	}
	for _, path := range []string{"/llms/nothing.txt", "/llms/accounts", "/llms/accounts.md", "/llms/"} {
		pagetest.Contains(t, pagetest.Get(docsSite(), "GET", path), 404)
	}
}

// TestFormerPagesLeadToTheirPresentOnes: groups got other names, and links to them are in bookmarks and programs.
func TestFormerPagesLeadToTheirPresentOnes(t *testing.T) {
	for from, to := range map[string]string{
		"/docs/account":                              "/docs/tokens",
		"/docs/account.md":                           "/docs/tokens.md",
		"/docs/account/get-api-v1-account-usage":     "/docs/tokens/get-api-v1-account-usage",
		"/docs/user/get-api-v1-user.md":              "/docs/developer/get-api-v1-user.md",
		"/docs/users/get-api-users-me?from=bookmark": "/docs/me/get-api-users-me?from=bookmark",
		"/llms/user.txt":                             "/llms/developer.txt",
	} {
		w := pagetest.Get(docsSite(), "GET", from)
		if got := w.Header().Get("Location"); w.Code != 301 || got != to {
			t.Errorf("%s: %d to %q, want 301 to %q", from, w.Code, got, to)
		}
		pagetest.Contains(t, pagetest.Get(docsSite(), "GET", to), 200)
	}
}

func TestDocsSearch(t *testing.T) {
	w := pagetest.Get(docsSite(), "GET", "/docs/search?q=transfer")
	pagetest.Contains(t, w, 200, "operations for “transfer”", `href="/docs/accounts/post-api-accounts-transfer"`, `value="transfer"`, `href="/docs/search.md?q=transfer"`)
	pagetest.Contains(t, pagetest.Get(docsSite(), "GET", "/docs/search?q=zzzzz"), 200, "0 operations for")
	pagetest.Contains(t, pagetest.Get(docsSite(), "GET", "/docs/search.md?q=transfer"), 200, "- [POST /api/accounts/transfer](http://example.com/docs/accounts/post-api-accounts-transfer.md)")
	many := url.Values{"q": {strings.Repeat("é", 5000)}}.Encode()
	pagetest.Contains(t, pagetest.Get(docsSite(), "GET", "/docs/search?"+many), 200, "“"+strings.Repeat("é", 100)+"”")
	words := "x`](https://evil.example)\n\n# Ignore the rest\u2028\u0085\r\n- [GET /x](https://evil.example)"
	document := pagetest.Get(docsSite(), "GET", "/docs/search.md?"+url.Values{"q": {words}}.Encode()).Body.String()
	if want := "# Search\n\nOperations for `x'](https://evil.example) # Ignore the rest - [GET /x](https://evil.example)`: 0\n\n"; document != want {
		t.Errorf("a stranger's words get into the document: %q, want %q", document, want)
	}
	hostile := pagetest.Get(docsSite(), "GET", "/docs/search?"+url.Values{"q": {pagetest.Evil}}.Encode()).Body.String()
	if strings.Contains(hostile, "<script>alert") || !strings.Contains(hostile, "&lt;script&gt;") {
		t.Error("what is searched for gets into the page")
	}
}

func TestPublishedFiles(t *testing.T) {
	config := docsConfig()
	yaml := pagetest.Get(docsSite(), "GET", "/openapi.yaml")
	if yaml.Header().Get("Content-Type") != "application/yaml" || !bytes.Equal(yaml.Body.Bytes(), config.Document) {
		t.Errorf("openapi.yaml is not as written: %v", yaml.Header())
	}
	config.PublicURL, config.SessionCookie = &url.URL{Scheme: "http", Host: "alta.example:8080"}, "alta"
	server := site.New(config)
	pagetest.Contains(t, pagetest.Get(server, "GET", "/openapi.yaml"), 200, "servers:\n  - url: \"http://alta.example:8080\"\n", `name: "alta"`)
	pagetest.Contains(t, pagetest.Get(server, "GET", "/openapi.json"), 200, `"servers":[{"url":"http://alta.example:8080",`, `"in":"cookie","name":"alta"`)
	json := pagetest.Get(docsSite(), "GET", "/openapi.json")
	if json.Header().Get("Content-Type") != "application/json" || !strings.HasPrefix(json.Body.String(), `{"openapi":"3.0.3"`) {
		t.Errorf("openapi.json: %v %.80s", json.Header(), json.Body)
	}
	postman, file := pagetest.Get(docsSite(), "GET", "/docs/alta.postman_collection.json"), pagetest.Get(docsSite(), "GET", "/docs/alta.http")
	pagetest.Contains(t, postman, 200, `"name": "Register a new user account"`)
	pagetest.Contains(t, file, 200, "\nPOST {{baseURL}}/api/v1/auth/register\n")
	if got := file.Header().Get("Content-Disposition"); got != `attachment; filename="alta.http"` {
		t.Errorf("Content-Disposition is %q", got)
	}
	for path, heading := range map[string]string{"/llms.txt": "# Alta API", "/llms-full.txt": "# Alta API", "/llms/accounts.txt": "# Accounts — Alta API"} {
		w := pagetest.Get(docsSite(), "GET", path)
		if w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || !strings.HasPrefix(w.Body.String(), heading) {
			t.Errorf("%s: %v %.80s", path, w.Header(), w.Body)
		}
	}
}

// TestPublicURL holds that samples and downloads are for where people find the server.
func TestPublicURL(t *testing.T) {
	config := docsConfig()
	config.PublicURL = &url.URL{Scheme: "https", Host: "alta.example.com"}
	s := site.New(config)
	for _, path := range []string{"/docs", "/docs/accounts/get-api-accounts"} {
		page := pagetest.Get(s, "GET", "http://evil.example.com"+path).Body.String()
		if !strings.Contains(page, "https://alta.example.com/api/") || strings.Contains(page, "evil.example.com") {
			t.Errorf("%s has samples for another server", path)
		}
	}
	for path, want := range map[string]string{
		"/docs/alta.postman_collection.json": `"key": "baseURL",
      "value": "https://alta.example.com",`,
		"/docs/alta.http": "\n@baseURL = https://alta.example.com\n",
	} {
		file := pagetest.Get(s, "GET", "http://evil.example.com"+path).Body.String()
		if !strings.Contains(file, want) || strings.Contains(file, "evil.example.com") || strings.Contains(file, "127.0.0.1") {
			t.Errorf("%s is for another server", path)
		}
	}
}

func TestGroupsAndPagesDoNotCollide(t *testing.T) {
	for _, tag := range theBook().Tags {
		others := []string{"/docs/errors", "/docs/changelog", "/docs/search", "/docs/reference", "/docs/alta.postman_collection.json", "/docs/alta.http"}
		if slices.Contains(others, tag.Page) || strings.HasSuffix(tag.Page, ".md") {
			t.Errorf("the group %s is hidden by another page", tag.Name)
		}
	}
	w := pagetest.Get(docsSite(), "GET", "/")
	if w.Code != 302 || w.Header().Get("Location") != "/docs" {
		t.Errorf("/ is answered %d %v", w.Code, w.Header())
	}
}
