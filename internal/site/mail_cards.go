package site

import (
	"time"

	"example.com/alta/gen"
	"example.com/alta/internal/fiscal"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/useragent"
)

func (v mailLinkVisit) makeLogInLink() *link { return &link{pathLogIn, v.text.Frame.LogIn} }

func (v mailLinkVisit) askVerify(token string) card {
	return card{
		Heading: v.text.Verify,
		Says:    v.text.VerifySays,
		Form:    &form{Action: pathVerify, Token: token, Button: v.text.VerifyButton},
	}
}

// askWhose asks whether the sign-up is the reader's.
func (v mailLinkVisit) askWhose(token string, signUp gen.SignUp) card {
	asked := v.askVerify(token)
	asked.Facts = v.describeSignUp(signUp)
	if !signUp.Verified {
		asked.Says = v.text.VerifyWhose
		asked.Danger = &danger{Ask: v.text.NotMe, Says: v.text.NotMeSays, Form: v.rejectForm(token)}
	}
	return asked
}

func (v mailLinkVisit) askReject(token string) card {
	return card{Heading: v.text.NotMe, Says: v.text.NotMeSays, Form: v.rejectForm(token)}
}

func (v mailLinkVisit) rejectForm(token string) *form {
	return &form{
		Action: pathVerify, Token: token, Hidden: []hidden{{queryDo, doReject}}, Button: v.text.NotMeButton, Danger: true,
	}
}

// describeSignUp says when and from where somebody signed up, in the zone of the account.
func (v mailLinkVisit) describeSignUp(signUp gen.SignUp) []namedValue {
	zone, err := fiscal.LoadZone(signUp.Timezone)
	if err != nil {
		zone = time.UTC
	}
	facts := []namedValue{
		{v.text.Email, signUp.Email},
		{v.text.SignedUp, locale.FormatMoment(v.text.Language, parseMoment(signUp.CreatedAt).In(zone))},
	}
	if signUp.Address != "" {
		facts = append(facts, namedValue{v.text.SignedUpFrom, signUp.Address})
	}
	if name := useragent.Describe(signUp.UserAgent, v.text.Account.DeviceOn); name != "" {
		facts = append(facts, namedValue{v.text.SignedUpWith, name})
	}
	return facts
}

func (v mailLinkVisit) askResend(email, problem string) card {
	return card{
		Heading: v.text.Resend,
		Says:    v.text.ResendSays,
		Form:    &form{Action: pathVerify, Fields: []field{v.text.emailField(email, problem)}, Button: v.text.ResendButton},
	}
}

func (v mailLinkVisit) askForgot(email, problem string) card {
	return card{
		Heading: v.text.Forgot,
		Says:    v.text.ForgotSays,
		Form:    &form{Action: pathForgot, Fields: []field{v.text.emailField(email, problem)}, Button: v.text.ForgotButton},
	}
}

// askReset never shows a password again: caches and screens keep the content of
// pages.
func (v mailLinkVisit) askReset(token string) card {
	password := v.text.newPasswordField(v.operation("newPassword"), fieldNewPassword, v.text.NewPassword)
	return card{
		Heading: v.text.Reset,
		Says:    v.text.ResetSays,
		Form:    &form{Action: pathReset, Token: token, Fields: []field{password}, Button: v.text.ResetButton},
	}
}

func (v mailLinkVisit) askDeletion(token string) card {
	return card{
		Heading: v.text.Delete,
		Says:    v.text.DeleteSays,
		Form:    &form{Action: pathDeletion, Token: token, Button: v.text.DeleteButton},
	}
}
