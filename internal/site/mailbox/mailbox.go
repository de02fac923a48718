// Package mailbox serves the pages of the development mailbox: mails that a
// server without an SMTP server keeps instead of sending them.
package mailbox

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"example.com/alta/internal/site/static"
)

// Path is the path of the list of mails.
const Path = "/dev/mailbox"

// Box is the development mailbox as its pages read it.
type Box interface {
	// List returns every mail, newest first.
	List() ([]Mail, error)
	// Read returns the mail with the name, or fs.ErrNotExist.
	Read(name string) (Mail, error)
}

// Mail is one mail of the mailbox.
type Mail struct {
	Name              string // names it in the mailbox and in paths
	Date              time.Time
	From, To, Subject string
	Text, HTML        string // its parts; empty: it lacks the part
	Raw               []byte // as it was sent
}

// Path returns the path of the mail's page.
func (m Mail) Path() string { return Path + "/" + url.PathEscape(m.Name) }

// Page is a page of the mailbox, without the layout.
type Page struct {
	Title  string
	Alert  string        // what went wrong; empty: nothing
	Main   template.HTML // empty if there is an Alert
	Policy string        // its Content-Security-Policy; empty: that of the site's pages
}

// Layout shows the pages of the mailbox as pages of the site.
type Layout interface {
	// Language returns the language that the caller reads, say "es".
	Language(r *http.Request) string
	// ShowMailbox answers with the page.
	ShowMailbox(w http.ResponseWriter, r *http.Request, status int, p Page)
	// NotFound answers that there is no page.
	NotFound(w http.ResponseWriter, r *http.Request)
}

// Pages are the pages of the mailbox.
type Pages struct {
	box    Box
	layout Layout
}

// New returns the pages of the box. They must only be shown to people at this
// machine: the mails are of all users.
func New(box Box, layout Layout) *Pages { return &Pages{box, layout} }

// Route is a path, in echo's notation, and what answers there.
type Route struct {
	Path string
	Show http.HandlerFunc
}

// Routes returns where the mailbox answers.
func (p *Pages) Routes() []Route {
	return []Route{
		{Path, p.showList},
		{Path + "/:name", p.forMail(p.showMail)},
		{Path + "/:name/html", p.forMail(showHTML)},
		{Path + "/:name/raw", p.forMail(showRaw)},
	}
}

// Policies of the page of a mail, which shows the mail in a frame, and of the
// mail in the frame. That one may be looked at and its links be followed. It has
// no origin: nothing of the site belongs to it.
const (
	pagePolicy = static.Policy + "; frame-src 'self'"
	mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; " +
		"sandbox allow-popups allow-top-navigation-by-user-activation; frame-ancestors 'self'"
)

//go:embed templates
var templateFiles embed.FS

// templates are read when a page is first shown: a start need not wait for them.
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
})

// shownPage is the data of the templates.
type shownPage struct {
	Text  *text
	Title string
	Main  any
}

// render fills in a template.
func render(name string, p shownPage) template.HTML {
	var main bytes.Buffer
	if err := templates().ExecuteTemplate(&main, name, p); err != nil {
		panic(err) // the template does not fit its data
	}
	return template.HTML(main.String()) // escaped by the template
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) {
	mails, err := p.box.List()
	if err != nil {
		p.showFailure(w, r, err)
		return
	}
	t := p.textFor(r)
	main := render("list", shownPage{Text: t, Title: t.Mailbox, Main: mails})
	p.layout.ShowMailbox(w, r, http.StatusOK, Page{Title: t.Mailbox, Main: main})
}

// showFailure shows the error itself: the person who sees it is at the machine,
// and can repair it.
func (p *Pages) showFailure(w http.ResponseWriter, r *http.Request, err error) {
	p.layout.ShowMailbox(w, r, http.StatusInternalServerError, Page{Title: p.textFor(r).Broken, Alert: err.Error()})
}

func (p *Pages) textFor(r *http.Request) *text {
	if t := texts[p.layout.Language(r)]; t != nil {
		return t
	}
	return &english
}

// forMail calls show with the mail that the path names.
func (p *Pages) forMail(show func(http.ResponseWriter, *http.Request, Mail)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		if !isName(name) {
			p.layout.NotFound(w, r)
			return
		}
		switch mail, err := p.box.Read(name); {
		case errors.Is(err, fs.ErrNotExist):
			p.layout.NotFound(w, r)
		case err != nil:
			p.showFailure(w, r, err)
		default:
			show(w, r, mail)
		}
	}
}

// isName reports whether name is that of a file in a directory, and not of
// a file elsewhere.
func isName(name string) bool {
	return name != "." && fs.ValidPath(name) && !strings.ContainsAny(name, "/\\\x00")
}

// shownMail is a mail as its page shows it.
type shownMail struct {
	Mail
	Pieces []piece // of the text
}

func (p *Pages) showMail(w http.ResponseWriter, r *http.Request, m Mail) {
	t := p.textFor(r)
	title := m.Subject
	if title == "" {
		title = t.NoSubject
	}
	main := render("mail", shownPage{Text: t, Title: title, Main: shownMail{m, findLinks(m.Text)}})
	p.layout.ShowMailbox(w, r, http.StatusOK, Page{Title: title, Main: main, Policy: pagePolicy})
}

func showHTML(w http.ResponseWriter, _ *http.Request, m Mail) {
	writeMail(w, mailPolicy, "text/html; charset=utf-8", []byte(openInTop(m.HTML)))
}

func showRaw(w http.ResponseWriter, _ *http.Request, m Mail) {
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{
		"filename": strings.TrimSuffix(m.Name, ".eml") + ".eml",
	}))
	writeMail(w, static.Policy, "message/rfc822", m.Raw)
}

func writeMail(w http.ResponseWriter, policy, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // fails if nobody is there to read it
}
