package site

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"example.com/alta/internal/contract"
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

// visit is one request for a page, with what any page needs. The visits of the
// sections embed it and add what their own pages need.
type visit struct {
	w        http.ResponseWriter
	r        *http.Request
	text     *text
	session  *session // nil on pages that do not depend on the caller
	api      apiClient
	contract *contract.Contract
}

// session is how a page goes by the caller's session.
type session struct{ cookie string } // the cookie's name

// newPlainVisit returns a visit of a page that calls nothing.
func (s *Site) newPlainVisit(w http.ResponseWriter, r *http.Request) *visit {
	h := w.Header()
	h.Set("Content-Security-Policy", static.Policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	return &visit{w: w, r: r, text: s.chooseText(r), contract: s.config.Contract}
}

// page is the data of the layout.
type page struct {
	Text    *text
	Title   string
	Wide    bool
	Style   string          // path of the stylesheet
	Icon    string          // path of the icon
	Scripts []*static.Asset // modules that make the page more pleasant
	Main    any             // data of the page's own template

	Static   bool   // it is the same for everybody
	Own      bool   // it depends on the caller's cookie
	SignedIn bool   // as far as the cookie tells
	Session  string // the pseudonym of the caller's session; "": the caller has none
	Path     string // of the page, without query
	Back     string // the page to return to after a switch of the language
	Toast    string // what was done just now
}

// Current says whether the header's link to the path is to the page itself,
// "page", or to the section that the page is in, "true" (WAI-ARIA 1.2 section
// 6.6, aria-current). Otherwise it is "".
func (p page) Current(path string) string {
	switch {
	case p.Path == path:
		return "page"
	case p.Path != pathCredentials && strings.HasPrefix(p.Path, path+"/"): // its pages have a link of their own
		return "true"
	}
	return ""
}

// card is a page that has one thing to say or to ask.
type card struct {
	Heading   string
	Done      bool   // the request of the person is done
	Alert     string // what went wrong
	Says      string
	Facts     []namedValue
	Form      *form
	Danger    *danger // what the person can do instead
	Link      *link
	Google    bool   // people can do it by Google, too
	Links     []link // to other pages that the person may want
	Wait      int    // seconds that have to pass before the form can be sent
	RequestID string
}

// namedValue is a value under its name.
type namedValue struct{ Name, Value string }

// danger is a form that destroys something. People have to open it first.
type danger struct {
	Ask, Says string
	Form      *form
}

// showCard answers with a card.
func (v *visit) showCard(status int, c card) {
	title := c.Heading
	if c.failed() {
		title = v.text.ErrorTitle + title
	}
	v.showPage(status, cardPage, page{Title: title, Main: c, Scripts: c.scripts()})
}

// scripts returns the modules that make the card more pleasant.
func (c card) scripts() (scripts []*static.Asset) {
	if c.Form != nil && slices.ContainsFunc(c.Form.Fields, field.isSecret) {
		scripts = append(scripts, passwordScript)
	}
	if c.Form.find(fieldTimeZone) != nil {
		scripts = append(scripts, profileScript, guessScript)
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

// operation returns the contract's operation with the id.
func (v *visit) operation(id string) *contract.Operation { return v.contract.Operations[id] }

// showPage renders a page before it answers, so that no page is sent in part.
func (v *visit) showPage(status int, t func() *template.Template, p page) {
	p.Text, p.Style, p.Icon, p.Path = v.text, stylesheet.Path(), static.Icon.Path(), v.r.URL.Path
	if v.session != nil {
		v.fillLayout(&p)
	} else {
		p.Scripts = nil // the page's policy allows none
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
	_, _ = v.w.Write(body.Bytes()) // fails if nobody is there to read it
}
