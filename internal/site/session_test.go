package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/site/static"
)

const signedInCookie = "Cookie: alta=session; alta-device=d"

// trySite is a site with one page more, /try, that reads from the API and whose
// form changes something there.
func trySite(api http.Handler) *Site {
	s := New(Config{API: api, Contract: theContract(), SessionCookie: "alta", PublicURL: &url.URL{Scheme: "https", Host: "alta.example.com"}})
	show := func(v *visit) {
		var got struct{ Name string }
		if v.get("/api/users/me", &got) {
			v.showCard(http.StatusOK, card{Heading: "Hello " + got.Name})
		}
	}
	send := func(v *visit) {
		values, ok := v.readForm()
		if !ok {
			return
		}
		if a := v.call(http.MethodPatch, "/api/users/me", map[string]string{"name": values.Get("name")}, v.idempotencyKey()); !a.ok() {
			v.showError(a)
			return
		}
		v.redirectDone("/try", "tried")
	}
	pages := section[*visit]{s, func(v *visit) *visit { return v }}
	pages.addMemberPage("/try", show, send)
	return s
}

func TestMembersOnly(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{}`}
	s := trySite(api)
	for _, test := range []struct{ method, target, cookie, want string }{
		{"GET", "/try?month=3", "", "/login?next=%2Ftry%3Fmonth%3D3"},
		{"POST", "/try?month=3", "", "/login?next=%2Ftry"},
		{"GET", "/try", "alta=", "/login?next=%2Ftry"},
		{"GET", "/try", "alta-device=d", "/login?next=%2Ftry"},
	} {
		w := get(s, test.method, test.target, "Cookie: "+test.cookie)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != test.want {
			t.Errorf("%s %s with %q: %d to %q, want %q", test.method, test.target, test.cookie, w.Code, got, test.want)
		}
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

// TestAsTheCaller: the API gets the caller's cookie, and what tells it where a
// form was sent from; the caller gets the cookies that the API sets.
func TestAsTheCaller(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{"name":"John"}`}
	s := trySite(api)
	w := get(s, "GET", "/try", signedInCookie, "X-Api-Key: k", "Authorization: Bearer x")
	contains(t, w, 200, "Hello John", "Log out", `action="/language"`)
	for name, want := range map[string]string{
		"Content-Security-Policy": static.ScriptPolicy, "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	call := api.asked()[0]
	if got := call.Header.Get("Cookie"); got != strings.TrimPrefix(signedInCookie, "Cookie: ") || call.Header.Get("X-Api-Key")+call.Header.Get("Authorization")+call.body != "" {
		t.Errorf("the API was asked with %v, %q", call.Header, call.body)
	}

	w = post(s, "/try", url.Values{"name": {"Jane"}, "idempotency": {"i-1"}}, signedInCookie, "Origin: https://alta.example.com", "Sec-Fetch-Site: same-origin")
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != "/try?done=tried" || w.Header().Get("Set-Cookie") != "alta=secret" {
		t.Errorf("the form is answered %d %v", w.Code, w.Header())
	}
	call = api.asked()[0]
	for name, want := range map[string]string{
		"Origin": "https://alta.example.com", "Sec-Fetch-Site": "same-origin", "Idempotency-Key": "i-1", "Content-Type": "application/json",
	} {
		if got := call.Header.Get(name); got != want {
			t.Errorf("the API was asked with %s %q, want %q", name, got, want)
		}
	}
	if got := call.Header.Get("Accept-Language"); got != "en" { // what the page is in
		t.Errorf("the API was asked for %q", got)
	}
	if call.Method != "PATCH" || call.body != `{"name":"Jane"}` {
		t.Errorf("the API was asked %s %s", call.Method, call.body)
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	api := &fakeAPI{status: 200, body: `{}`}
	s := trySite(api)
	for _, headers := range [][]string{
		{"Sec-Fetch-Site: cross-site"},
		{"Sec-Fetch-Site: same-site"},
		{"Origin: https://evil.example.com"},
		{"Origin: null"},
	} {
		w := post(s, "/try", url.Values{"name": {"Evil"}}, append(headers, signedInCookie)...)
		contains(t, w, 403, "sent from another site")
	}
	if calls := api.asked(); len(calls) > 0 {
		t.Errorf("the API was asked %v", calls)
	}
}

func TestErrors(t *testing.T) {
	api := &fakeAPI{}
	s := trySite(api)
	for _, test := range []struct {
		status, want int
		body, says   string
	}{
		{403, 403, `{"message":"Forbidden resource"}`, "You are not allowed to do that"},
		{404, 404, `{}`, "may have been deleted"},
		{500, 500, internal, "r-4&lt;i&gt;"},
		{502, 500, "not JSON", "went wrong on our side"},
	} {
		api.answer(test.status, test.body)
		contains(t, get(s, "GET", "/try", signedInCookie), test.want, test.says)
	}
	api.later(429, "42", rateLimited)
	contains(t, get(s, "GET", "/try", signedInCookie), 429, "Wait 42 seconds")
	api.answer(401, `{"statusCode":401,"message":"Unauthorized"}`)
	if w := get(s, "GET", "/try", signedInCookie); w.Header().Get("Location") != "/login?next=%2Ftry" {
		t.Errorf("a session that has ended leads to %v", w.Header())
	}
}

func TestLocalPath(t *testing.T) {
	for path, want := range map[string]string{
		"/app":                  "/app",
		"/app?month=3&x=//y":    "/app?month=3&x=//y",
		"":                      "/",
		"app":                   "/",
		"//evil.example.com":    "/",
		"/\\evil.example.com":   "/",
		"/\t/evil.example.com":  "/",
		"https://evil.example":  "/",
		"javascript:alert(1)":   "/",
		"/%zz":                  "/",
		"/a\r\nSet-Cookie: b=c": "/",
	} {
		if got := localPath(path, "/"); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}

func TestSetLanguage(t *testing.T) {
	s := trySite(&fakeAPI{status: 200, body: `{}`})
	w := post(s, "/language", url.Values{"language": {"es"}, "back": {"/try?month=3"}})
	const want = "alta-language=es; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax"
	if got := w.Header().Get("Set-Cookie"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/try?month=3" || got != want {
		t.Errorf("answered %d %v", w.Code, w.Header())
	}
	contains(t, get(s, "GET", "/try", "Accept-Language: en", "Cookie: alta=s; alta-language=es"), 200, `lang="es"`, "Cerrar sesión")
	contains(t, get(s, "GET", "/try", "Accept-Language: es", "Cookie: alta=s; alta-language=xx"), 200, `<html lang="es"`)
	if w := post(s, "/language", url.Values{"language": {"en"}, "back": {"//evil.example.com"}}); w.Header().Get("Location") != "/" {
		t.Errorf("a form leads to %q", w.Header().Get("Location"))
	}
	w = post(s, "/language", url.Values{"language": {"<de>"}})
	if contains(t, w, 400, "could not be read"); w.Header().Get("Set-Cookie") != "" {
		t.Errorf("an unknown language sets %v", w.Header())
	}
}
