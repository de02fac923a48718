package site

import (
	"fmt"
	"net/http"

	"alta/internal/locale"
)

// text is everything that pages say, in one language.
type text struct {
	Language   string
	ErrorTitle string // before the title of a page with an error

	Email, NewPassword, PasswordHint, BadEmail, BadPassword string

	Verify, VerifySays, VerifyButton string
	Verified, VerifiedSays           string
	Resend, ResendSays, ResendButton string
	ResendInstead, ResentSays        string
	CheckInbox                       string
	BadLink, BadLinkSays             string

	Forgot, ForgotSays, ForgotButton    string
	ForgotDone, ForgotInstead           string
	Reset, ResetSays, ResetButton       string
	ResetDone, ResetDoneSays            string
	Delete, DeleteSays, DeleteButton    string
	Deleted, DeletedSays, DeleteInstead string
	NotFound, NotFoundSays, NoMethod    string
	Failed, Malformed, TooLarge, Broken string
	RequestID                           string
	TooMany, Busy                       string
	WaitMoment, WaitSecond              string
	WaitSeconds, WaitMinutes            string // with a number in them
	Mailbox, MailboxSays                string
	MailboxEmpty, MailboxEmptySays      string
	MailboxBroken, MailboxBack          string
	From, To, Subject, NoSubject, Date  string
	MailText, MailHTML, Download        string
}

var texts = map[string]*text{locale.English: &english, locale.Spanish: &spanish}

// chooseText returns the text in the language that the caller likes best.
func chooseText(r *http.Request) *text {
	return texts[locale.Choose(r.Header.Get("Accept-Language"))]
}

// wait says how long to wait. It rounds up: after that time, it is over.
func (t *text) wait(seconds int) string {
	switch {
	case seconds <= 0:
		return t.WaitMoment
	case seconds == 1:
		return t.WaitSecond
	case seconds <= 120:
		return fmt.Sprintf(t.WaitSeconds, seconds)
	default:
		return fmt.Sprintf(t.WaitMinutes, (seconds+59)/60)
	}
}
