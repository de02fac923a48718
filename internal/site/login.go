package site

import (
	"net/http"
	"slices"
	"strings"

	"example.com/alta/gen"
)

const (
	pathLogOut = "/logout"

	apiAppLogIn = "/api/auth/login"
	apiLogOut   = "/api/v1/auth/logout"
	apiProfile  = "/api/auth/profile"
	apiBalance  = "/api/v1/account/balance"
)

// unverified is what the app door, whose errors have no codes, says to who has
// the right password and has not proved the address.
const unverified = "Verifica tu correo electrónico para continuar"

// doneLoggedOut is the code of the toast after logging out.
const doneLoggedOut = "logged-out"

// showLogIn serves those as well whom a sign-in by Google has brought back.
func showLogIn(v *visit) {
	query := v.r.URL.Query()
	next := localPath(query.Get(fieldNext), "")
	if v.isKnown(next) {
		return
	}
	c := v.askLogIn(next)
	if query.Has("error") {
		c.Alert = v.text.SignUp.GoogleFailed
	}
	v.card(http.StatusOK, c)
}

func sendLogIn(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	next := localPath(values.Get(fieldNext), "")
	c, email := v.askLogIn(next), values.Get(fieldEmail)
	credentials := map[string]string{fieldEmail: email, fieldPassword: values.Get(fieldPassword)}
	a := v.send(http.MethodPost, apiAppLogIn, credentials, "")
	switch {
	case a.ok():
		v.goOn(next)
	case a.status == http.StatusUnauthorized:
		c.Alert = v.text.SignUp.BadCredentials
		v.card(http.StatusBadRequest, c) // 401 would ask browsers for credentials of their own
	case a.status == http.StatusForbidden && slices.Contains(a.messages, unverified):
		v.card(a.status, v.verifyFirst(email))
	case a.status == http.StatusForbidden:
		c.Alert = v.text.SignUp.Suspended
		v.card(a.status, c)
	default:
		v.refuseForm(a, c, v.site.operation("appLogin"))
	}
}

func (v *visit) askLogIn(next string) card {
	t := v.text.SignUp
	email := v.email(v.r.PostFormValue(fieldEmail), "")
	email.Autocomplete = "username"
	password := field{Name: fieldPassword, Type: "password", Label: t.Password, Autocomplete: "current-password"}
	f := &form{Action: pathLogIn, Fields: []field{email, password}, Button: v.text.Frame.LogIn}
	if next != "" {
		f.Hidden = []hidden{{fieldNext, next}}
	}
	return card{
		Heading: v.text.Frame.LogIn,
		Form:    f,
		Google:  v.site.config.Google,
		Links: []link{
			{pathForgot, v.text.Forgot},
			{pathRegister, t.RegisterInstead},
			{pathJoin, t.JoinInstead},
		},
	}
}

// isKnown answers, and reports that it has, when the person is signed in
// already. The cookie of a session that has ended is cleared.
func (v *visit) isKnown(next string) bool {
	if !v.signedIn() {
		return false
	}
	a := v.send(http.MethodGet, apiProfile, nil, "")
	if a.status == http.StatusUnauthorized {
		v.forget()
	}
	if !a.ok() {
		return false
	}
	var profile gen.AppProfile
	a.decode(&profile)
	if next == "" {
		next = v.home()
	}
	v.card(http.StatusOK, card{
		Heading: v.text.SignUp.SignedIn,
		Says:    v.text.SignUp.SignedInAs + " " + profile.User.Email,
		Link:    &link{next, v.text.SignUp.GoOn},
		Form:    &form{Action: pathLogOut, Button: v.text.Frame.LogOut, Minor: true},
	})
	return true
}

func (v *visit) goOn(next string) {
	if next == "" {
		next = v.home()
	}
	v.redirect(next)
}

// home is where people go on who want nowhere in particular: those with API
// access to their account.
func (v *visit) home() string {
	if balance, _ := v.balance(); balance.Plan != gen.BalancePlanNone && balance.Plan != "" {
		return pathAccount
	}
	return pathApp
}

// balance returns the caller's balance, or the answer that has none.
func (v *visit) balance() (balance gen.Balance, a answer) {
	if a = v.send(http.MethodGet, apiBalance, nil, ""); a.ok() {
		a.decode(&balance)
	}
	return balance, a
}

func logOut(v *visit) {
	a := v.send(http.MethodPost, apiLogOut, nil, "")
	if !a.ok() && a.status != http.StatusUnauthorized { // then the session has ended anyway
		v.refuse(a, card{Heading: v.text.Failed})
		return
	}
	v.forget()
	v.done(pathLogIn, doneLoggedOut)
}

// forget clears the session's cookie.
func (v *visit) forget() {
	name := v.site.config.SessionCookie
	cookie := &http.Cookie{
		Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(name, "__Host-"), // browsers want it of such names
	}
	http.SetCookie(v.w, cookie)
	v.keep([]*http.Cookie{cookie})
}
