package site

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
)

// TestRegionsOfNewUsers: the forms of both doors guess the language, the time zone and
// the currency from the browser, show them, and send what the person makes of them.
func TestRegionsOfNewUsers(t *testing.T) {
	api := &fakeAPI{}
	server := httptest.NewServer(signUpSite(api))
	t.Cleanup(server.Close)
	tab := browser.Start(t)
	const languages, zone, money = `document.querySelector("#language").value`, `document.querySelector("#timezone").value`, `document.querySelector("#currency").value`
	for _, test := range []struct{ accept, in, language, currency string }{
		{"en-GB,en", "Europe/London", "en", "GBP"},
		{"es-UY,es", "America/Montevideo", "es", "UYU"},
		{"es,en-US", "Europe/Madrid", "es", "USD"},
		{"ja", "Asia/Tokyo", "en", "JPY"},
		{"hr-HR", "Europe/Zagreb", "en", "EUR"},
		{"tlh", "America/Lima", "en", "ARS"}, // nobody's currency
	} {
		tab.Do(t,
			browser.Region(test.accept, test.in),
			chromedp.Navigate(server.URL+"/register"))
		is(t, tab, languages, test.language)
		is(t, tab, zone, test.in)
		is(t, tab, money, test.currency)
	}
	browser.Screenshot(t, tab, "register-guessed")
	tab.Axe(t)

	// The page of an invite does the same, and keeps what was sent.
	api.answer(200, redeemed)
	tab.Do(t, browser.Region("en-FR", "Europe/Paris"), chromedp.Navigate(server.URL+"/join"))
	tab.Fill(t, "#code", "K7QXM-2VABD-RT5WE-HN4PZ")
	tab.Follow(t, "main form button[type=submit]")
	is(t, tab, zone, "Europe/Paris")
	is(t, tab, money, "EUR")
	tab.Fill(t, "#email", "user@example.com")
	tab.Fill(t, "#password", "correct horse")
	tab.Fill(t, "#timezone", "Europe/Rome")
	tab.Do(t, chromedp.Evaluate[chromedp.Void](`document.querySelector("#currency").value = "CLP", document.querySelector("#language").value = "es"`))
	api.asked()
	api.fail(rejected("timezone format"))
	tab.Follow(t, "main form button[type=submit]")
	const want = `{"currency":"CLP","email":"user@example.com","invite_token":"eyJ.eyJ.sig","language":"es","password":"correct horse","timezone":"Europe/Rome"}`
	if calls := api.asked(); len(calls) != 1 || calls[0].body != want {
		t.Errorf("the API was asked %+v", calls)
	}
	is(t, tab, languages, "es")
	is(t, tab, zone, "Europe/Rome")
	is(t, tab, money, "CLP")
	browser.Screenshot(t, tab, "join-region")
	if got := tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
}

// TestLanguageOfNewUsers: the pages come in the language that a new user has chosen.
func TestLanguageOfNewUsers(t *testing.T) {
	for chosen, want := range map[string]string{"es": "es", "en": "", "": "", "fr": ""} { // English is the pages' already
		w := post(signUpSite(&fakeAPI{status: 201, body: `{"token":"secret"}`}), "/register", url.Values{fieldLanguage: {chosen}})
		got := ""
		for _, cookie := range w.Result().Cookies() {
			if cookie.Name == languageCookie {
				got = cookie.Value
			}
		}
		if got != want {
			t.Errorf("%q: the cookie is %q, want %q", chosen, got, want)
		}
	}
}
