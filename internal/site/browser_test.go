package site

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site/pagetest"
)

// walk is a walk through the site in a browser that runs no scripts.
type walk struct {
	pagetest.Walk
	api *fakeAPI
}

func TestInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks {
		t.Run(look.Name, func(t *testing.T) {
			api := &fakeAPI{}
			server := httptest.NewServer(New(Config{API: api, Mailbox: emptyBox{}, Contract: theContract()}))
			t.Cleanup(server.Close)
			tab := browser.Start(t, append(look.Options, browser.WithoutScripts())...)
			for _, way := range []struct {
				name string
				walk func(*walk)
			}{{"verify", walkVerify}, {"forgot", walkForgot}, {"reset", walkReset}, {"sign-up", walkSignUp}, {"account", walkAccount}} {
				t.Run(way.name, func(t *testing.T) {
					way.walk(&walk{pagetest.Walk{T: t, Tab: tab, Look: look.Name, URL: server.URL}, api})
				})
			}
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// send fills the field, and submits the form.
func (w *walk) send(field, value string) {
	w.T.Helper()
	if field != "" {
		w.Tab.Fill(w.T, "#"+field, value)
	}
	w.Tab.Follow(w.T, "button")
}

// asked checks what the last form made of itself at the API.
func (w *walk) asked(method, path, body string) {
	w.T.Helper()
	calls := w.api.asked()
	if len(calls) != 1 || calls[0].Method != method || calls[0].URL.Path != path || calls[0].body != body {
		w.T.Errorf("the API was asked %+v, want %s %s %s", calls, method, path, body)
	}
}

func walkVerify(w *walk) {
	w.api.on("POST "+apiSignUp, 200, signUpOf("john.doe@example.com", "203.0.113.7",
		"Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0", false))
	w.Open("/verify-email?token=abc%22")
	w.Sees("verify")
	w.Tab.Do(w.T, chromedp.Click(chromedp.CSS("details summary")))
	w.Sees("verify-not-me")
	w.api.asked()
	w.Tab.Follow(w.T, "details button")
	w.asked("POST", apiReject, `{"token":"abc\""}`)
	w.Sees("verify-rejected")
	w.Open("/verify-email?token=abc%22")
	w.api.asked()
	w.api.answer(400, tokenInvalid)
	w.send("", "")
	w.asked("POST", apiVerify, `{"token":"abc\""}`)
	w.Sees("verify-invalid")
	w.api.answer(400, invalid("email"))
	w.send("email", "john@doe")
	w.asked("POST", apiResend, `{"email":"john@doe"}`)
	w.Sees("resend-error")
	w.api.answer(200, `{}`)
	w.send("email", "john.doe@example.com")
	w.asked("POST", apiResend, `{"email":"john.doe@example.com"}`)
	w.Sees("resend-done")
	w.Open("/verify-email?token=def")
	w.api.asked()
	w.send("", "")
	w.asked("POST", apiVerify, `{"token":"def"}`)
	w.Sees("verify-done")
	w.Open("/verify-email")
	w.Sees("resend")
}

func walkForgot(w *walk) {
	w.Open("/forgot-password")
	w.Sees("forgot")
	w.api.answer(400, invalid("email"))
	w.send("email", "john@doe")
	w.asked("POST", apiForgot, `{"email":"john@doe"}`)
	w.Sees("forgot-error")
	w.api.later(429, "42", rateLimited)
	w.Tab.Follow(w.T, "button") // the value was kept
	w.asked("POST", apiForgot, `{"email":"john@doe"}`)
	w.Sees("forgot-limited")
	w.api.answer(500, internal)
	w.Tab.Follow(w.T, "button")
	w.Sees("forgot-broken")
	w.api.asked()
	w.api.answer(200, `{}`)
	w.send("email", "john.doe@example.com")
	w.asked("POST", apiForgot, `{"email":"john.doe@example.com"}`)
	w.Sees("forgot-done")
	w.Open("/nowhere")
	w.Sees("not-found")
}

func walkReset(w *walk) {
	w.Open("/reset-password?token=abc")
	w.Sees("reset")
	w.api.answer(400, invalid("newpassword"))
	w.send("newpassword", "contraseña larga")
	w.asked("PUT", apiReset, `{"newpassword":"contraseña larga","token":"abc"}`)
	w.Sees("reset-error")
	w.api.answer(200, `{}`)
	w.send("newpassword", "another password")
	w.asked("PUT", apiReset, `{"newpassword":"another password","token":"abc"}`)
	w.Sees("reset-done")
	w.Open("/reset-password")
	w.Sees("reset-invalid")
	w.Tab.Follow(w.T, "main a")
	if at, err := chromedp.Run(w.Tab, chromedp.Location()); err != nil || at != w.URL+"/forgot-password" {
		w.T.Errorf("the link leads to %s, %v", at, err)
	}
}
