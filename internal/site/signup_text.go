package site

// signUpText is what the pages of this group say.
type signUpText struct {
	Done map[string]string // by code, for toasts
}

var signUpEnglish = signUpText{}

var signUpSpanish = signUpText{}
