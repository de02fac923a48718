package site

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/problem"
)

// TestSignUpScripts: what scripts add to the forms.
func TestSignUpScripts(t *testing.T) {
	api := &fakeAPI{}
	server := httptest.NewServer(signUpSite(api))
	t.Cleanup(server.Close)
	tab := browser.Start(t)
	tab.Do(t, chromedp.Navigate(server.URL+"/login"))
	tab.Fill(t, "#email", "john.doe@example.com")
	tab.Fill(t, "#password", "SecurePass123!")
	for _, want := range []struct{ says, label, kind string }{
		{"Show", "Show: Password", "password"}, {"Hide", "Hide: Password", "text"}, {"Show", "Show: Password", "password"},
	} {
		is(t, tab, `document.querySelector(".secret button").textContent`, want.says)
		is(t, tab, `document.querySelector(".secret button").ariaLabel`, want.label)
		is(t, tab, `document.querySelector("#password").type`, want.kind)
		is(t, tab, `document.querySelector("#password").value`, "SecurePass123!")
		browser.Screenshot(t, tab, "login-password-"+want.kind)
		tab.Axe(t)
		tab.Do(t, chromedp.Click(chromedp.CSS(".secret button")))
	}

	// Shown or not, it is sent; and while the API wants no more, nothing is.
	api.fail(problem.ErrLocked.After(3599 * time.Second))
	tab.Follow(t, "main form button[type=submit]")
	if calls := api.asked(); len(calls) != 1 || calls[0].body != `{"email":"john.doe@example.com","password":"SecurePass123!"}` {
		t.Errorf("the API was asked %+v", calls)
	}
	const button = `document.querySelector("main form button[type=submit]")`
	is(t, tab, `String(`+button+`.disabled)`, "true")
	is(t, tab, button+`.textContent.replace(/ \(59:\d\d\)$/, " (m:s)")`, "Log in (m:s)")
	browser.Screenshot(t, tab, "login-wait")
	tab.Axe(t)
	api.fail(problem.ErrLocked.After(time.Second))
	tab.Do(t, chromedp.Navigate(server.URL+"/login"))
	tab.Fill(t, "#email", "john.doe@example.com")
	tab.Fill(t, "#password", "SecurePass123!")
	tab.Follow(t, "main form button[type=submit]")
	tab.Do(t, chromedp.WaitEnabled(chromedp.CSS("main form button[type=submit]")))
	is(t, tab, button+`.textContent`, "Log in")
	is(t, tab, `String(document.querySelector("[data-wait]").hidden)`, "true")
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// is checks what the expression gives in the tab.
func is(t *testing.T, tab *browser.Tab, expression, want string) {
	t.Helper()
	if got, err := chromedp.Run(tab, chromedp.Evaluate[string](expression)); err != nil || got != want {
		t.Errorf("%s is %q, %v, want %q", expression, got, err, want)
	}
}
