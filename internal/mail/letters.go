package mail

import (
	"bytes"
	_ "embed" // the layouts
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"

	"example.com/alta/internal/locale"
)

// textWidth is the length of lines in the text part, in characters. A longer
// word, such as a link, has a line of its own.
const textWidth = 72

var (
	//go:embed layout.html
	layoutHTML string
	//go:embed layout.txt
	layoutText string

	htmlLayout = htmltemplate.Must(htmltemplate.New("layout.html").Funcs(htmltemplate.FuncMap{
		// Templates drop comments, and Outlook reads its instructions from one.
		"outlook": func(html htmltemplate.HTML) htmltemplate.HTML { return "<!--[if mso]>" + html + "<![endif]-->" },
		"split":   splitLink,
		"sans": func() htmltemplate.CSS {
			return "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
		},
		"mono": func() htmltemplate.CSS {
			return "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"
		},
	}).Parse(layoutHTML))
	textLayout = texttemplate.Must(texttemplate.New("layout.txt").Funcs(texttemplate.FuncMap{
		"wrap": wrap,
	}).Parse(layoutText))
)

// letterText is a letter in words, for the layouts. Every field is plain text.
type letterText struct {
	Language  string
	Subject   string
	Preheader string // lists of mails show it after the subject
	Heading   string
	Intro     []string // paragraphs
	Facts     []fact
	Boxes     []box
	Button    *button
	Notes     []string // paragraphs, less prominent
	Footer    string
	Product   string // its name
	Host      string
}

// fact is a line that says one thing about what has happened.
type fact struct{ Label, Content string }

// box is a line of text for the reader to copy.
type box struct{ Label, Content, Note string }

// button is a link. Fallback introduces the URL in full, for mail clients that
// do not show buttons.
type button struct{ Label, URL, Fallback string }

// site makes the links, and has the product's name.
type site struct {
	public *url.URL
	name   string
}

func (s site) link(path, token string) string {
	u := s.public.JoinPath(path)
	if token != "" {
		u.RawQuery = url.Values{"token": {token}}.Encode()
	}
	return u.String()
}

func (s site) verification(l Letter) string { return s.link("/api/v1/auth/verifyEmail", l.Token) }
func (s site) reset(l Letter) string        { return s.link("/api/v1/auth/verifyPasswordLink", l.Token) }
func (s site) deletion(l Letter) string     { return s.link("/confirm-deletion", l.Token) }
func (s site) forgotPassword() string       { return s.link("/forgot-password", "") }
func (s site) credentials() string          { return s.link("/account/credentials", "") }
func (s site) login() string                { return s.link("/login", "") }
func (s site) register() string             { return s.link("/register", "") }

// sample returns a shell command that uses the API key.
func (s site) sample(l Letter) string {
	header := "X-API-Key: " + l.Key
	return "curl " + s.link("/api/accounts", "") + " -H '" + strings.ReplaceAll(header, "'", `'\''`) + "'"
}

// Compose puts the letter into words, in its language, on behalf of the product of
// that name. Links and samples lead to publicURL. It returns an error if the kind is
// unknown or the letter lacks something that its kind needs.
func Compose(l Letter, name string, publicURL *url.URL) (Content, error) {
	if err := l.check(); err != nil {
		return Content{}, err
	}
	words, language := english, locale.English
	if l.Language == locale.Spanish {
		words, language = spanish, locale.Spanish
	}
	letter := words[l.Kind](l, site{public: publicURL, name: name})
	letter.Language, letter.Product, letter.Host = language, name, publicURL.Host
	var text, html bytes.Buffer
	if err := textLayout.Execute(&text, letter); err != nil {
		return Content{}, err
	}
	if err := htmlLayout.Execute(&html, letter); err != nil {
		return Content{}, err
	}
	return Content{Subject: letter.Subject, Text: text.String(), HTML: html.String()}, nil
}

// check returns an error if the letter lacks something that its kind needs.
func (l Letter) check() error {
	switch l.Kind {
	case KindVerification, KindReset, KindDeletion:
		if l.Token == "" || l.Hours < 1 {
			return fmt.Errorf("a letter of the kind %s takes a token and the hours that it works for", l.Kind)
		}
	case KindWelcome:
		if l.Key == "" {
			return errors.New("a letter of the kind welcome takes an API key")
		}
	case KindPasswordChanged:
	case KindKeyMade, KindKeyRotated, KindKeyRevoked, KindKeysRevoked, KindNewDevice, KindLocked, KindRole, KindSuspended,
		KindResumed, KindDeleted, KindLinked:
		if l.Event == nil {
			return fmt.Errorf("a letter of the kind %s takes an event", l.Kind)
		}
	default:
		return fmt.Errorf("there is no kind of letter %q", l.Kind)
	}
	return nil
}

// linkedText is a paragraph that may end with a link.
type linkedText struct{ Text, URL string }

// splitLink splits the link from the end of a paragraph.
func splitLink(paragraph string) linkedText {
	if i := strings.LastIndexByte(paragraph, ' '); i >= 0 && isLink(paragraph[i+1:]) {
		return linkedText{Text: paragraph[:i+1], URL: paragraph[i+1:]}
	}
	return linkedText{Text: paragraph}
}

func isLink(word string) bool {
	return strings.HasPrefix(word, "https://") || strings.HasPrefix(word, "http://")
}

// wrap breaks a paragraph into lines of at most textWidth characters. A link has a line
// of its own.
func wrap(paragraph string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(paragraph) {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+width > textWidth, isLink(word):
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return b.String()
}
