package site

import "example.com/alta/internal/locale"

var english = text{
	Language:   locale.English,
	ErrorTitle: "Error: ",

	Email:        "Email",
	NewPassword:  "New password",
	PasswordHint: "%d to %d characters.",
	BadEmail:     "Enter a valid email address.",
	BadPassword:  "The password must have between %d and %d characters.",

	Verify:        "Verify your email",
	VerifySays:    "Confirm that this address is yours.",
	VerifyButton:  "Verify my email",
	Verified:      "All set",
	VerifiedSays:  "Your email is verified. You can log in now.",
	Resend:        "Get a new link",
	ResendSays:    "Enter the email you signed up with, and we will send you a new link to verify it.",
	ResendButton:  "Send me a new link",
	ResendInstead: "Enter the email you signed up with to get a new one.",
	ResentSays:    "If that email is registered and not yet verified, a new link has been sent.",
	CheckInbox:    "Check your inbox",
	BadLink:       "This link does not work",
	BadLinkSays:   "The link is invalid, has expired, or has already been used.",

	Forgot:        "Forgot your password?",
	ForgotSays:    "Enter your email, and we will send you a link to choose a new one.",
	ForgotButton:  "Send reset link",
	ForgotDone:    "If that email is registered, a reset link has been sent.",
	ForgotInstead: "Request a new link",
	Reset:         "Choose a new password",
	ResetSays:     "It replaces the old one immediately.",
	ResetButton:   "Save password",
	ResetDone:     "Password updated",
	ResetDoneSays: "Log in with your new password. All other sessions have been ended.",

	Delete:        "Delete your account?",
	DeleteSays:    "This permanently erases everything in it: accounts, transactions, budgets and API keys. It cannot be undone.",
	DeleteButton:  "Permanently delete my account",
	Deleted:       "Your account is deleted",
	DeletedSays:   "We keep nothing that identifies you. You can sign up with the same email at any time.",
	DeleteInstead: "If you still want to delete your account, log in and ask for a new link. If you have already confirmed, your account is deleted.",

	Home:         "Go to the start page",
	NotFound:     "Page not found",
	NotFoundSays: "There is no page at this address. Check that the link is complete.",
	NoMethod:     "This page does not support that method",

	Failed:      "That did not work",
	Malformed:   "The form could not be read. Go back and try again.",
	TooLarge:    "That is too long. Go back and enter something shorter.",
	Broken:      "Something went wrong on our side. Try again in a moment.",
	RequestID:   "Request",
	TooMany:     "Too many attempts.",
	Busy:        "The server is busy.",
	WaitMoment:  "Wait a moment, then try again.",
	WaitSecond:  "Wait 1 second, then try again.",
	WaitSeconds: "Wait %d seconds, then try again.",
	WaitMinutes: "Wait %d minutes, then try again.",

	Frame:   frameEnglish,
	Edit:    editEnglish,
	SignUp:  signUpEnglish,
	Account: accountEnglish,
	App:     appEnglish,
}
