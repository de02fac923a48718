package site

import (
	"net/http"

	"example.com/alta/gen"
)

const pathCredentials = "/account/credentials"

// showHasAccess answers if the person has API access already, and reports
// whether it has answered.
func (v signUpVisit) showHasAccess() bool {
	if !v.isSignedIn() {
		return false
	}
	balance, a := v.readBalance()
	if a.status == http.StatusUnauthorized {
		v.forget()
	}
	if !a.ok() || balance.Plan == gen.PlanNameNone {
		return false
	}
	v.showCard(http.StatusOK, v.makeHasAccess())
	return true
}

func (v signUpVisit) makeHasAccess() card {
	t := v.text.SignUp
	return card{Heading: t.HasAccess, Says: t.HasAccessSays, Link: &link{pathCredentials, v.text.Frame.Keys}}
}

// activate gives an existing user API access, and shows the key that comes with
// it. If the form is sent again, the page shows the same key.
func (v signUpVisit) activate(token string) {
	a := v.call(http.MethodPost, apiActivate, map[string]string{"invite_token": token}, v.idempotencyKey())
	reason := v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		var made gen.CreatedAPIKey
		a.decode(&made)
		v.showKey(v.baseURL, v.text.SignUp.Activated, v.text.SignUp.ActivatedSays, made)
	case a.status == http.StatusUnauthorized:
		v.redirectToLogIn()
	case reason != "":
		v.showCard(a.status, v.askCode(reason))
	case a.code == gen.ErrorCodeEmailUnverified:
		v.showCard(a.status, card{Heading: v.text.CheckInbox, Says: v.text.SignUp.ActivateUnverified, Link: v.makeMailboxLink()})
	case a.code == gen.ErrorCodeSuspended:
		v.showCard(a.status, card{Heading: v.text.Failed, Alert: v.text.SignUp.Suspended})
	case a.code == gen.ErrorCodeForbidden: // access is active already
		v.showCard(a.status, v.makeHasAccess())
	default:
		v.showRetry(a, v.askJoin(token))
	}
}
