package site

import (
	"fmt"
	"net/http"

	"example.com/alta/gen"
	"example.com/alta/internal/site/mailbox"
)

const (
	pathJoin = "/join"

	apiRedeem   = "/api/v1/auth/redeem-invite"
	apiRegister = "/api/v1/auth/register"
	apiActivate = "/api/v1/account/activate"
)

const fieldCode = "code"

// showJoin takes no code from the URL: codes stay in histories and logs from
// there.
func showJoin(v *visit) {
	if v.isKnownToAPI() {
		return
	}
	v.card(http.StatusOK, v.askCode(""))
}

// sendJoin takes the two forms, one after the other: the code, and what is done
// with the token that it was exchanged for.
func sendJoin(v *visit) {
	values, ok := v.form()
	if !ok {
		return
	}
	token := values.Get(fieldToken)
	switch {
	case token == "":
		redeem(v, values.Get(fieldCode))
	case v.signedIn():
		activate(v, token)
	default:
		registerByInvite(v, token, values.Get(fieldEmail), values.Get(fieldPassword))
	}
}

func redeem(v *visit, code string) {
	a := v.send(http.MethodPost, apiRedeem, map[string]string{fieldCode: code}, "")
	c := v.askCode("")
	c.Form.Fields[0].Value = code
	reason := v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		var redeemed gen.RedeemedInvite
		a.decode(&redeemed)
		c = v.askJoin(redeemed.InviteToken)
		c.Says += " " + fmt.Sprintf(v.text.SignUp.AcceptedFor, redeemed.ExpiresIn/60)
		v.card(http.StatusOK, c)
	case reason != "":
		c.Form.Fields[0].Error = reason
		v.card(a.status, c)
	default:
		v.refuseForm(a, c, v.site.operation("redeemInvite"))
	}
}

func registerByInvite(v *visit, token, email, password string) {
	body := map[string]string{fieldEmail: email, fieldPassword: password, "invite_token": token}
	a := v.send(http.MethodPost, apiRegister, body, v.idempotency())
	c, reason := v.askJoin(token), v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		v.card(http.StatusOK, v.registered(email))
	case a.code == codeMailFailed:
		v.card(a.status, v.mailFailed(email))
	case reason != "":
		v.card(a.status, v.askCode(reason))
	case a.is(codeEmailTaken):
		v.emailTaken(c.Form)
		v.card(a.status, c)
	default:
		v.refuseForm(a, c, v.site.operation("register"))
	}
}

// askCode asks for an invite's code: again, when there is a reason.
func (v *visit) askCode(reason string) card {
	t := v.text.SignUp
	code := limited(v.site.operation("redeemInvite"), field{
		Name: fieldCode, Type: "text", Label: t.Code, Autocomplete: "off", Hint: t.CodeHint,
	})
	c := card{
		Heading: t.Join,
		Alert:   reason,
		Says:    t.JoinSays,
		Form:    &form{Action: pathJoin, Fields: code, Button: t.Redeem},
	}
	if !v.signedIn() {
		c.Links = []link{
			{pathRegister, t.NoInvite},
			{pathLogIn, t.LogInInstead},
		}
	}
	return c
}

// askJoin asks for what the token is to be used for.
func (v *visit) askJoin(token string) card {
	t := v.text.SignUp
	f := &form{Action: pathJoin, Token: token, Idempotency: v.idempotency()}
	if v.signedIn() {
		f.Button = t.Activate
		return card{Heading: t.Activate, Says: t.ActivateSays, Form: f}
	}
	op := v.site.operation("register")
	f.Fields = limited(op, v.email(v.r.PostFormValue(fieldEmail), ""), v.newPassword(fieldPassword, t.Password, op))
	f.Button = t.RegisterButton
	return card{Heading: t.Accepted, Says: t.AcceptedSays, Form: f}
}

// registered says what has to be done yet.
func (v *visit) registered(email string) card {
	c := v.mailSent(fmt.Sprintf(v.text.SignUp.JoinedSays, email), email)
	c.Done = true
	return c
}

// verifyFirst tells somebody who cannot log in yet.
func (v *visit) verifyFirst(email string) card {
	return v.mailSent(fmt.Sprintf(v.text.SignUp.UnverifiedSays, email), email)
}

func (v *visit) mailFailed(email string) card {
	c := v.mailSent(v.text.SignUp.MailFailedSays, email)
	c.Heading, c.Alert = v.text.SignUp.MailFailed, v.text.SignUp.MailFailedAlert
	return c
}

// mailSent leads to the mail with the link that proves the address, and asks
// for another.
func (v *visit) mailSent(says, email string) card {
	return card{
		Heading: v.text.CheckInbox,
		Says:    says,
		Link:    v.mailboxLink(),
		Form:    &form{Action: pathVerify, Hidden: []hidden{{fieldEmail, email}}, Button: v.text.SignUp.Again, Minor: true},
	}
}

// mailboxLink leads to the mails where they can be read here; else it is nil.
func (v *visit) mailboxLink() *link {
	if v.site.config.Mailbox == nil {
		return nil
	}
	return &link{mailbox.Path, v.text.SignUp.OpenMailbox}
}
