package mail

const (
	fallbackEnglish = "If the button does not work, copy this link into your browser:"
	securityEnglish = "You are receiving this email because it concerns the security of your account."
	optionalEnglish = securityEnglish + " You can switch such emails off in your account, under Notifications."
)

func buttonEnglish(label, url string) *button {
	return &button{Label: label, URL: url, Fallback: fallbackEnglish}
}

// notMeEnglish says what to do about somebody else's work.
func notMeEnglish(s site) string {
	return "If this was not you, choose a new password now, and then see which sessions and API keys are yours: " + s.forgotPassword()
}

// keysEnglish says how many API keys a stranger may still have.
func keysEnglish(n int64, s site) string {
	return count(int(n), "API key still works", "API keys still work") + " with your account. A new password does not end them. " +
		"If somebody else may know them, revoke them: " + s.credentials()
}

var englishNotices = words{
	KindPasswordChanged: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Your password was changed",
			Preheader: "If this was you, there is nothing to do.",
			Heading:   "Your password was changed",
			Intro: []string{
				"The password of your account was changed, and every session was ended. Log in with the new password to continue.",
				"If this was you, there is nothing else to do. If it was not, ask for a new password now:",
			},
			Button: buttonEnglish("Ask for a new password", s.forgotPassword()),
			Footer: securityEnglish,
		}
		if l.Keys > 0 {
			letter.Notes = []string{keysEnglish(l.Keys, s)}
		}
		return letter
	},
	KindKeyMade: func(l Letter, s site) letterText {
		return keyNoticeEnglish(l, s, "A new API key was made", "A new API key opens your account to programs.")
	},
	KindKeyRotated: func(l Letter, s site) letterText {
		return keyNoticeEnglish(l, s, "An API key was rotated", "A new API key takes the place of an old one.")
	},
	KindKeyRevoked: func(l Letter, s site) letterText {
		return keyNoticeEnglish(l, s, "An API key was revoked", "Programs that use this key are rejected from now on.")
	},
	KindKeysRevoked: func(l Letter, s site) letterText {
		return keyNoticeEnglish(l, s, "All your API keys were revoked",
			count(int(l.Revoked), "API key was revoked.", "API keys were revoked.")+" Programs that use them are rejected from now on.")
	},
	KindNewDevice: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "New login to your account",
			Preheader: "From a device that had not logged in before.",
			Heading:   "New login to your account",
			Intro:     []string{"Somebody, most likely you, logged in to your account from a device that had not logged in before."},
			Facts:     englishFacts.describe(l, ""),
			Button:    buttonEnglish("See where you are logged in", s.credentials()),
			Notes:     []string{notMeEnglish(s)},
			Footer:    optionalEnglish,
		}
	},
	KindLocked: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Too many wrong passwords",
			Preheader: "Logging in to your account is locked for a while.",
			Heading:   "Too many wrong passwords",
			Intro: []string{
				"Somebody entered too many wrong passwords for your account, so logging in is locked for a while. Nobody got in by that, and the lock ends by itself.",
				"If this was you and you do not remember the password, choose a new one. That ends the lock, too.",
			},
			Facts:  englishFacts.describe(l, ""),
			Button: buttonEnglish("Ask for a new password", s.forgotPassword()),
			Notes:  []string{"You get at most one such email a day."},
			Footer: optionalEnglish,
		}
	},
	KindRole: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "You are an administrator now",
			Preheader: "Your role was changed.",
			Heading:   "You are an administrator now",
			Intro:     []string{"Your role was changed to administrator, and every session was ended. Log in again to continue."},
			Facts:     englishFacts.describe(l, ""),
			Button:    buttonEnglish("Log in", s.login()),
			Footer:    securityEnglish,
		}
	},
	KindSuspended: func(l Letter, _ site) letterText {
		return letterText{
			Subject:   "Your account was suspended",
			Preheader: "You cannot log in, and your API keys do not work.",
			Heading:   "Your account was suspended",
			Intro: []string{
				"An administrator suspended your account. Every session was ended. Until the suspension is lifted, you cannot log in, and your API keys do not work.",
				"Nothing in your account was deleted.",
			},
			Facts:  englishFacts.describe(l, ""),
			Footer: securityEnglish,
		}
	},
	KindResumed: func(l Letter, s site) letterText {
		return letterText{
			Subject:   "Your account is active again",
			Preheader: "The suspension was lifted.",
			Heading:   "Your account is active again",
			Intro:     []string{"The suspension of your account was lifted. You can log in, and your API keys work again."},
			Facts:     englishFacts.describe(l, ""),
			Button:    buttonEnglish("Log in", s.login()),
			Footer:    securityEnglish,
		}
	},
	KindDeleted: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Your account was deleted",
			Preheader: "Everything in it was erased.",
			Heading:   "Your account was deleted",
			Intro:     []string{"Your account was deleted, and everything in it was erased. This cannot be undone. You can sign up with this address again at any time."},
			Facts:     englishFacts.describe(l, ""),
			Button:    buttonEnglish("Sign up", s.register()),
			Footer:    "You are receiving this email because there was an account with this address. It is the last one.",
		}
		if l.ByOther {
			letter.Intro[0] = "An administrator deleted your account, and everything in it was erased. This cannot be undone."
			letter.Button = nil
		}
		return letter
	},
	KindLinked: func(l Letter, s site) letterText {
		letter := letterText{
			Subject:   "Google now opens your account",
			Preheader: "Somebody signed in by Google with your address.",
			Heading:   "Google now opens your account",
			Intro: []string{
				"Somebody who has this address at Google, most likely you, signed in. From now on, Google opens your account. Every earlier session was ended, and every device will be new to us.",
			},
			Facts:  englishFacts.describe(l, ""),
			Button: buttonEnglish("See where you are logged in", s.credentials()),
			Footer: securityEnglish,
		}
		if l.Removed {
			letter.Intro = append(letter.Intro, "The password that was chosen at the sign-up was removed, since it may have been a stranger's. You need none to sign in by Google. To have one, choose it here: "+s.forgotPassword())
		}
		if l.Revoked > 0 {
			letter.Notes = append(letter.Notes, count(int(l.Revoked), "API key was", "API keys were")+" revoked for the same reason. Make new ones for your programs: "+s.credentials())
		}
		if l.Keys > 0 {
			letter.Notes = append(letter.Notes, keysEnglish(l.Keys, s))
		}
		return letter
	},
}

// keyNoticeEnglish reports something about API keys.
func keyNoticeEnglish(l Letter, s site, subject, says string) letterText {
	return letterText{
		Subject: subject, Preheader: "If this was you, there is nothing to do.", Heading: subject, Intro: []string{says},
		Facts:  englishFacts.describe(l, ""),
		Button: buttonEnglish("See your API keys", s.credentials()),
		Notes:  []string{notMeEnglish(s)},
		Footer: optionalEnglish,
	}
}
