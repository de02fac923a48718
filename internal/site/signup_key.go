package site

import (
	"net/http"

	"example.com/alta/gen"
)

const pathCredentials = "/account/credentials"

// isKnownToAPI answers, and reports that it has, when the person has API access
// already.
func (v *visit) isKnownToAPI() bool {
	if !v.signedIn() {
		return false
	}
	balance, a := v.balance()
	if a.status == http.StatusUnauthorized {
		v.forget()
	}
	if !a.ok() || balance.Plan == gen.BalancePlanNone {
		return false
	}
	v.hasAccess(http.StatusOK)
	return true
}

func (v *visit) hasAccess(status int) {
	t := v.text.SignUp
	v.card(status, card{Heading: t.HasAccess, Says: t.HasAccessSays, Link: &link{pathCredentials, v.text.Frame.Keys}})
}

// activate gives somebody who has an account API access, and shows the key that
// comes with it. The form sent again shows it again.
func activate(v *visit, token string) {
	a := v.send(http.MethodPost, apiActivate, map[string]string{"invite_token": token}, v.idempotency())
	reason := v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		var made gen.CreatedAPIKey
		a.decode(&made)
		v.showKey(v.text.SignUp.Activated, v.text.SignUp.ActivatedSays, made)
	case a.status == http.StatusUnauthorized:
		v.toLogIn()
	case reason != "":
		v.card(a.status, v.askCode(reason))
	case a.code == codeUnverified:
		v.card(a.status, card{Heading: v.text.CheckInbox, Says: v.text.SignUp.ActivateUnverified, Link: v.mailboxLink()})
	case a.status == http.StatusForbidden:
		v.hasAccess(a.status)
	default:
		v.refuse(a, v.askJoin(token))
	}
}
