package site

import (
	"net/http"
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

// doneLoggedOut is the code of the toast after logging out.
const doneLoggedOut = "logged-out"

// showLogIn also serves people whom a failed sign-in by Google has brought back.
func (v signUpVisit) showLogIn() {
	query := v.r.URL.Query()
	next := localPath(query.Get(fieldNext), "")
	if v.showSignedIn(next) {
		return
	}
	c := v.askLogIn(next)
	if query.Has("error") {
		c.Alert = v.text.SignUp.GoogleFailed
	}
	v.showCard(http.StatusOK, c)
}

func (v signUpVisit) sendLogIn() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	next := localPath(values.Get(fieldNext), "")
	c, email := v.askLogIn(next), values.Get(fieldEmail)
	credentials := map[string]string{fieldEmail: email, fieldPassword: values.Get(fieldPassword)}
	a := v.call(http.MethodPost, apiAppLogIn, credentials, "")
	switch {
	case a.ok():
		v.redirectOn(next)
	case a.status == http.StatusUnauthorized:
		c.Alert = v.text.SignUp.BadCredentials
		v.showCard(http.StatusBadRequest, c) // 401 would ask browsers for credentials of their own
	case a.code == gen.ErrorCodeEmailUnverified:
		v.showCard(a.status, v.makeVerifyFirst(email))
	case a.code == gen.ErrorCodeSuspended:
		c.Alert = v.text.SignUp.Suspended
		v.showCard(a.status, c)
	default:
		v.showFormError(a, c, v.operation("loginAppUser"))
	}
}

func (v signUpVisit) askLogIn(next string) card {
	t := v.text.SignUp
	email := v.text.emailField(v.r.PostFormValue(fieldEmail), "")
	email.Autocomplete = "username"
	password := field{Name: fieldPassword, Type: "password", Label: t.Password, Autocomplete: "current-password"}
	f := &form{Action: pathLogIn, Fields: []field{email, password}, Button: v.text.Frame.LogIn}
	if next != "" {
		f.Hidden = []hidden{{fieldNext, next}}
	}
	return card{
		Heading: v.text.Frame.LogIn,
		Form:    f,
		Google:  v.google,
		Links: []link{
			{pathForgot, v.text.Forgot},
			{pathRegister, t.RegisterInstead},
			{pathJoin, t.JoinInstead},
		},
	}
}

// showSignedIn answers if the person is logged in already, and reports whether it
// has answered. It clears the cookie of a session that has ended.
func (v signUpVisit) showSignedIn(next string) bool {
	if !v.isSignedIn() {
		return false
	}
	a := v.call(http.MethodGet, apiProfile, nil, "")
	if a.status == http.StatusUnauthorized {
		v.forget()
	}
	if !a.ok() {
		return false
	}
	var profile gen.AppProfile
	a.decode(&profile)
	if next == "" {
		next = v.chooseHome()
	}
	v.showCard(http.StatusOK, card{
		Heading: v.text.SignUp.SignedIn,
		Says:    v.text.SignUp.SignedInAs + " " + profile.User.Email,
		Link:    &link{next, v.text.SignUp.GoOn},
		Form:    &form{Action: pathLogOut, Button: v.text.Frame.LogOut, Minor: true},
	})
	return true
}

// redirectOn sends the person to the page that they wanted before logging in.
func (v signUpVisit) redirectOn(next string) {
	if next == "" {
		next = v.chooseHome()
	}
	v.redirect(next)
}

// chooseHome returns the page for a person who did not ask for one: the account
// with API access, else the money.
func (v signUpVisit) chooseHome() string {
	if balance, _ := v.readBalance(); balance.Plan != gen.PlanNameNone && balance.Plan != "" {
		return pathAccount
	}
	return pathApp
}

// readBalance returns the caller's balance and the answer, which may be an error.
func (v signUpVisit) readBalance() (balance gen.Balance, a answer) {
	if a = v.call(http.MethodGet, apiBalance, nil, ""); a.ok() {
		a.decode(&balance)
	}
	return balance, a
}

func (v signUpVisit) logOut() {
	a := v.call(http.MethodPost, apiLogOut, nil, "")
	if !a.ok() && a.status != http.StatusUnauthorized { // then the session has ended anyway
		v.showRetry(a, card{Heading: v.text.Failed})
		return
	}
	v.forget()
	v.redirectDone(pathLogIn, doneLoggedOut)
}

// forget clears the session's cookie.
func (v signUpVisit) forget() {
	name := v.session.cookie
	cookie := &http.Cookie{
		Name: name, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(name, "__Host-"), // browsers ask for it with such names
	}
	http.SetCookie(v.w, cookie)
	v.applyCookies([]*http.Cookie{cookie})
}
