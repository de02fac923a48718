package site

import (
	"fmt"
	"net/http"

	"example.com/alta/gen"
)

const (
	pathVerify   = "/verify-email"
	pathForgot   = "/forgot-password"
	pathReset    = "/reset-password"
	pathDeletion = "/confirm-deletion"

	apiVerify   = "/api/v1/auth/verifyEmail"
	apiSignUp   = apiVerify + "/sign-up"
	apiReject   = apiVerify + "/reject"
	apiResend   = "/api/v1/auth/resend-verification"
	apiForgot   = "/api/v1/auth/forgetpassword"
	apiReset    = "/api/v1/auth/newpassword"
	apiDeletion = "/api/users/me/deletion/confirm"
)

// doReject is what the form asks for that rejects a sign-up.
const doReject = "reject"

// Names of fields, of forms and of the API alike.
const (
	fieldToken       = "token"
	fieldEmail       = "email"
	fieldNewPassword = "newpassword"
)

// mailLinkVisit is a visit of a page that a mail's link leads to, or of a page
// that sends such a mail. These pages have nothing to do with the caller's session.
type mailLinkVisit struct{ *visit }

func (s *Site) addMailLinks() {
	add := func(path string, show, send func(mailLinkVisit)) {
		adapt := func(answer func(mailLinkVisit)) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) { answer(mailLinkVisit{s.newVisit(w, r)}) }
		}
		s.addForm(path, adapt(show), adapt(send))
	}
	add(pathVerify, mailLinkVisit.showVerify, mailLinkVisit.sendVerify)
	add(pathForgot, mailLinkVisit.showForgot, mailLinkVisit.sendForgot)
	add(pathReset, mailLinkVisit.showReset, mailLinkVisit.sendReset)
	add(pathDeletion, mailLinkVisit.showDeletion, mailLinkVisit.sendDeletion)
}

// callAPI calls the API as anybody: the caller's cookie is not sent.
func (v mailLinkVisit) callAPI(method, path string, values map[string]string) answer {
	return v.api.do(v.api.newRequest(v.r, method, path, encode(values)))
}

// readToken returns the token of the link. To show a page does not use it up:
// programs that scan mails open their links, too.
func (v mailLinkVisit) readToken() string { return v.r.URL.Query().Get(fieldToken) }

func (v mailLinkVisit) showVerify() {
	token := v.readToken()
	if token == "" {
		v.showCard(http.StatusOK, v.askResend("", ""))
		return
	}
	a := v.callAPI(http.MethodPost, apiSignUp, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		var signUp gen.SignUp
		a.decode(&signUp)
		v.showCard(http.StatusOK, v.askWhose(token, signUp))
	case a.code == gen.ErrorCodeTokenInvalid, a.code == gen.ErrorCodeInvalidRequest:
		v.showBadVerifyLink()
	default:
		v.showRetry(a, card{Heading: v.text.Verify, Link: &link{v.r.URL.RequestURI(), v.text.OpenAgain}})
	}
}

func (v mailLinkVisit) showBadVerifyLink() {
	again := v.askResend("", "")
	again.Heading, again.Alert, again.Says = v.text.BadLink, v.text.BadLinkSays, v.text.ResendInstead
	again.Links = []link{*v.makeLogInLink()}
	v.showCard(http.StatusBadRequest, again)
}

func (v mailLinkVisit) sendVerify() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	if values.Has(fieldEmail) {
		v.resend(values.Get(fieldEmail))
		return
	}
	token := values.Get(fieldToken)
	if values.Get(queryDo) == doReject {
		v.reject(token)
		return
	}
	a := v.callAPI(http.MethodPost, apiVerify, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.showCard(http.StatusOK, card{Heading: v.text.Verified, Done: true, Says: v.text.VerifiedSays, Link: v.makeLogInLink()})
	case a.code == gen.ErrorCodeTokenInvalid, a.code == gen.ErrorCodeInvalidRequest:
		v.showBadVerifyLink()
	default:
		v.showRetry(a, v.askVerify(token))
	}
}

