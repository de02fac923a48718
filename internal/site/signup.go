package site

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/alta/internal/contract"
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

func (s *Site) signUpPages() {
	s.page(pathRegister, showRegister, sendRegister)
	s.page(pathJoin, showJoin, sendJoin)
	s.page(pathLogIn, showLogIn, sendLogIn)
	s.send(pathLogOut, s.own(logOut))
	s.page(pathPricing, showPricing, nil)
}

func showRegister(v *visit) {
	if !v.isKnown("") {
		v.card(http.StatusOK, v.askRegister())
	}
}

func sendRegister(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	c := v.askRegister()
	body := map[string]string{}
	for _, f := range c.Form.Fields {
		body[f.Name] = values.Get(f.Name)
	}
	a := v.send(http.MethodPost, apiAppRegister, body, v.idempotency())
	switch {
	case a.ok():
		v.keepLanguage()
		v.done(pathApp, doneRegistered)
	case a.status == http.StatusConflict && a.retryAfter == "": // with it, it is the form that was sent twice
		v.emailTaken(c.Form)
		v.card(a.status, c)
	default:
		v.refuseForm(a, c, v.site.operation("appRegister"))
	}
}

// keepLanguage has mails come in the language that a new user reads: the app
// door takes none when it registers somebody. Where that fails now, it can be
// set later.
func (v *visit) keepLanguage() {
	v.send(http.MethodPatch, apiMe, map[string]string{"language": v.text.Language}, "")
}

// askRegister asks for what the app door wants to know, with what was sent
// filled in again.
func (v *visit) askRegister() card {
	t, sent := v.text.SignUp, v.r.PostFormValue
	op := v.site.operation("appRegister")
	currency := v.currencies(fieldCurrency, sent(fieldCurrency), op)
	fields := limited(op,
		field{Name: fieldFirstName, Type: "text", Label: t.FirstName, Value: sent(fieldFirstName), Autocomplete: "given-name"},
		field{Name: fieldLastName, Type: "text", Label: t.LastName, Value: sent(fieldLastName), Autocomplete: "family-name"},
		v.email(sent(fieldEmail), ""),
		v.newPassword(fieldPassword, t.Password, op),
		currency,
	)
	return card{
		Heading: t.Register,
		Says:    t.RegisterSays,
		Form:    &form{Action: pathRegister, Idempotency: v.idempotency(), Fields: fields, Button: t.RegisterButton},
		Google:  v.site.config.Google,
		Links: []link{
			{pathLogIn, t.LogInInstead},
			{pathJoin, t.JoinInstead},
		},
	}
}

// emailTaken says at the form's address that it has an account.
func (v *visit) emailTaken(f *form) {
	i := slices.IndexFunc(f.Fields, func(f field) bool { return f.Name == fieldEmail })
	f.Fields[i].Error, f.Fields[i].Way = v.text.SignUp.EmailTaken, &link{pathLogIn, v.text.Frame.LogIn}
}

// newPassword asks for a password, by the rules that the operation has for it.
func (v *visit) newPassword(name, label string, op *contract.Operation) field {
	f := limited(op, field{Name: name, Type: "password", Label: label, Autocomplete: "new-password"})[0]
	f.Hint = fmt.Sprintf(v.text.PasswordHint, f.MinLength, f.MaxLength)
	return f
}
