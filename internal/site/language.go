package site

import (
	"net/http"
	"time"
)

const (
	pathLanguage   = "/language"
	languageCookie = "alta-language"
)

// setLanguage stores the language that a person has chosen, in a cookie. Forms of
// other sites may do that, too: it is harmless.
func (s *Site) setLanguage(w http.ResponseWriter, r *http.Request) {
	v := s.newPlainVisit(w, r)
	values, ok := v.readForm()
	if !ok {
		return
	}
	chosen := values.Get("language")
	if texts[chosen] == nil {
		v.showCard(http.StatusBadRequest, card{Heading: v.text.Failed, Alert: v.text.Malformed})
		return
	}
	http.SetCookie(w, newLanguageCookie(chosen, s.config.PublicURL != nil && s.config.PublicURL.Scheme == "https"))
	v.redirect(localPath(values.Get("back"), "/"))
}

// newLanguageCookie returns the cookie that stores the chosen language.
func newLanguageCookie(chosen string, secure bool) *http.Cookie {
	return &http.Cookie{
		Name:     languageCookie,
		Value:    chosen,
		Path:     "/",
		MaxAge:   int((365 * 24 * time.Hour).Seconds()),
		Secure:   secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
