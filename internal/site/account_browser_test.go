package site

import (
	"net/http/httptest"

	"github.com/chromedp/chromedp"

	"example.com/alta/internal/problem"
)

// walkAccount looks at the pages of an account in every state, at a site where
// the person is logged in.
func walkAccount(w *walk) {
	server := httptest.NewServer(New(Config{API: w.api, SessionCookie: memberCookie, Contract: theContract()}))
	w.T.Cleanup(server.Close)
	own := *w
	own.URL = server.URL
	own.signIn("s-1")
	w.api.account()
	walkOverview(&own)
	walkCredentials(&own)
	walkRecord(&own)
	own.signIn("")
}

func walkOverview(w *walk) {
	w.Open(pathAccount)
	w.looks("account-new")
	w.api.on("GET "+apiBalance, 200, balanceBusy)
	w.api.on("GET "+apiUsage, 200, usageOf(30))
	w.api.on("GET "+apiLedger, 200, ledgerOf(60))
	w.Open(pathAccount + "?page=2&done=" + doneProfile)
	w.looks("account")
	w.api.on("GET "+apiUsage, 200, usageOf(90))
	w.api.on("GET "+apiBalance, 200, balanceEmpty)
	w.Open(pathAccount + "?days=90")
	w.looks("account-empty")
	w.api.on("GET "+apiBalance, 200, balanceNone)
	w.Open(pathAccount)
	w.looks("account-no-plan")
	w.Open(pathCredentials)
	w.looks("credentials-no-plan")
	w.api.on("GET "+apiBalance, 200, balanceNew)
}

func walkCredentials(w *walk) {
	w.api.on("GET "+apiKeys, 200, keysNone)
	w.api.on("GET "+apiSessions, 200, sessionsOne)
	w.Open(pathCredentials)
	w.looks("credentials-new")
	w.api.on("GET "+apiKeys, 200, keysOf("ci"))
	w.api.on("GET "+apiSessions, 200, sessionsAll)
	w.Open(pathCredentials + "?done=" + doneRevoked)
	w.looks("credentials")
	for _, asks := range []struct{ name, summary string }{
		{"rotate", ".entries details summary"},
		{"revoke", ".entries details.danger summary"},
		{"revoke-all", "details.all summary"},
		{"create", "details.make summary"},
	} {
		w.Tab.Do(w.T, chromedp.Click(chromedp.CSS(asks.summary)))
		w.looks("credentials-" + asks.name)
	}
	w.api.on("POST "+apiKeys, 400, invalid(fieldName))
	w.Tab.Fill(w.T, "#name", "a\u007fb")
	w.Tab.Follow(w.T, "details.make button")
	w.looks("credentials-error")
	w.api.on("POST "+apiKeys, 403, tooMany)
	w.Tab.Follow(w.T, "details.make button")
	w.looks("credentials-too-many")
	w.api.on("POST "+apiKeys, 201, keyMade)
	w.Tab.Follow(w.T, "details.make button")
	w.looks("new-key")
}

func walkRecord(w *walk) {
	w.Open(pathProfile)
	w.looks("profile")
	w.api.failOn("PATCH "+apiMe, profileRejected)
	w.Tab.Fill(w.T, "#firstName", "Jo")
	w.Tab.Fill(w.T, "#timezone", "Nowhere")
	w.Tab.Follow(w.T, ".pairs button")
	w.looks("profile-error")
	w.Open(pathNotifications)
	w.looks("notifications")
	w.Open(pathDelete)
	w.looks("delete")
	w.api.failOn("POST "+apiAskDeletion, problem.ErrCredentials)
	w.Tab.Fill(w.T, "#password", "wrong")
	w.Tab.Follow(w.T, "main form button")
	w.looks("delete-error")
	w.api.on("POST "+apiAskDeletion, 200, `{"message":"Tu cuenta ha sido eliminada."}`)
	w.Tab.Fill(w.T, "#password", "right")
	w.Tab.Follow(w.T, "main form button")
	w.looks("deleted")
}

var profileRejected = rejected("firstName minLength", "timezone format")
