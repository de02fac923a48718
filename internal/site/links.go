package site

import (
	"fmt"
	"net/http"
	"net/url"
)

const (
	pathVerify = "/verify-email"
	pathForgot = "/forgot-password"
	pathReset  = "/reset-password"

	apiVerify = "/api/v1/auth/verifyEmail"
	apiResend = "/api/v1/auth/resend-verification"
	apiForgot = "/api/v1/auth/forgetpassword"
	apiReset  = "/api/v1/auth/newpassword"
)

// Names of fields, of forms and of the API alike.
const (
	fieldToken       = "token"
	fieldEmail       = "email"
	fieldNewPassword = "newpassword"
)

// withToken shows what a mail's link leads to: ask for a link with a token, and
// without for one that has none. It uses nothing up: programs that scan mails
// open their links, too.
func withToken(ask func(v *visit, token string) card, without func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := newVisit(w, r)
		if token := r.URL.Query().Get(fieldToken); token != "" {
			v.card(http.StatusOK, ask(v, token))
			return
		}
		without(v)
	}
}

// withForm answers a form of a page that has nothing to do with who calls.
func withForm(answer func(*visit, url.Values)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := newVisit(w, r)
		if values, ok := v.form(); ok {
			answer(v, values)
		}
	}
}

func (s *Site) sendVerifyEmail(v *visit, values url.Values) {
	if values.Has(fieldEmail) {
		s.resend(v, values.Get(fieldEmail))
		return
	}
	token := values.Get(fieldToken)
	a := s.call(v.r, http.MethodPost, apiVerify, map[string]string{fieldToken: token})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.Verified, Done: true, Says: v.text.VerifiedSays, Link: v.logInLink()})
	case a.is(codeTokenInvalid), a.is(codeInvalidRequest):
		again := v.askResend("", "")
		again.Heading, again.Alert, again.Says = v.text.BadLink, v.text.BadLinkSays, v.text.ResendInstead
		v.card(http.StatusBadRequest, again)
	default:
		v.refuse(a, v.askVerify(token))
	}
}

func (s *Site) resend(v *visit, email string) {
	a := s.call(v.r, http.MethodPost, apiResend, map[string]string{fieldEmail: email})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.CheckInbox, Done: true, Says: v.text.ResentSays, Links: []link{*v.logInLink()}})
	case a.is(codeInvalidRequest):
		v.card(http.StatusBadRequest, v.askResend(email, v.text.BadEmail))
	default:
		v.refuse(a, v.askResend(email, ""))
	}
}

func showForgotPassword(w http.ResponseWriter, r *http.Request) {
	v := newVisit(w, r)
	v.card(http.StatusOK, v.askForgot("", ""))
}

func (s *Site) sendForgotPassword(v *visit, values url.Values) {
	email := values.Get(fieldEmail)
	a := s.call(v.r, http.MethodPost, apiForgot, map[string]string{fieldEmail: email})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.CheckInbox, Done: true, Says: v.text.ForgotDone, Links: []link{*v.logInLink()}})
	case a.is(codeInvalidRequest):
		v.card(http.StatusBadRequest, v.askForgot(email, v.text.BadEmail))
	default:
		v.refuse(a, v.askForgot(email, ""))
	}
}

func (s *Site) sendResetPassword(v *visit, values url.Values) {
	token := values.Get(fieldToken)
	a := s.call(v.r, http.MethodPut, apiReset, map[string]string{
		fieldToken:       token,
		fieldNewPassword: values.Get(fieldNewPassword),
	})
	switch {
	case a.ok():
		v.card(http.StatusOK, card{Heading: v.text.ResetDone, Done: true, Says: v.text.ResetDoneSays, Link: v.logInLink()})
	case a.is(codeTokenInvalid), a.is(codeInvalidRequest) && a.refuses(fieldToken):
		v.badResetLink()
	case a.is(codeInvalidRequest):
		again := s.askReset(v, token)
		password := &again.Form.Fields[0]
		password.Error = fmt.Sprintf(v.text.BadPassword, password.MinLength, password.MaxLength)
		v.card(http.StatusBadRequest, again)
	default:
		v.refuse(a, s.askReset(v, token))
	}
}

func (v *visit) badResetLink() {
	v.card(http.StatusBadRequest, card{
		Heading: v.text.BadLink,
		Alert:   v.text.BadLinkSays,
		Link:    &link{pathForgot, v.text.ForgotInstead},
	})
}

func (v *visit) logInLink() *link { return &link{pathLogIn, v.text.Frame.LogIn} }

func (v *visit) askVerify(token string) card {
	return card{
		Heading: v.text.Verify,
		Says:    v.text.VerifySays,
		Form:    &form{Action: pathVerify, Token: token, Button: v.text.VerifyButton},
	}
}

func (v *visit) askForMail() { v.card(http.StatusOK, v.askResend("", "")) }

func (v *visit) askResend(email, problem string) card {
	return card{
		Heading: v.text.Resend,
		Says:    v.text.ResendSays,
		Form:    &form{Action: pathVerify, Fields: []field{v.email(email, problem)}, Button: v.text.ResendButton},
	}
}

func (v *visit) askForgot(email, problem string) card {
	return card{
		Heading: v.text.Forgot,
		Says:    v.text.ForgotSays,
		Form:    &form{Action: pathForgot, Fields: []field{v.email(email, problem)}, Button: v.text.ForgotButton},
	}
}

// askReset never shows a password again: what is in a page is in caches and
// on screens.
func (s *Site) askReset(v *visit, token string) card {
	password := v.newPassword(fieldNewPassword, v.text.NewPassword, s.operation("newPassword"))
	return card{
		Heading: v.text.Reset,
		Says:    v.text.ResetSays,
		Form:    &form{Action: pathReset, Token: token, Fields: []field{password}, Button: v.text.ResetButton},
	}
}

func (v *visit) email(value, problem string) field {
	return field{
		Name:         fieldEmail,
		Type:         "email",
		Label:        v.text.Email,
		Value:        value,
		Autocomplete: "email",
		Error:        problem,
	}
}
