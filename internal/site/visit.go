package site

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
)

// maxForm is how many bytes a form may have. The longest fields are far
// shorter.
const maxForm = 64 << 10

//go:embed templates
var templateFiles embed.FS

var (
	cardPage    = parse("card.html")
	mailboxPage = parse("mailbox.html")
	mailPage    = parse("mail.html")
)

func parse(name string) *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/layout.html", "templates/"+name))
}

const (
	pagePolicy    = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	mailboxPolicy = pagePolicy + "; frame-src 'self'"
)

// visit is one call of a page.
type visit struct {
	w    http.ResponseWriter
	r    *http.Request
	text *text
}

func newVisit(w http.ResponseWriter, r *http.Request) *visit {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	return &visit{w, r, chooseText(r)}
}

// page is what the layout shows.
type page struct {
	Text  *text
	Title string
	Wide  bool
	Style string // path of the stylesheet
	Icon  string // path of the icon
	Main  any    // what the page's own template shows
}

// card is a page that has one thing to say or to ask.
type card struct {
	Heading   string
	Done      bool   // what was asked for is done
	Alert     string // what went wrong
	Says      string
	Form      *form
	Link      *link
	RequestID string
}

type form struct {
	Action string
	Token  string // sent along, unseen; empty: none
	Fields []field
	Button string
}

type field struct {
	Name, Type, Label, Value string
	Autocomplete             string
	MinLength, MaxLength     int // hints for the browser; 0: none
	Hint, Error              string
}

type link struct{ Path, Says string }

// card answers with a card.
func (v *visit) card(status int, c card) {
	title := c.Heading
	if c.failed() {
		title = v.text.ErrorTitle + title
	}
	v.show(status, cardPage, page{Title: title, Main: c})
}

func (c card) failed() bool {
	if c.Alert != "" {
		return true
	}
	return c.Form != nil && c.Form.failed()
}

func (f *form) failed() bool {
	for _, field := range f.Fields {
		if field.Error != "" {
			return true
		}
	}
	return false
}

// show renders a page before it answers, so that no page is sent in part.
func (v *visit) show(status int, t *template.Template, p page) {
	p.Text, p.Style, p.Icon = v.text, stylesheet.path(), icon.path()
	var body bytes.Buffer
	if err := t.ExecuteTemplate(&body, "layout.html", p); err != nil {
		panic(err) // a template does not fit its data
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.text.Language)
	h.Add("Vary", "Accept-Language")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body.Bytes()) // fails when nobody is there to read it
}

// form reads the form that was sent. When there is none, it has answered.
func (v *visit) form() (values url.Values, ok bool) {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	err := v.r.ParseForm()
	if err == nil {
		return v.r.PostForm, true
	}
	status, alert := http.StatusBadRequest, v.text.Malformed
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		status, alert = http.StatusRequestEntityTooLarge, v.text.TooLarge
	}
	v.card(status, card{Heading: v.text.Failed, Alert: alert})
	return nil, false
}

// refuse answers that the API would not, or could not, do its part. The card
// is the one to try again with.
func (v *visit) refuse(a answer, c card) {
	status := a.status
	switch status {
	case http.StatusTooManyRequests:
		c.Alert = v.text.TooMany + " " + v.text.wait(a.wait())
	case http.StatusServiceUnavailable:
		c.Alert = v.text.Busy + " " + v.text.wait(a.wait())
	case http.StatusRequestEntityTooLarge:
		c.Alert = v.text.TooLarge
	default:
		status = http.StatusInternalServerError
		c.Alert, c.RequestID = v.text.Broken, a.requestID
	}
	if a.retryAfter != "" {
		v.w.Header().Set("Retry-After", a.retryAfter)
	}
	v.card(status, c)
}
