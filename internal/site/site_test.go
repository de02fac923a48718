package site

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/locale"
	"example.com/alta/internal/site/pagetest"
	"example.com/alta/internal/site/static"
)

func TestRoutes(t *testing.T) {
	forms, reads := []string{"GET", "HEAD", "POST"}, []string{"GET", "HEAD"}
	public := []Route{
		{forms, "/verify-email", false},
		{forms, "/forgot-password", false},
		{forms, "/reset-password", false},
		{forms, "/confirm-deletion", false},
		{[]string{"POST"}, "/language", false},
		{reads, "/session", false},
		{reads, "/", false},
		{reads, "/docs", false},
		{reads, "/docs.md", false},
		{reads, "/docs/*", false},
		{reads, "/openapi.yaml", false},
		{reads, "/openapi.json", false},
		{reads, "/llms.txt", false},
		{reads, "/llms-full.txt", false},
		{reads, "/llms/:file", false},
		{forms, "/register", false},
		{forms, "/join", false},
		{forms, "/login", false},
		{[]string{"POST"}, "/logout", false},
		{reads, "/pricing", false},
		{reads, "/account", false},
		{forms, "/account/credentials", false},
		{forms, "/account/profile", false},
		{forms, "/account/notifications", false},
		{forms, "/account/delete", false},
		{reads, "/app", false},
		{forms, "/app/add", false},
		{reads, "/app/transactions", false},
		{forms, "/app/transactions/:id", false},
		{forms, "/app/accounts", false},
		{forms, "/app/accounts/:id", false},
		{forms, "/app/accounts/:id/deposit", false},
		{forms, "/app/transfer", false},
		{forms, "/app/categories", false},
		{forms, "/app/categories/:id", false},
		{forms, "/app/budgets", false},
		{forms, "/app/budgets/:id", false},
		{reads, "/assets/*", false},
		{reads, "/favicon.ico", false},
		{reads, "/robots.txt", false},
	}
	if got := New(Config{}).Routes(); !reflect.DeepEqual(got, public) {
		t.Errorf("without a mailbox: got %v, want %v", got, public)
	}
	all := append(public,
		Route{reads, "/dev/mailbox", true},
		Route{reads, "/dev/mailbox/:name", true},
		Route{reads, "/dev/mailbox/:name/html", true},
		Route{reads, "/dev/mailbox/:name/raw", true},
	)
	if got := New(Config{Mailbox: emptyBox{}}).Routes(); !reflect.DeepEqual(got, all) {
		t.Errorf("with a mailbox: got %v, want %v", got, all)
	}
}

