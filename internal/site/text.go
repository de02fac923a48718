package site

import (
	"fmt"
	"maps"
	"net/http"

	"example.com/alta/internal/locale"
)

// text has all words of the pages, in one language.
type text struct {
	Language   string
	Name       string // of the product
	ErrorTitle string // before the title of a page with an error

	Email, NewPassword, BadEmail string
	PasswordHint, BadPassword    string // with the least and the largest length in them

	Verify, VerifySays, VerifyButton string
	VerifyWhose                      string
	SignedUp                         string
	SignedUpFrom, SignedUpWith       string
	NotMe, NotMeSays, NotMeButton    string
	Rejected, RejectedSays           string
	RejectInstead, OpenAgain         string
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
	Home                                string
	Failed, Malformed, TooLarge, Broken string
	RequestID                           string
	TooMany, Busy, Storage              string
	WaitMoment, WaitSecond              string
	WaitSeconds, WaitMinutes            string // with a number in them

	Frame   frameText
	Edit    editText
	SignUp  signUpText
	Account accountText
	App     appText
}

var texts = map[string]*text{locale.English: &english, locale.Spanish: &spanish}

// textsWithName returns the texts with the product's name in them.
func textsWithName(name string) map[string]*text {
	named := map[string]*text{}
	for language, words := range texts {
		own := *words
		own.Name = name
		own.SignUp.Done = maps.Clone(own.SignUp.Done)
		own.SignUp.Done[doneRegistered] = fmt.Sprintf(own.SignUp.Done[doneRegistered], name)
		own.SignUp.Pricing.Says = fmt.Sprintf(own.SignUp.Pricing.Says, name)
		named[language] = &own
	}
	return named
}

// chooseText returns the text in the language that the caller has chosen, or
// else likes best.
func (s *Site) chooseText(r *http.Request) *text {
	if cookie, err := r.Cookie(languageCookie); err == nil && s.texts[cookie.Value] != nil {
		return s.texts[cookie.Value]
	}
	return s.texts[locale.Choose(r.Header.Get("Accept-Language"))]
}

// describeDone returns the words of a toast, or "" for an unknown code.
func (t *text) describeDone(code string) string {
	for _, says := range []map[string]string{t.SignUp.Done, t.Account.Done, t.App.Done} {
		if says[code] != "" {
			return says[code]
		}
	}
	return ""
}

// describeWait says how long to wait. It rounds up: after that time, it is over.
func (t *text) describeWait(seconds int) string {
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
