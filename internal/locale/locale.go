// Package locale chooses between the languages of Alta.
package locale

import "golang.org/x/text/language"

// Languages of mails, pages and exports.
const (
	English = "en"
	Spanish = "es"
)

var (
	names   = []string{English, Spanish} // the first is the default
	matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})
)

// Choose returns the language that the reader prefers, given the value of the header
// Accept-Language (RFC 9110, section 12.5.4).
func Choose(acceptLanguage string) string {
	_, i := language.MatchStrings(matcher, acceptLanguage)
	return names[i]
}
