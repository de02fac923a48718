package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// TestSignUpByPages signs two people up in a browser: one at the app door, the other
// by invite.
func TestSignUpByPages(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	v := visitor{s, browser.Start(t)}
	const john, user = "john.doe@example.com", "user@example.com"
	v.signUpAtTheAppDoor(t, john)
	v.switchLanguage(t, john)
	v.activate(t, databaseURL)
	v.logOut(t)
	v.signUpByInvite(t, databaseURL, user)
	v.logInAfterVerifying(t, user)
	v.logOut(t)
	v.lockOut(t, john)
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

func (v visitor) signUpAtTheAppDoor(t *testing.T, email string) {
	t.Helper()
	v.open(t, "/register")
	v.submit(t, map[string]string{"firstName": "J", "lastName": "Doe", "email": "john.doe", "password": "short"})
	v.sees(t, "pages-register-wrong", "Create your account")
	v.says(t, "#firstName-error", "Enter at least 2 characters.")
	v.says(t, "#email-error", "Enter a valid email address.")
	v.says(t, "#password-error", "Enter at least 8 characters.")
	v.submit(t, map[string]string{"firstName": "John", "email": email, "password": password})
	v.expectPath(t, "/app")
	v.open(t, "/login")
	v.sees(t, "pages-signed-in", "You are logged in")
	v.says(t, "main", email)
}

// switchLanguage reads a page in the other language, and sees that the choice is
// remembered.
func (v visitor) switchLanguage(t *testing.T, email string) {
	t.Helper()
	v.open(t, "/pricing")
	v.sees(t, "pages-pricing", "Pricing")
	if got := v.tab.Text(t, "#tiers ~ ul"); strings.Contains(got, "Signing up") { // start lifts that limit
		t.Errorf("the limits are %q", got)
	}
	v.tab.Follow(t, "footer button[lang=es]")
	v.expectPath(t, "/pricing")
	v.sees(t, "pages-pricing-es", "Precios")
	v.open(t, "/register")
	v.says(t, "h1", "Tienes la sesión iniciada")
	v.tab.Follow(t, "footer button[lang=en]")
	v.says(t, "h1", "You are logged in")
	v.says(t, "main", email)
}

// activate gives an app door user API access, once the address is verified.
func (v visitor) activate(t *testing.T, databaseURL string) {
	t.Helper()
	code := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create"))
	v.open(t, "/join")
	v.submit(t, map[string]string{"code": strings.ToLower(code)})
	v.sees(t, "pages-activate", "Activate API access")
	v.submit(t, nil)
	v.sees(t, "pages-activate-unverified", "Check your inbox")
	v.openMail(t, subjectVerify)
	v.press(t, "pages-verified", "All set")

	v.open(t, "/join")
	v.submit(t, map[string]string{"code": code})
	v.submit(t, nil)
	v.sees(t, "pages-key", "API access is active")
	key := v.tab.Text(t, "#new-key")
	v.call(t, 200, "GET", "/api/v1/sandbox", "", "X-API-Key: "+key)
	v.tab.Do(t, chromedp.Reload()) // which sends the form again
	v.says(t, "#new-key", key)
	v.open(t, "/join")
	v.sees(t, "pages-activated", "You already have API access")
}

func (v visitor) signUpByInvite(t *testing.T, databaseURL, email string) {
	t.Helper()
	code := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create"))
	v.open(t, "/join")
	v.submit(t, map[string]string{"code": "K7QXM-2VABD-RT5WE-HN4PZ"})
	v.says(t, "#code-error", "This invite does not exist.")
	v.submit(t, map[string]string{"code": code})
	v.sees(t, "pages-join", "Invite accepted")
	v.submit(t, map[string]string{"email": "john.doe@example.com", "password": password})
	v.says(t, "#email-error", "An account with this address already exists.")
	v.submit(t, map[string]string{"email": email, "password": "short"})
	v.says(t, "#password-error", "Enter at least 8 characters.")
	v.submit(t, map[string]string{"password": password})
	v.sees(t, "pages-joined", "Check your inbox")
	v.says(t, "main", email)
}

func (v visitor) logInAfterVerifying(t *testing.T, email string) {
	t.Helper()
	v.open(t, "/login?next=%2Faccount%2Fcredentials")
	v.submit(t, map[string]string{"email": email, "password": password})
	v.sees(t, "pages-unverified", "Check your inbox")
	v.says(t, "main", "not verified yet")
	v.openMail(t, subjectVerify)
	v.press(t, "pages-verified", "All set")
	v.tab.Follow(t, "main a.button")
	v.submit(t, map[string]string{"email": email, "password": password})
	v.expectPath(t, "/account")
	v.open(t, "/login")
	v.says(t, "main", email)
}

// lockOut guesses passwords until the address is locked.
func (v visitor) lockOut(t *testing.T, email string) {
	t.Helper()
	for range 5 {
		v.submit(t, map[string]string{"email": email, "password": "a wrong password"})
		v.says(t, "[role=alert]", "The email or the password is wrong.")
	}
	v.submit(t, map[string]string{"password": password})
	v.sees(t, "pages-locked", "Log in")
	v.says(t, "[role=alert]", "Too many attempts. Wait ")
	if enabled, err := chromedp.Run(v.tab, chromedp.Evaluate[bool](`!document.querySelector("`+submit+`").disabled`)); err != nil || enabled {
		t.Errorf("the button can be pressed: %v, %v", enabled, err)
	}
}
