package site

import (
	"fmt"
	"net/url"
	"testing"

	"example.com/alta/internal/browser"
)

// TestAccountPagesAreHTML validates the pages in their states, in either
// language.
func TestAccountPagesAreHTML(t *testing.T) {
	pages := map[string]string{}
	look := func(s *Site, state string) {
		for _, path := range []string{pathAccount, pathCredentials, pathProfile, pathNotifications, pathDelete} {
			for _, language := range []string{"en", "es"} {
				w := get(s, "GET", path, asJohn, "Accept-Language: "+language)
				contains(t, w, 200, `<html lang="`+language+`">`)
				pages[state+" "+path+" "+language] = w.Body.String()
			}
		}
	}
	api := &fakeAPI{}
	api.account()
	s := accountSite(api)
	look(s, "new")
	api.on("GET "+apiBalance, 200, balanceEmpty)
	api.on("GET "+apiUsage, 200, usageOf(90))
	api.on("GET "+apiLedger, 200, ledgerOf(200))
	api.on("GET "+apiKeys, 200, keysOf(evil))
	look(s, "busy")
	for i, form := range []struct {
		path, operation string
		status          int
		body            string
		values          url.Values
	}{
		{credentialsPath(doCreate, ""), "POST " + apiKeys, 201, keyMade, url.Values{"days": {"0"}}},
		{credentialsPath(doCreate, ""), "POST " + apiKeys, 400, invalid(fieldName), url.Values{"days": {"0"}}},
		{credentialsPath(doRotate, keyID), "POST " + apiKeys + "/" + keyID + "/rotate", 429, rateLimited, url.Values{"overlap_hours": {"1"}}},
		{credentialsPath(doRevoke, keyID), "DELETE " + apiKeys + "/" + keyID, 500, internal, nil},
		{pathProfile, "PATCH " + apiMe, 400, profileRefused, recordForm("timezone", "Nowhere")},
		{pathNotifications, "PUT " + apiUser, 400, invalid(fieldWebhook), nil},
		{pathDelete, "POST " + apiAskDeletion, 401, wrongPassword, nil},
	} {
		api.on(form.operation, form.status, form.body)
		pages[fmt.Sprintf("%d %s", i, form.path)] = sendJohn(s, form.path, form.values).Body.String()
	}
	api.on("GET "+apiBalance, 200, balanceNone)
	look(s, "without access")
	browser.ValidateHTML(t, pages)
}
