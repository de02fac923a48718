package site

import (
	"net/http"

	"example.com/alta/gen"
)

const (
	pathRegister = "/register"
	pathApp      = "/app"
	pathAccount  = "/account"

	apiAppRegister = "/api/auth/register"
	apiMe          = "/api/users/me"
)

// Names of fields, of forms and of the API alike.
const (
	fieldPassword  = "password"
	fieldFirstName = "firstName"
	fieldLastName  = "lastName"
	fieldCurrency  = "currency"
)

// doneRegistered is the code of the toast that greets a new user.
const doneRegistered = "registered"

// signUpVisit is a visit of a page for signing up, logging in or out.
type signUpVisit struct {
	*visit
	google     bool   // people can log in by an OpenID Connect issuer
	hasMailbox bool   // mails can be read in the development mailbox
	baseURL    string // where the caller finds the server
}

func (s *Site) addSignUp() {
	pages := section[signUpVisit]{s, func(v *visit) signUpVisit {
		return signUpVisit{visit: v, google: s.config.Google, hasMailbox: s.config.Mailbox != nil, baseURL: s.baseURL(v.r)}
	}}
	pages.addPage(pathRegister, signUpVisit.showRegister, signUpVisit.sendRegister)
	pages.addPage(pathJoin, signUpVisit.showJoin, signUpVisit.sendJoin)
	pages.addPage(pathLogIn, signUpVisit.showLogIn, signUpVisit.sendLogIn)
	pages.addAction(pathLogOut, signUpVisit.logOut)
	prices := section[pricingVisit]{s, func(v *visit) pricingVisit {
		return pricingVisit{visit: v, rates: s.config.Rates}
	}}
	prices.addPage(pathPricing, pricingVisit.showPricing, nil)
}

func (v signUpVisit) showRegister() {
	if !v.showSignedIn("") {
		v.showCard(http.StatusOK, v.askRegister())
	}
}

func (v signUpVisit) sendRegister() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	c := v.askRegister()
	a := v.call(http.MethodPost, apiAppRegister, c.Form.sent(values), v.idempotencyKey())
	switch {
	case a.ok():
		v.keepLanguage(values.Get(fieldLanguage))
		v.redirectDone(pathApp, doneRegistered)
	case a.code == gen.ErrorCodeEmailTaken:
		v.markEmailTaken(c.Form)
		v.showCard(a.status, c)
	default:
		v.showFormError(a, c, v.operation("registerAppUser"))
	}
}

// askRegister asks for the fields of the app door. It keeps the values that were
// sent.
func (v signUpVisit) askRegister() card {
	t, sent := v.text.SignUp, v.r.PostFormValue
	op := v.operation("registerAppUser")
	fields := append(withLimits(op,
		field{Name: fieldFirstName, Type: "text", Label: t.FirstName, Value: sent(fieldFirstName), Autocomplete: "given-name"},
		field{Name: fieldLastName, Type: "text", Label: t.LastName, Value: sent(fieldLastName), Autocomplete: "family-name"},
		v.text.emailField(sent(fieldEmail), ""),
		v.text.newPasswordField(op, fieldPassword, t.Password),
	), v.regionalFields(op)...)
	return card{
		Heading: t.Register,
		Says:    t.RegisterSays,
		Form:    &form{Action: pathRegister, Idempotency: v.idempotencyKey(), Fields: fields, Button: t.RegisterButton},
		Google:  v.google,
		Links: []link{
			{pathLogIn, t.LogInInstead},
			{pathJoin, t.JoinInstead},
		},
	}
}

// markEmailTaken says at the form's address that it has an account.
func (v signUpVisit) markEmailTaken(f *form) {
	email := f.find(fieldEmail)
	email.Error, email.Way = v.text.SignUp.EmailTaken, &link{pathLogIn, v.text.Frame.LogIn}
}
