package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// visitor is a person with a browser that runs no scripts, who has signed up
// at a server with the development mailbox.
type visitor struct {
	*server
	tab *browser.Tab
}

// TestPagesInABrowser goes the ways that mails lead, from the development
// mailbox on.
func TestPagesInABrowser(t *testing.T) {
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	v := visitor{s, browser.Start(t, browser.WithoutScripts())}
	const email = "user@example.com"
	checkRegistered(t, email, s.call(t, 200, "POST", "/api/v1/auth/register",
		apiRegistration(email, password, s.invite(t, databaseURL))))

	v.open(t, "/verify-email?token=wrong")
	v.press(t, "chromium-verify-wrong", "This link does not work")
	link := v.openMail(t, subjectVerify)
	v.sees(t, "chromium-verify", "Verify your email")
	v.press(t, "chromium-verified", "All set")
	session := s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)
	s.checkSession(t, email, session)
	v.tab.Do(t, chromedp.Navigate(link))
	v.press(t, "chromium-verify-used", "This link does not work")

	v.open(t, "/forgot-password")
	v.tab.Fill(t, "#email", email)
	v.press(t, "chromium-forgot", "Check your inbox")
	v.resetPassword(t, email, session)
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// resetPassword follows the mail that was asked for, and sets another password.
func (v visitor) resetPassword(t *testing.T, email, session string) {
	t.Helper()
	const other = "otra contraseña larga"
	link := v.openMail(t, subjectReset)
	v.sees(t, "chromium-reset-form", "Choose a new password")
	v.tab.Fill(t, "#newpassword", other)
	v.press(t, "chromium-reset", "Password updated")
	v.call(t, 401, "GET", "/api/auth/profile", "", bearer(session))
	v.call(t, 401, "POST", "/api/v1/auth/login", credentials(email, password))
	v.checkSession(t, email, v.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, other)).token(t))

	v.tab.Do(t, chromedp.Navigate(link))
	v.tab.Fill(t, "#newpassword", "yet another password")
	v.press(t, "chromium-reset-used", "This link does not work")
	v.call(t, 401, "POST", "/api/v1/auth/login", credentials(email, "yet another password"))
	v.open(t, "/reset-password?token=wrong")
	v.tab.Fill(t, "#newpassword", "yet another password")
	v.press(t, "chromium-reset-wrong", "This link does not work")
}

func (v visitor) open(t *testing.T, path string) {
	t.Helper()
	v.tab.Do(t, chromedp.Navigate(v.url+path))
}

// sees keeps a picture of the page and holds it to its heading.
func (v visitor) sees(t *testing.T, name, heading string) {
	t.Helper()
	browser.Screenshot(t, v.tab, name)
	if got := v.tab.Text(t, "h1"); got != heading {
		t.Errorf("%s: the heading is %q, want %q: %s", name, got, heading, v.tab.Text(t, "main"))
	}
}

// press presses the button, which leads to a page with the heading.
func (v visitor) press(t *testing.T, name, heading string) {
	t.Helper()
	v.tab.Follow(t, "main form button")
	v.sees(t, name, heading)
}

// openMail opens the newest mail with the subject by way of the mailbox, and
// follows its link, which it returns.
func (v visitor) openMail(t *testing.T, subject string) (link string) {
	t.Helper()
	var path string
	eventually(t, subject+" is in the mailbox", func() error {
		if path = v.mailPath(t, subject); path == "" {
			return errors.New("it is not")
		}
		return nil
	})
	v.open(t, "/dev/mailbox")
	v.sees(t, "chromium-mailbox", "Mailbox")
	v.tab.Follow(t, fmt.Sprintf("main a[href=%q]", path))
	v.sees(t, "chromium-mail", subject)
	found := linkInMail.FindStringSubmatch(v.call(t, 200, "GET", path, "").body)
	if found == nil || !strings.HasPrefix(found[1], v.url) {
		t.Fatalf("the mail has no link: %q", found)
	}
	v.tab.Follow(t, `main .text a[href*="token="]`)
	return found[1]
}
