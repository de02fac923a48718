package site

import (
	"strings"
	"testing"

	"example.com/alta/internal/site/pagetest"
)

// TestSessionName: pages and /session call each session by its own name, which does not
// contain it, and say nothing of a session that has ended.
func TestSessionName(t *testing.T) {
	api := &fakeAPI{status: 200}
	api.answer(200, `{"sessions":[]}`)
	s := New(Config{API: api, Contract: theContract(), SessionCookie: memberCookie})
	name := func(cookie string) string {
		t.Helper()
		w := pagetest.Get(s, "GET", pathSession, "Cookie: "+memberCookie+"="+cookie)
		if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Vary") != "Cookie" {
			t.Errorf("got %d %v", w.Code, w.Header())
		}
		return w.Body.String()
	}
	ada, bob := name("ada's session"), name("bob's session")
	if len(ada) != 32 || ada == bob || strings.Contains(ada, "ada") || ada != name("ada's session") {
		t.Errorf("the names are %q and %q", ada, bob)
	}
	api.asked()
	if got, calls := name(""), api.asked(); got != "" || len(calls) > 0 {
		t.Errorf("nobody is called %q, and the API was asked %v", got, calls)
	}
	contains(t, pagetest.Get(s, "GET", "/login", "Cookie: "+memberCookie+"=ada's session"), 200, `<meta name="alta-session" content="`+ada+`">`)
	contains(t, pagetest.Get(s, "GET", "/login"), 200, `<meta name="alta-session" content="">`)
	for _, status := range []int{401, 403} {
		api.answer(status, `{}`)
		if got := name("ada's session"); got != "" {
			t.Errorf("%d: the session is called %q, want nothing", status, got)
		}
	}
	for _, status := range []int{429, 503} { // it may be alive
		api.answer(status, `{}`)
		if w := pagetest.Get(s, "GET", pathSession, "Cookie: "+memberCookie+"=ada's session"); w.Code != 503 || w.Body.Len() > 0 {
			t.Errorf("%d: got %d %s", status, w.Code, w.Body)
		}
	}
}
