package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/browser"
	"example.com/alta/internal/testdb"
)

// TestLiveQueries makes a key in a browser, runs operations with it from the
// pages of the documentation, sees the balance fall, and revokes the key. The
// browser stays logged in: its session must not pay for what is run.
func TestLiveQueries(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.SQLite(t)
	s := start(t, databaseURL)
	d := s.developer(t, databaseURL, "user@example.com")
	v := visitor{s, browser.Start(t)}
	v.open(t, "/docs/accounts/get-api-accounts")
	v.sees(t, "docs-live", "List accounts")
	v.runs(t, "401 Unauthorized", "charged nothing")

	v.open(t, "/account/credentials")
	v.submit(t, map[string]string{"email": d.email, "password": password})
	key := v.makeKey(t)
	v.runsByKey(t, key)
	v.open(t, "/account")
	v.says(t, ".left", "1,988 of 2,000 tokens left")
	v.runsBySession(t, d)
	v.revokeKey(t, key)
	v.runsNoMore(t, key)
	if got := v.tab.Complaints(); len(got) > 0 {
		t.Errorf("the browser complains: %q", got)
	}
	if log := s.log.String(); strings.Contains(log, key) || strings.Contains(log, d.session) {
		t.Error("the log has a secret")
	}
	s.kill()
	v.runs(t, "The call failed")
}

// runsByKey runs operations that cost 12 tokens in all.
func (v visitor) runsByKey(t *testing.T, key string) {
	t.Helper()
	v.open(t, paidPage)
	v.filledIn(t, key)
	if shown := v.tab.Text(t, "#code-curl"); !strings.Contains(shown, "X-API-Key: "+key) || strings.Contains(shown, "YOUR_API_KEY") {
		t.Errorf("the samples are %q", shown)
	}
	v.runs(t, "200 OK", "charged 1 token, 1,999 left", "x-token-cost", "x-request-id", "Efectivo / Billetera")
	v.sees(t, "docs-live-answer", "List accounts")
	v.open(t, "/docs/accounts/post-api-accounts")
	v.filledIn(t, key)
	v.tab.Fill(t, "#run-body", `{"name": "Línea <b>", "type": "WALLET", "currency": "EUR"}`)
	v.runs(t, "201 Created", "charged 1 token, 1,998 left", `"name": "Línea <b>"`)
	v.tab.Fill(t, "#run-body", `{`)
	v.runs(t, "400 Bad Request", "charged nothing")
	v.open(t, "/docs/reports/get-api-reports-export-csv")
	v.filledIn(t, key)
	v.runs(t, "200 OK", "charged 10 tokens, 1,988 left", "Save ", ".csv")
	v.tab.Do(t, chromedp.Click(chromedp.CSS("#answer a[download]")))
}

// runsBySession runs operations that take a session, no credential, and one that
// answers without a body.
func (v visitor) runsBySession(t *testing.T, d developer) {
	t.Helper()
	v.open(t, "/docs/plans/get-api-v1-plans")
	v.runs(t, "200 OK", `"Free"`)
	v.open(t, "/docs/registration/get-api-v1-auth-verifyemail")
	v.runs(t, "A redirect", "open it")
	v.open(t, "/docs/developer/get-api-v1-user")
	v.pastes(t, "#run-token", d.session)
	v.runs(t, "200 OK", d.email)
	v.open(t, "/docs/api-keys/delete-api-v1-account-api-keys-id")
	v.runs(t, "401 Unauthorized") // the token is not kept
	v.pastes(t, "#run-token", d.session)
	v.pastes(t, "#run-path-id", d.keyID)
	v.runs(t, "204 No Content", "No body.")
}

// runsNoMore runs an operation with a key that is revoked, and without one.
func (v visitor) runsNoMore(t *testing.T, key string) {
	t.Helper()
	v.open(t, "/docs/accounts/get-api-accounts")
	if shown := v.tab.Text(t, "#code-curl"); !strings.Contains(shown, "X-API-Key: YOUR_API_KEY") {
		t.Errorf("after the key was revoked, the samples are %q", shown)
	}
	v.runs(t, "401 Unauthorized") // by no cookie
	v.pastes(t, "#run-key", key)
	v.runs(t, "401 Unauthorized")
}

// runs presses Run, and checks that the answer says all of it.
func (v visitor) runs(t *testing.T, want ...string) {
	t.Helper()
	v.script(t, `document.querySelector("#answer").replaceChildren()`)
	v.tab.Do(t, chromedp.Click(chromedp.CSS("#run button[type=submit]")), chromedp.WaitVisible(chromedp.CSS("#answer p")))
	shown := v.tab.Text(t, "#answer")
	for _, text := range want {
		if !strings.Contains(shown, text) {
			t.Errorf("the answer lacks %q: %s", text, shown)
		}
	}
}

// pastes sets the field's value at once: typing takes longer.
func (v visitor) pastes(t *testing.T, selector, value string) {
	t.Helper()
	v.script(t, fmt.Sprintf(`document.querySelector(%q).value = %q`, selector, value))
}

func (v visitor) script(t *testing.T, script string) {
	t.Helper()
	v.tab.Do(t, chromedp.Evaluate[chromedp.Void](script))
}
