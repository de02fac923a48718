package site

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/site/pagetest"
)

// walk is a walk through the site in a browser that runs no scripts.
type walk struct {
	t    *testing.T
	tab  *browser.Tab
	look string
	url  string
	api  *fakeAPI
	box  *fakeMailbox
}

func TestInABrowser(t *testing.T) {
	for _, look := range pagetest.Looks {
		t.Run(look.Name, func(t *testing.T) {
			api, box := &fakeAPI{}, mailboxOf()
			server := httptest.NewServer(New(Config{API: api, Mailbox: box, Contract: theContract()}))
			t.Cleanup(server.Close)
			tab := browser.Start(t, append(look.Options, browser.WithoutScripts())...)
			for _, way := range []struct {
				name string
				walk func(*walk)
			}{{"verify", walkVerify}, {"forgot", walkForgot}, {"reset", walkReset}, {"mailbox", walkMailbox}, {"sign-up", walkSignUp}, {"account", walkAccount}} {
				t.Run(way.name, func(t *testing.T) { way.walk(&walk{t, tab, look.Name, server.URL, api, box}) })
			}
			if got := tab.Complaints(); len(got) > 0 {
				t.Errorf("the browser complains: %q", got)
			}
		})
	}
}

// open goes to a page, and sees keeps a picture of it.
func (w *walk) open(path string) { w.tab.Do(w.t, chromedp.Navigate(w.url+path)) }

func (w *walk) sees(name string) {
	w.t.Helper()
	pagetest.See(w.t, w.tab, name+"-"+w.look)
}

// send fills the field, and submits the form.
func (w *walk) send(field, value string) {
	w.t.Helper()
	if field != "" {
		w.tab.Fill(w.t, "#"+field, value)
	}
	w.tab.Follow(w.t, "button")
}

// asked checks what the last form made of itself at the API.
func (w *walk) asked(method, path, body string) {
	w.t.Helper()
	calls := w.api.asked()
	if len(calls) != 1 || calls[0].Method != method || calls[0].URL.Path != path || calls[0].body != body {
		w.t.Errorf("the API was asked %+v, want %s %s %s", calls, method, path, body)
	}
}

// followInFrame clicks the link that fills the mail's frame. The browser shows
// the frame in a process of its own, and loses clicks on it until it knows
// where that is; nothing tells when it does.
func (w *walk) followInFrame(path string) {
	w.t.Helper()
	const middle = `(({x, y, width, height}) => [x + width / 2, y + height / 2])(document.querySelector("iframe").getBoundingClientRect())`
	for try := 0; ; try++ {
		at, err := chromedp.Run(w.tab, chromedp.Location())
		if err != nil {
			w.t.Fatalf("the link in the frame leads nowhere: %v", err)
		}
		if at == w.url+path {
			return
		}
		if try%20 == 0 {
			center, err := chromedp.Run(w.tab, chromedp.Evaluate[[]float64](middle))
			if err != nil || len(center) != 2 {
				w.t.Fatalf("the frame is at %v, %v", center, err)
			}
			w.tab.Do(w.t, chromedp.MouseClickXY(center[0], center[1]))
		}
		w.tab.Do(w.t, chromedp.Sleep(50*time.Millisecond))
	}
}

func walkVerify(w *walk) {
	w.open("/verify-email?token=abc%22")
	w.sees("verify")
	w.api.answer(400, tokenInvalid)
	w.send("", "")
	w.asked("POST", apiVerify, `{"token":"abc\""}`)
	w.sees("verify-invalid")
	w.api.answer(400, invalid("email"))
	w.send("email", "john@doe")
	w.asked("POST", apiResend, `{"email":"john@doe"}`)
	w.sees("resend-error")
	w.api.answer(200, `{}`)
	w.send("email", "john.doe@example.com")
	w.asked("POST", apiResend, `{"email":"john.doe@example.com"}`)
	w.sees("resend-done")
	w.open("/verify-email?token=def")
	w.send("", "")
	w.asked("POST", apiVerify, `{"token":"def"}`)
	w.sees("verify-done")
	w.open("/verify-email")
	w.sees("resend")
}

func walkForgot(w *walk) {
	w.open("/forgot-password")
	w.sees("forgot")
	w.api.answer(400, invalid("email"))
	w.send("email", "john@doe")
	w.asked("POST", apiForgot, `{"email":"john@doe"}`)
	w.sees("forgot-error")
	w.api.later(429, "42", rateLimited)
	w.tab.Follow(w.t, "button") // the value was kept
	w.asked("POST", apiForgot, `{"email":"john@doe"}`)
	w.sees("forgot-limited")
	w.api.answer(500, internal)
	w.tab.Follow(w.t, "button")
	w.sees("forgot-broken")
	w.api.asked()
	w.api.answer(200, `{}`)
	w.send("email", "john.doe@example.com")
	w.asked("POST", apiForgot, `{"email":"john.doe@example.com"}`)
	w.sees("forgot-done")
	w.open("/nowhere")
	w.sees("not-found")
}

func walkReset(w *walk) {
	w.open("/reset-password?token=abc")
	w.sees("reset")
	w.api.answer(400, invalid("newpassword"))
	w.send("newpassword", "contraseña larga")
	w.asked("PUT", apiReset, `{"newpassword":"contraseña larga","token":"abc"}`)
	w.sees("reset-error")
	w.api.answer(200, `{}`)
	w.send("newpassword", "another password")
	w.asked("PUT", apiReset, `{"newpassword":"another password","token":"abc"}`)
	w.sees("reset-done")
	w.open("/reset-password")
	w.sees("reset-invalid")
	w.tab.Follow(w.t, "main a")
	if at, err := chromedp.Run(w.tab, chromedp.Location()); err != nil || at != w.url+"/forgot-password" {
		w.t.Errorf("the link leads to %s, %v", at, err)
	}
}

func walkMailbox(w *walk) {
	w.open("/dev/mailbox")
	w.sees("mailbox-empty")
	other := verification
	other.Name, other.Subject, other.To, other.Date = "2.eml", "Reset your password", "maria.fernanda.gutierrez@universidad.example.com", other.Date.Add(-60e9)
	w.box.mails = map[string]Mail{verification.Name: verification, hostile.Name: hostile, other.Name: other}
	w.open("/dev/mailbox")
	w.sees("mailbox")
	w.open(hostile.Path())
	w.sees("mail-hostile")
	w.open("/dev/mailbox/" + verification.Name)
	w.sees("mail")
	w.tab.Do(w.t, chromedp.ScrollIntoView(chromedp.CSS("iframe")))
	w.followInFrame("/verify-email?token=abc")
}
