package site

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/alta/internal/site/static"
)

// maxForm is how many bytes a form may have. The longest fields are far
// shorter.
const maxForm = 64 << 10

//go:embed templates
var templateFiles embed.FS

var (
	cardPage     = parse("card.html")
	renderedPage = parse("rendered.html")
)

// parse returns a page's template, with the parts that it shares with some
// others. It is read when the page is first shown: a start need not wait for it.
func parse(names ...string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		files := []string{"templates/layout.html", "templates/parts.html"}
		for _, name := range names {
			files = append(files, "templates/"+name)
		}
		return template.Must(template.ParseFS(templateFiles, files...))
	})
}

// visit is one call of a page.
type visit struct {
	site *Site // nil on pages that have nothing to do with who calls
	w    http.ResponseWriter
	r    *http.Request
	text *text
}

func newVisit(w http.ResponseWriter, r *http.Request) *visit {
	h := w.Header()
	h.Set("Content-Security-Policy", static.Policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	return &visit{w: w, r: r, text: chooseText(r)}
}

// page is what the layout shows.
type page struct {
	Text    *text
	Title   string
	Wide    bool
	Style   string          // path of the stylesheet
	Icon    string          // path of the icon
	Scripts []*static.Asset // modules that make the page more pleasant
	Main    any             // what the page's own template shows

	Static   bool   // it is the same for everybody
	Own      bool   // it is one of those that go by the cookie
	SignedIn bool   // as far as the cookie tells
	Path     string // of the page, without query
	Back     string // where a switch of the language leads back to
	Toast    string // what was done just now
}

// Current says whether the header's link to the path is to the page itself,
// "page", or to the section that the page is in, "true" (WAI-ARIA 1.2 section
// 6.6, aria-current). Otherwise it is "".
func (p page) Current(path string) string {
	switch {
	case p.Path == path:
		return "page"
	case p.Path != pathCredentials && strings.HasPrefix(p.Path, path+"/"): // that has a link of its own
		return "true"
	}
	return ""
}

// card is a page that has one thing to say or to ask.
type card struct {
	Heading   string
	Done      bool   // what was asked for is done
	Alert     string // what went wrong
	Says      string
	Form      *form
	Link      *link
	Google    bool   // people can do it by Google, too
	Links     []link // to what else the person may have come for
	Wait      int    // seconds that have to pass before the form can be sent
	RequestID string
}

// card answers with a card.
func (v *visit) card(status int, c card) {
	title := c.Heading
	if c.failed() {
		title = v.text.ErrorTitle + title
	}
	v.show(status, cardPage, page{Title: title, Main: c, Scripts: c.scripts()})
}

// scripts returns the modules that make the card more pleasant.
func (c card) scripts() (scripts []*static.Asset) {
	if c.Form != nil && slices.ContainsFunc(c.Form.Fields, field.isSecret) {
		scripts = append(scripts, passwordScript)
	}
	if c.Form != nil && c.Wait > 0 {
		scripts = append(scripts, waitScript)
	}
	return scripts
}

func (c card) failed() bool {
	if c.Alert != "" {
		return true
	}
	return c.Form != nil && c.Form.failed()
}

// show renders a page before it answers, so that no page is sent in part.
func (v *visit) show(status int, t func() *template.Template, p page) {
	p.Text, p.Style, p.Icon, p.Path = v.text, stylesheet.Path(), static.Icon.Path(), v.r.URL.Path
	if v.site != nil {
		v.frame(&p)
	} else {
		p.Scripts = nil // its policy lets none run
	}
	var body bytes.Buffer
	if err := t().ExecuteTemplate(&body, "layout.html", p); err != nil {
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
		c.Alert, c.Wait = v.text.TooMany+" "+v.text.wait(a.wait()), a.wait()
	case http.StatusServiceUnavailable, http.StatusConflict: // the latter: the same form is being answered already
		c.Alert, c.Wait = v.text.Busy+" "+v.text.wait(a.wait()), a.wait()
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
