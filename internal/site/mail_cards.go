package site

func (v mailLinkVisit) makeLogInLink() *link { return &link{pathLogIn, v.text.Frame.LogIn} }

func (v mailLinkVisit) askVerify(token string) card {
	return card{
		Heading: v.text.Verify,
		Says:    v.text.VerifySays,
		Form:    &form{Action: pathVerify, Token: token, Button: v.text.VerifyButton},
	}
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
