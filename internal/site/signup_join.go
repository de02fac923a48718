package site

import (
	"fmt"
	"net/http"
	"net/url"

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
func (v signUpVisit) showJoin() {
	if v.showHasAccess() {
		return
	}
	v.showCard(http.StatusOK, v.askCode(""))
}

// sendJoin takes the two forms, one after the other: the one with the code, and
// the one with the token that the code was exchanged for.
func (v signUpVisit) sendJoin() {
	values, ok := v.readForm()
	if !ok {
		return
	}
	token := values.Get(fieldToken)
	switch {
	case token == "":
		v.redeem(values.Get(fieldCode))
	case v.isSignedIn():
		v.activate(token)
	default:
		v.registerByInvite(token, values)
	}
}

func (v signUpVisit) redeem(code string) {
	a := v.call(http.MethodPost, apiRedeem, map[string]string{fieldCode: code}, "")
	c := v.askCode("")
	c.Form.Fields[0].Value = code
	reason := v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		var redeemed gen.RedeemedInvite
		a.decode(&redeemed)
		c = v.askJoin(redeemed.InviteToken)
		c.Says += " " + fmt.Sprintf(v.text.SignUp.AcceptedFor, redeemed.ExpiresIn/60)
		v.showCard(http.StatusOK, c)
	case reason != "":
		c.Form.Fields[0].Error = reason
		v.showCard(a.status, c)
	default:
		v.showFormError(a, c, v.operation("redeemInvite"))
	}
}

func (v signUpVisit) registerByInvite(token string, values url.Values) {
	c, email := v.askJoin(token), values.Get(fieldEmail)
	body := c.Form.sent(values)
	body["invite_token"] = token
	a := v.call(http.MethodPost, apiRegister, body, v.idempotencyKey())
	reason := v.text.SignUp.Invite[a.code]
	switch {
	case a.ok():
		v.keepLanguage(values.Get(fieldLanguage))
		v.showCard(http.StatusOK, v.makeRegistered(email))
	case a.code == gen.ErrorCodeMailFailed:
		v.showCard(a.status, v.makeMailFailed(email))
	case reason != "":
		v.showCard(a.status, v.askCode(reason))
	case a.code == gen.ErrorCodeEmailTaken:
		v.markEmailTaken(c.Form)
		v.showCard(a.status, c)
	default:
		v.showFormError(a, c, v.operation("registerDeveloper"))
	}
}

// askCode asks for an invite's code: again, if there is a reason.
func (v signUpVisit) askCode(reason string) card {
	t := v.text.SignUp
	code := withLimits(v.operation("redeemInvite"), field{
		Name: fieldCode, Type: "text", Label: t.Code, Autocomplete: "off", Hint: t.CodeHint,
	})
	c := card{
		Heading: t.Join,
		Alert:   reason,
		Says:    t.JoinSays,
		Form:    &form{Action: pathJoin, Fields: code, Button: t.Redeem},
	}
	if !v.isSignedIn() {
		c.Links = []link{
			{pathRegister, t.NoInvite},
			{pathLogIn, t.LogInInstead},
		}
	}
	return c
}

// askJoin asks a new user for an address and a password, and a known user only
// to go on.
func (v signUpVisit) askJoin(token string) card {
	t := v.text.SignUp
	f := &form{Action: pathJoin, Token: token, Idempotency: v.idempotencyKey()}
	if v.isSignedIn() {
		f.Button = t.Activate
		return card{Heading: t.Activate, Says: t.ActivateSays, Form: f}
	}
	op := v.operation("registerDeveloper")
	f.Fields = append(withLimits(op,
		v.text.emailField(v.r.PostFormValue(fieldEmail), ""),
		v.text.newPasswordField(op, fieldPassword, t.Password),
	), v.regionalFields(op)...)
	f.Button = t.RegisterButton
	return card{Heading: t.Accepted, Says: t.AcceptedSays, Form: f}
}

// makeRegistered says what the new user has to do yet.
func (v signUpVisit) makeRegistered(email string) card {
	c := v.makeMailSent(fmt.Sprintf(v.text.SignUp.JoinedSays, email), email)
	c.Done = true
	return c
}

// makeVerifyFirst tells a user to prove the address before logging in.
func (v signUpVisit) makeVerifyFirst(email string) card {
	return v.makeMailSent(fmt.Sprintf(v.text.SignUp.UnverifiedSays, email), email)
}

func (v signUpVisit) makeMailFailed(email string) card {
	c := v.makeMailSent(v.text.SignUp.MailFailedSays, email)
	c.Heading, c.Alert = v.text.SignUp.MailFailed, v.text.SignUp.MailFailedAlert
	return c
}

// makeMailSent leads to the mail with the link that proves the address, and asks
// for another.
func (v signUpVisit) makeMailSent(says, email string) card {
	return card{
		Heading: v.text.CheckInbox,
		Says:    says,
		Link:    v.makeMailboxLink(),
		Form:    &form{Action: pathVerify, Hidden: []hidden{{fieldEmail, email}}, Button: v.text.SignUp.Again, Minor: true},
	}
}

// makeMailboxLink leads to the mails if they can be read here; else it is nil.
func (v signUpVisit) makeMailboxLink() *link {
	if !v.hasMailbox {
		return nil
	}
	return &link{mailbox.Path, v.text.SignUp.OpenMailbox}
}
