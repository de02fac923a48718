package site

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"example.com/alta/internal/docs"
)

// docsPage is what the layout of the documentation shows. The documentation is
// in English, as the contract is.
type docsPage struct {
	page
	Book        *docs.Book
	Tag         *docs.Tag       // the group that the navigation has open
	Operation   *docs.Operation // that the page is about
	Description string          // for search engines
	Sections    []docsSection
	Query       string // what was searched for

	template func() *template.Template
	markdown func() string // the same page as Markdown
}

// docsSection is a part of a page that can be linked to.
type docsSection struct {
	ID, Title string
	Scripted  bool // only shown where scripts run
}

// Markdown is where the page is as Markdown.
func (p docsPage) Markdown() string {
	if p.Query == "" {
		return p.Path + markdownSuffix
	}
	return p.Path + markdownSuffix + "?" + url.Values{"q": {p.Query}}.Encode()
}

// Find is where a search goes.
func (p docsPage) Find() string { return pathSearch }

// MaxQuery is how much may be searched for.
func (p docsPage) MaxQuery() int { return maxQuery }

// Version names the contract that the page was made from.
func (p docsPage) Version() string { return p.Book.Version + " · " + p.Book.Hash }

// docsTemplate parses the template of a page when it is first shown.
func docsTemplate(name string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		functions := template.FuncMap{"markdown": docs.HTML, "inline": docs.InlineHTML, "lower": strings.ToLower}
		return template.Must(template.New(name).Funcs(functions).ParseFS(templateFiles,
			"templates/docs_layout.html", "templates/docs_parts.html", "templates/parts.html", "templates/"+name))
	})
}

// show answers with the page as HTML.
func (d *docsVisit) show(status int, p docsPage) {
	p.Text, p.Book, p.Static = &english, d.book, true
	p.Style, p.Icon = docsStyles.path(), icon.path()
	p.Scripts = scriptPaths("site.js", "docs.js", "samples.js", "run.js")
	var body bytes.Buffer
	if err := p.template().ExecuteTemplate(&body, "docs_layout.html", p); err != nil {
		panic(err) // a template does not fit its data
	}
	d.publish(status, "text/html; charset=utf-8", body.Bytes())
}

// publish answers with what is the same for everybody.
func (d *docsVisit) publish(status int, contentType string, body []byte) {
	h := d.w.Header()
	h.Set("Content-Security-Policy", ownPolicy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Language", english.Language)
	h.Set("Cache-Control", publishForAll)
	if status != http.StatusOK {
		h.Set("Content-Type", contentType)
		d.w.WriteHeader(status)
		if d.r.Method != http.MethodHead {
			_, _ = d.w.Write(body) // fails when nobody is there to read it
		}
		return
	}
	publish(d.w, d.r, contentType, load(body))
}
