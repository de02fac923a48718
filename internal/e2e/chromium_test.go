package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// TestPagesInABrowser follows the links of mails, from the development mailbox on,
// in a browser that runs no scripts.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	v := visitor{s, browser.Start(t, browser.WithoutScripts())}
	const email = "user@example.com"
	checkRegistered(t, email, s.call(t, 200, "POST", "/api/v1/auth/register",
		apiRegistration(email, password, s.invite(t, databaseURL))))

	v.open(t, "/verify-email?token=wrong")
	v.sees(t, "chromium-verify-wrong", "This link does not work")
	link := v.openMail(t, subjectVerify)
	v.sees(t, "chromium-verify", "Verify your email")
	v.press(t, "chromium-verified", "All set")
	session := s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)
	s.checkSession(t, email, session)
	v.tab.Do(t, chromedp.Navigate(link))
	v.press(t, "chromium-verify-used", "All set")

	v.open(t, "/forgot-password")
	v.tab.Fill(t, "#email", email)
	v.press(t, "chromium-forgot", "Check your inbox")
	v.resetPassword(t, email, session)
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// resetPassword follows the link of the reset mail and sets another password.
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
