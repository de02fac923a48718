package site

import (
	"fmt"
	"net/url"
	"testing"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/problem"
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
		answer          apiAnswer
		values          url.Values
	}{
		{credentialsPath(doCreate, ""), "POST " + apiKeys, apiAnswer{status: 201, body: keyMade}, url.Values{"days": {"0"}}},
		{credentialsPath(doCreate, ""), "POST " + apiKeys, apiAnswer{failure: rejected("name pattern")}, url.Values{"days": {"0"}}},
		{credentialsPath(doRotate, keyID), "POST " + apiKeys + "/" + keyID + "/rotate", apiAnswer{failure: problem.ErrRateLimited}, url.Values{"overlap_hours": {"1"}}},
		{credentialsPath(doRevoke, keyID), "DELETE " + apiKeys + "/" + keyID, apiAnswer{failure: errBroken}, nil},
		{pathProfile, "PATCH " + apiMe, apiAnswer{failure: profileRejected}, recordForm("timezone", "Nowhere")},
		{pathDelete, "POST " + apiAskDeletion, apiAnswer{failure: problem.ErrCredentials}, nil},
	} {
		api.operations[form.operation] = form.answer
		pages[fmt.Sprintf("%d %s", i, form.path)] = sendJohn(s, form.path, form.values).Body.String()
	}
	api.on("GET "+apiBalance, 200, balanceNone)
	look(s, "without access")
	browser.ValidateHTML(t, pages)
}
