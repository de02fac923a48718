package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// TestAccountByPages is what a developer does with an account in a browser, from the
// first key to its deletion.
func TestAccountByPages(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "user@example.com")
	v := visitor{s, browser.Start(t)}
	v.open(t, "/account")
	v.submit(t, map[string]string{"email": d.email, "password": password})
	v.expectPath(t, "/account")
	v.sees(t, "pages-account-new", "Account")
	v.says(t, ".left", "2,000 of 2,000 tokens left")

	key := v.makeKey(t)
	v.logOut(t)
	if got := v.kept(t); got != "" {
		t.Errorf("logged out, the tab still keeps %q", got)
	}
	v.open(t, "/account/credentials")
	v.submit(t, map[string]string{"email": d.email, "password": password})
	key = v.rotateKey(t, key)
	v.spend(t, databaseURL, d.email, key)
	v.revokeKey(t, key)
	v.endSession(t, d.session)
	v.changeRecord(t)
	v.deleteAccount(t)
	if strings.Contains(s.log.String(), key) {
		t.Error("the key is in the log")
	}
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

func (v visitor) rotateKey(t *testing.T, old string) (key string) {
	t.Helper()
	v.tab.Do(t,
		chromedp.Click(chromedp.CSS("[data-key-id] summary")),
		chromedp.SetValue(chromedp.CSS("[data-key-id] select"), "0"),
	)
	v.tab.Follow(t, "[data-key-id] details button")
	key = v.newKey(t, "pages-rotated-key")
	v.call(t, 401, "GET", "/api/v1/sandbox", "", byKey(old))
	return key
}

// spend makes a call and takes the remaining tokens, and looks at the balance after
// each.
func (v visitor) spend(t *testing.T, databaseURL, email, key string) {
	t.Helper()
	v.call(t, 200, "GET", "/api/v1/sandbox", "", byKey(key))
	v.open(t, "/account")
	v.sees(t, "pages-account", "Account")
	v.says(t, ".left", "1,990 of 2,000 tokens left")
	v.says(t, ".top", "GET /api/v1/sandbox")
	v.says(t, ".tokens", "−10")
	alta(t, databaseURL, "", "tokens", "grant", email, "-1990", "--reason", "to have none left")
	v.open(t, "/account?days=7")
	v.sees(t, "pages-account-empty", "Account")
	v.says(t, ".warning", "No tokens left")
	v.call(t, 402, "GET", "/api/v1/sandbox", "", byKey(key))
}

func (v visitor) endSession(t *testing.T, session string) {
	t.Helper()
	v.call(t, 200, "GET", "/api/auth/profile", "", bearer(session))
	v.says(t, "section:nth-of-type(2)", "Go-http-client")
	v.tab.Do(t, chromedp.Click(chromedp.CSS("section:nth-of-type(2) .entries .danger summary")))
	v.tab.Follow(t, "section:nth-of-type(2) .entries .danger button")
	v.says(t, "[data-toast]", "Session ended")
	v.call(t, 401, "GET", "/api/auth/profile", "", bearer(session))
	v.expectPath(t, "/account/credentials")
}

func (v visitor) changeRecord(t *testing.T) {
	t.Helper()
	v.open(t, "/account/profile")
	if many, err := chromedp.Run(v.tab, chromedp.Evaluate[bool](`document.querySelector("#timezone").list.options.length > 100`)); err != nil || !many {
		t.Errorf("the field does not offer time zones: %v", err)
	}
	v.submit(t, map[string]string{"firstName": "J", "timezone": "Nowhere"})
	v.sees(t, "pages-profile-wrong", "Profile")
	v.says(t, "#firstName-error", "Enter at least 2 characters.")
	v.says(t, "#timezone-error", "Enter a time zone")
	v.submit(t, map[string]string{"firstName": "John", "timezone": "Europe/Madrid"})
	v.says(t, "[data-toast]", "Profile saved")
	v.open(t, "/account/notifications")
	v.tab.Do(t, chromedp.SetValue(chromedp.CSS("#notify_keys"), "false"))
	v.press(t, "pages-notifications", "Notifications")
	v.says(t, "[data-toast]", "Notifications saved")
}

func (v visitor) deleteAccount(t *testing.T) {
	t.Helper()
	v.open(t, "/account/delete")
	v.submit(t, map[string]string{"password": "a wrong password"})
	v.says(t, "#password-error", "The password is wrong.")
	v.submit(t, map[string]string{"password": password})
	v.sees(t, "pages-deleted", "Your account is deleted")
	v.says(t, "header", "Log in")
	v.open(t, "/account")
	v.expectPath(t, "/login")
}