// reject deletes the account of a sign-up that was not the reader's.
func (v mailLinkVisit) reject(token string) {
	a := v.callAPI(http.MethodPost, apiReject, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.showCard(http.StatusOK, card{Heading: v.text.Rejected, Done: true, Says: v.text.RejectedSays, Links: []link{{pathRegister, v.text.Frame.SignUp}}})
	case a.code == gen.ErrorCodeTokenInvalid, a.code == gen.ErrorCodeInvalidRequest:
		v.showCard(http.StatusBadRequest, card{
			Heading: v.text.BadLink, Alert: v.text.BadLinkSays, Says: v.text.RejectInstead, Link: &link{pathForgot, v.text.ForgotButton},
		})
	default:
		v.showRetry(a, v.askReject(token))
	}
}

func (v mailLinkVisit) resend(email string) {
	a := v.callAPI(http.MethodPost, apiResend, map[string]string{fieldEmail: email})
	v.showMailed(a, v.text.ResentSays, func(problem string) card { return v.askResend(email, problem) })
}

func (v mailLinkVisit) showForgot() { v.showCard(http.StatusOK, v.askForgot("", "")) }

func (v mailLinkVisit) sendForgot() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	email := values.Get(fieldEmail)
	a := v.callAPI(http.MethodPost, apiForgot, map[string]string{fieldEmail: email})
	v.showMailed(a, v.text.ForgotDone, func(problem string) card { return v.askForgot(email, problem) })
}

// showMailed says that a mail was sent, or asks for its address again.
func (v mailLinkVisit) showMailed(a answer, says string, ask func(problem string) card) {
	switch {
	case a.ok():
		v.showCard(http.StatusOK, card{Heading: v.text.CheckInbox, Done: true, Says: says, Links: []link{*v.makeLogInLink()}})
	case a.code == gen.ErrorCodeInvalidRequest:
		v.showCard(http.StatusBadRequest, ask(v.text.BadEmail))
	default:
		v.showRetry(a, ask(""))
	}
}

func (v mailLinkVisit) showReset() {
	if token := v.readToken(); token != "" {
		v.showCard(http.StatusOK, v.askReset(token))
		return
	}
	v.showBadResetLink()
}

func (v mailLinkVisit) sendReset() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	token := values.Get(fieldToken)
	a := v.callAPI(http.MethodPut, apiReset, map[string]string{
		fieldToken:       token,
		fieldNewPassword: values.Get(fieldNewPassword),
	})
	switch {
	case a.ok():
		v.passOnCookies(a) // the browser's, so that strangers who guess do not lock it out
		v.showCard(http.StatusOK, card{Heading: v.text.ResetDone, Done: true, Says: v.text.ResetDoneSays, Link: v.makeLogInLink()})
	case a.code == gen.ErrorCodeTokenInvalid, a.code == gen.ErrorCodeInvalidRequest && a.isAbout(fieldToken):
		v.showBadResetLink()
	case a.code == gen.ErrorCodeInvalidRequest:
		again := v.askReset(token)
		password := &again.Form.Fields[0]
		password.Error = fmt.Sprintf(v.text.BadPassword, password.MinLength, password.MaxLength)
		v.showCard(http.StatusBadRequest, again)
	default:
		v.showRetry(a, v.askReset(token))
	}
}

func (v mailLinkVisit) showBadResetLink() {
	v.showCard(http.StatusBadRequest, card{
		Heading: v.text.BadLink,
		Alert:   v.text.BadLinkSays,
		Link:    &link{pathForgot, v.text.ForgotInstead},
		Links:   []link{*v.makeLogInLink()},
	})
}

func (v mailLinkVisit) showDeletion() {
	if token := v.readToken(); token != "" {
		v.showCard(http.StatusOK, v.askDeletion(token))
		return
	}
	v.showBadDeletionLink()
}

func (v mailLinkVisit) sendDeletion() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	token := values.Get(fieldToken)
	a := v.callAPI(http.MethodPost, apiDeletion, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.showCard(http.StatusOK, card{Heading: v.text.Deleted, Done: true, Says: v.text.DeletedSays, Links: []link{{pathRegister, v.text.Frame.SignUp}}})
	case a.code == gen.ErrorCodeTokenInvalid, a.code == gen.ErrorCodeInvalidRequest:
		v.showBadDeletionLink()
	default:
		v.showRetry(a, v.askDeletion(token))
	}
}

func (v mailLinkVisit) showBadDeletionLink() {
	v.showCard(http.StatusBadRequest, card{
		Heading: v.text.BadLink, Alert: v.text.BadLinkSays, Says: v.text.DeleteInstead, Links: []link{*v.makeLogInLink()},
	})
}
