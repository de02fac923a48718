package site

// appText is what the pages of this group say.
type appText struct {
	Done map[string]string // by code, for toasts
}

var appEnglish = appText{}

var appSpanish = appText{}