func TestHeaders(t *testing.T) {
	api := &fakeAPI{status: 200}
	api.on("POST "+apiSignUp, 200, signUpOf("a@b.c", "", "", false))
	s := New(Config{API: api, Contract: theContract()})
	for _, test := range []struct{ method, target, policy string }{
		{"GET", "/verify-email?token=abc", static.Policy},
		{"GET", "/forgot-password", static.Policy},
		{"GET", "/reset-password", static.Policy},
		{"POST", "/forgot-password", static.Policy},
		{"GET", "/nowhere", static.Policy},
		{"PUT", "/verify-email", static.Policy},
	} {
		t.Run(test.method+" "+test.target, func(t *testing.T) {
			h := get(s, test.method, test.target).Header()
			for name, want := range map[string]string{
				"Content-Type":            "text/html; charset=utf-8",
				"Content-Language":        "en",
				"Vary":                    "Accept-Language",
				"Cache-Control":           "no-store",
				"Referrer-Policy":         "no-referrer",
				"Content-Security-Policy": test.policy,
				"Set-Cookie":              "",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
	const want = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if static.Policy != want {
		t.Errorf("the pages' policy is %q, want %q", static.Policy, want)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	api := &fakeAPI{status: 200}
	s := New(Config{API: api})
	for _, target := range []string{"/nowhere", "/verify-email/", "/assets/", "/assets/nope.css", "/assets/..%2fsite.go", "/dev/mailbox", "/dev/mailbox/a", "/%3Cscript%3E"} {
		contains(t, get(s, "GET", target), 404, "Page not found")
	}
	for path, allow := range map[string]string{"/verify-email": "GET, HEAD, POST", "/assets/site.css": "GET, HEAD"} {
		w := get(s, "DELETE", path)
		contains(t, w, 405, "does not support that method")
		if got := w.Header().Get("Allow"); got != allow {
			t.Errorf("%s allows %q, want %q", path, got, allow)
		}
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

func TestHead(t *testing.T) {
	api := &fakeAPI{}
	s := New(Config{API: api})
	for _, target := range []string{"/confirm-deletion?token=a", "/forgot-password", "/assets/site.css"} {
		head, whole := get(s, "HEAD", target), get(s, "GET", target)
		if head.Code != 200 || head.Header().Get("Content-Length") != whole.Header().Get("Content-Length") {
			t.Errorf("HEAD %s answers %d %v, GET %v", target, head.Code, head.Header(), whole.Header())
		}
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

func TestAssets(t *testing.T) {
	s := New(Config{})
	page := get(s, "GET", "/forgot-password").Body.String()
	for _, a := range []*static.Asset{stylesheet, static.Icon} {
		if !strings.Contains(page, `href="`+a.Path()+`"`) {
			t.Errorf("no page links to %s", a.Path())
		}
		w := get(s, "GET", a.Path())
		h := w.Header()
		if w.Code != 200 || h.Get("Content-Type") != a.ContentType || h.Get("Cache-Control") != "public, max-age=3600" || !slices.Equal(w.Body.Bytes(), a.Content()) {
			t.Errorf("%s is answered %d %v", a.Path(), w.Code, h)
		}
		again := get(s, "GET", a.Path(), "If-None-Match: "+h.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s is answered %d to who has it", a.Path(), again.Code)
		}
	}
}

func TestLanguages(t *testing.T) {
	s := New(Config{})
	for accept, want := range map[string]string{
		"":                        "en",
		"en-GB":                   "en",
		"es":                      "es",
		"es-419,es;q=0.9":         "es",
		"es-MX":                   "es",
		"de,es;q=0.8,en;q=0.5":    "es",
		"en,es;q=0.9":             "en",
		"fr":                      "en",
		"*":                       "en",
		";;;q=x":                  "en",
		strings.Repeat("-", 5000): "en",
	} {
		w := get(s, "GET", "/forgot-password", "Accept-Language: "+accept)
		contains(t, w, 200, `<html lang="`+want+`">`)
		if got := w.Header().Get("Content-Language"); got != want {
			t.Errorf("%.20s: Content-Language is %q, want %q", accept, got, want)
		}
	}
}

// TestTextsAreWhole finds what one language lacks.
func TestTextsAreWhole(t *testing.T) {
	named := textsWithName("Alta")
	reference := wordsOf(reflect.ValueOf(*named[locale.English]), "")
	for _, text := range named {
		words := wordsOf(reflect.ValueOf(*text), "")
		for name, want := range reference {
			value, ok := words[name]
			if !ok || value == "" {
				t.Errorf("%s lacks %s", text.Language, name)
			}
			for _, verb := range []string{"%d", "%s"} {
				if strings.Count(value, verb) != strings.Count(want, verb) {
					t.Errorf("%s: %s has not as many %s as in English", text.Language, name, verb)
				}
			}
		}
		if len(words) != len(reference) {
			t.Errorf("%s has %d words, English %d", text.Language, len(words), len(reference))
		}
	}
}

// wordsOf returns every text that v, a struct of texts, holds, by its path.
func wordsOf(v reflect.Value, path string) map[string]string {
	words := map[string]string{}
	switch v.Kind() {
	case reflect.String:
		words[path] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			maps.Copy(words, wordsOf(v.Field(i), path+"."+v.Type().Field(i).Name))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			maps.Copy(words, wordsOf(v.MapIndex(key), path+"."+key.String()))
		}
	default:
		panic(path + " is no text")
	}
	return words
}

func TestWait(t *testing.T) {
	for seconds, want := range map[int]string{
		-1: "Wait a moment,", 0: "Wait a moment,", 1: "Wait 1 second,", 2: "Wait 2 seconds,", 120: "Wait 120 seconds,",
		121: "Wait 3 minutes,", 180: "Wait 3 minutes,", 3600: "Wait 60 minutes,",
	} {
		if got := english.describeWait(seconds); !strings.HasPrefix(got, want) {
			t.Errorf("%d: got %q, want %q", seconds, got, want)
		}
	}
}

func TestFormsThatCannotBeRead(t *testing.T) {
	api := &fakeAPI{status: 200}
	s := New(Config{API: api})
	for _, path := range []string{"/verify-email", "/forgot-password", "/reset-password"} {
		contains(t, post(s, path, url.Values{"email": {strings.Repeat("x", maxForm)}}), 413, "too long")
		malformed, err := http.NewRequest("POST", path, strings.NewReader("email=%zz"))
		if err != nil {
			t.Fatal(err)
		}
		contains(t, do(s, malformed, []string{"Content-Type: application/x-www-form-urlencoded"}), 400, "could not be read")
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
	api.answer(413, `{"code":"too_large"}`)
	contains(t, post(s, "/forgot-password", url.Values{"email": {strings.Repeat("x", maxForm/2)}}), 413, "too long")
}

// TestFormsTakeTextOnly: what the API refuses in JSON, pages refuse in forms. Eight
// times 0xF1 must not open what eight times 0xE9 locks.
func TestFormsTakeTextOnly(t *testing.T) {
	api := &fakeAPI{status: 200}
	s := New(Config{API: api, Contract: theContract(), SessionCookie: memberCookie})
	const form = "Content-Type: application/x-www-form-urlencoded"
	for _, route := range s.Routes() {
		if !slices.Contains(route.Methods, "POST") || route.Path == "/logout" { // it reads none
			continue
		}
		path := strings.ReplaceAll(route.Path, ":id", "7d9f3f3a-52a3-4a4c-9d60-0c3c1a2f6d11")
		for _, test := range []struct{ what, body, header string }{
			{"another encoding", "email=a%40b.example&password=" + strings.Repeat("%F1", 8), form},
			{"another encoding, not escaped", "password=" + strings.Repeat("\xf1", 8), form},
			{"half a surrogate", "description=%ED%A0%80", form},
			{"a name in another encoding", "%E9=1", form},
			{"NUL", "email=a%00&password=b", form},
			{"a key that is not ASCII", "idempotency=%C3%A9", form},
			{"a key with a line break", "idempotency=a%0D%0Ab", form},
			{"a key that is too long", "idempotency=" + strings.Repeat("k", 256), form},
			{"JSON", "{}", "Content-Type: application/json"},
			{"parts", "--x\r\nContent-Disposition: form-data; name=email\r\n\r\na\r\n--x--\r\n", "Content-Type: multipart/form-data; boundary=x"},
			{"no media type", "email=a", "Content-Type: "},
		} {
			sent := httptest.NewRequest("POST", path, strings.NewReader(test.body))
			if w := do(s, sent, []string{test.header, "Cookie: " + memberCookie + "=x"}); w.Code != 400 {
				t.Errorf("%s, %s: got %d", path, test.what, w.Code)
			}
		}
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

// TestPagesAreIsolated: a page of another site can neither keep a handle of a window
// with a page of this one nor embed what is served.
func TestPagesAreIsolated(t *testing.T) {
	s := New(Config{Contract: theContract()})
	unknown := httptest.NewRecorder() // where the API would answer
	r := httptest.NewRequest("GET", "/nowhere", nil)
	r.Header.Set("Accept", "text/html")
	if !s.ServeUnknown(unknown, r) {
		t.Error("there is no page for an unknown path")
	}
	for path, w := range map[string]*httptest.ResponseRecorder{
		"/login": pagetest.Get(s, "GET", "/login"), "/assets/nothing": pagetest.Get(s, "GET", "/assets/nothing"),
		"/session": pagetest.Get(s, "GET", "/session"), "/nowhere": unknown,
	} {
		for _, name := range []string{"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
			if got := w.Header().Get(name); got != "same-origin" {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}
