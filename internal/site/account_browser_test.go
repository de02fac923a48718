package site

import (
	"net/http/httptest"

	"github.com/chromedp/chromedp"
)

// walkAccount looks at the pages of an account in every state, at a site where
// the person is logged in.
func walkAccount(w *walk) {
	server := httptest.NewServer(New(Config{API: w.api, SessionCookie: memberCookie, Contract: theContract()}))
	w.t.Cleanup(server.Close)
	own := *w
	own.url = server.URL
	own.signIn("s-1")
	w.api.account()
	walkOverview(&own)
	walkCredentials(&own)
	walkRecord(&own)
	own.signIn("")
}

func walkOverview(w *walk) {
	w.open(pathAccount)
	w.looks("account-new")
	w.api.on("GET "+apiBalance, 200, balanceBusy)
	w.api.on("GET "+apiUsage, 200, usageOf(30))
	w.api.on("GET "+apiLedger, 200, ledgerOf(60))
	w.open(pathAccount + "?page=2&done=" + doneProfile)
	w.looks("account")
	w.api.on("GET "+apiUsage, 200, usageOf(90))
	w.api.on("GET "+apiBalance, 200, balanceEmpty)
	w.open(pathAccount + "?days=90")
	w.looks("account-empty")
	w.api.on("GET "+apiBalance, 200, balanceNone)
	w.open(pathAccount)
	w.looks("account-no-plan")
	w.open(pathCredentials)
	w.looks("credentials-no-plan")
	w.api.on("GET "+apiBalance, 200, balanceNew)
}

func walkCredentials(w *walk) {
	w.api.on("GET "+apiKeys, 200, keysNone)
	w.api.on("GET "+apiSessions, 200, sessionsOne)
	w.open(pathCredentials)
	w.looks("credentials-new")
	w.api.on("GET "+apiKeys, 200, keysOf("ci"))
	w.api.on("GET "+apiSessions, 200, sessionsAll)
	w.open(pathCredentials + "?done=" + doneRevoked)
	w.looks("credentials")
	for _, asks := range []struct{ name, summary string }{
		{"rotate", ".entries details summary"},
		{"revoke", ".entries details.danger summary"},
		{"create", "details.make summary"},
	} {
		w.tab.Do(w.t, chromedp.Click(chromedp.CSS(asks.summary)))
		w.looks("credentials-" + asks.name)
	}
	w.api.on("POST "+apiKeys, 400, invalid(fieldName))
	w.tab.Fill(w.t, "#name", "a\u007fb")
	w.tab.Follow(w.t, "details.make button")
	w.looks("credentials-error")
	w.api.on("POST "+apiKeys, 403, tooMany)
	w.tab.Follow(w.t, "details.make button")
	w.looks("credentials-too-many")
	w.api.on("POST "+apiKeys, 201, keyMade)
	w.tab.Follow(w.t, "details.make button")
	w.looks("new-key")
}

func walkRecord(w *walk) {
	w.open(pathProfile)
	w.looks("profile")
	w.api.on("PATCH "+apiMe, 400, profileRefused)
	w.tab.Fill(w.t, "#firstName", "Jo")
	w.tab.Fill(w.t, "#timezone", "Nowhere")
	w.tab.Follow(w.t, ".pairs button")
	w.looks("profile-error")
	w.open(pathNotifications)
	w.looks("notifications")
	w.api.on("PUT "+apiUser, 400, invalid(fieldWebhook))
	w.tab.Follow(w.t, "main form button")
	w.looks("notifications-error")
	w.open(pathDelete)
	w.looks("delete")
	w.api.on("POST "+apiAskDeletion, 401, wrongPassword)
	w.tab.Fill(w.t, "#password", "wrong")
	w.tab.Follow(w.t, "main form button")
	w.looks("delete-error")
	w.api.on("POST "+apiAskDeletion, 200, `{"message":"Tu cuenta ha sido eliminada."}`)
	w.tab.Fill(w.t, "#password", "right")
	w.tab.Follow(w.t, "main form button")
	w.looks("deleted")
}

const profileRefused = `{"statusCode":400,"message":["firstName must be longer than or equal to 2 characters","timezone must be a valid IANA time-zone"],"error":"Bad Request"}`
