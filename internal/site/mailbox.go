package site

import (
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// mailPolicy lets a mail be looked at and its links be followed. The mail is
// of no origin: nothing in it is the site's own.
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; " +
	"sandbox allow-popups allow-top-navigation-by-user-activation; frame-ancestors 'self'"

const pathMailbox = "/dev/mailbox"

// Path is where the mail's page is.
func (m Mail) Path() string { return pathMailbox + "/" + url.PathEscape(m.Name) }

func (s *Site) mailbox(w http.ResponseWriter, r *http.Request) {
	v := newVisit(w, r)
	mails, err := s.config.Mailbox.List()
	if err != nil {
		v.mailboxBroken(err)
		return
	}
	v.show(http.StatusOK, mailboxPage, page{Title: v.text.Mailbox, Wide: true, Main: mails})
}

// mailboxBroken shows the error itself: who sees it is at the machine, and
// can mend it.
func (v *visit) mailboxBroken(err error) {
	v.card(http.StatusInternalServerError, card{Heading: v.text.MailboxBroken, Alert: err.Error()})
}

// ofMail calls show with the mail that the path names.
func (s *Site) ofMail(show func(*visit, Mail)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if !isName(name) {
			s.notFound(w, r)
			return
		}
		mail, err := s.config.Mailbox.Read(name)
		switch v := newVisit(w, r); {
		case errors.Is(err, fs.ErrNotExist):
			s.notFound(w, r)
		case err != nil:
			v.mailboxBroken(err)
		default:
			show(v, mail)
		}
	}
}

// isName reports whether name is that of a file in a directory, and not of
// one elsewhere.
func isName(name string) bool {
	return name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "/\\\x00")
}

// shownMail is a mail as its page shows it.
type shownMail struct {
	Mail
	Pieces []piece // of the text
}

func (s *Site) mail(v *visit, m Mail) {
	v.w.Header().Set("Content-Security-Policy", mailboxPolicy)
	title := m.Subject
	if title == "" {
		title = v.text.NoSubject
	}
	v.show(http.StatusOK, mailPage, page{Title: title, Wide: true, Main: shownMail{m, pieces(m.Text)}})
}

func (s *Site) mailHTML(v *visit, m Mail) {
	h := v.w.Header()
	h.Set("Content-Security-Policy", mailPolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	writeAll(v.w, []byte(leadOut(m.HTML)))
}

func (s *Site) mailRaw(v *visit, m Mail) {
	h := v.w.Header()
	h.Set("Content-Type", "message/rfc822")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": strings.TrimSuffix(m.Name, ".eml") + ".eml",
	}))
	writeAll(v.w, m.Raw)
}

func writeAll(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // fails when nobody is there to read it
}

var documentStart = regexp.MustCompile(`(?is)^\s*(?:<!doctype[^>]*>)?\s*(?:<html[^>]*>)?\s*(?:<head(?:\s[^>]*)?>)?`)

// leadOut has links of the mail open in the whole window and not in its
// frame. The element goes behind the start of the document: before it, it
// would put the browser in quirks mode.
func leadOut(html string) string {
	at := len(documentStart.FindString(html))
	return html[:at] + `<base target="_top">` + html[at:]
}

// piece is a part of a text: a link, or what is between links.
type piece struct {
	Text string
	Link bool
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// pieces finds the links in text. Punctuation behind a link belongs to its
// sentence.
func pieces(text string) []piece {
	var found []piece
	rest := 0
	for _, match := range address.FindAllStringIndex(text, -1) {
		start := match[0]
		link := strings.TrimRight(text[start:match[1]], ".,;:!?')]}")
		found = append(found, piece{Text: text[rest:start]}, piece{Text: link, Link: true})
		rest = start + len(link)
	}
	return append(found, piece{Text: text[rest:]})
}
