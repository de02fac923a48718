package site

// accountText is what the pages of this group say.
type accountText struct {
	Done map[string]string // by code, for toasts
}

var accountEnglish = accountText{}

var accountSpanish = accountText{}
