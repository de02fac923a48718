package docpages

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/site/static"
)

// language is the language of the documentation and of the contract.
const language = "en"

//go:embed templates
var templateFiles embed.FS

// view is one request for a page of the documentation.
type view struct {
	config  *Config
	w       http.ResponseWriter
	r       *http.Request
	book    *docs.Book
	baseURL string
}

// page is the data of the layout.
type page struct {
	Title       string
	Description string // for search engines
	Path        string // without the suffix of Markdown
	Header      template.HTML
	Style, Icon string // paths
	Scripts     []*static.Asset

	Book      *docs.Book
	Tag       *docs.Tag       // the group that the navigation has open
	Operation *docs.Operation // that the page is about
	Sections  []section
	Query     string // what was searched for
	Main      any    // data of the page's own template

	template func() *template.Template
	markdown func() string // the same page as Markdown
}

// section is a part of a page that can be linked to.
type section struct {
	ID, Title string
	Scripted  bool // only shown if scripts run
}

// Markdown returns the path of the page as Markdown.
func (p page) Markdown() string {
	if p.Query == "" {
		return p.Path + markdownSuffix
	}
	return p.Path + markdownSuffix + "?" + url.Values{"q": {p.Query}}.Encode()
}

// Find returns the path of the search.
func (p page) Find() string { return pathSearch }

// MaxQuery returns how many characters a search may have.
func (p page) MaxQuery() int { return maxQuery }

// Version names the contract that the page was made from.
func (p page) Version() string { return p.Book.Version + " · " + p.Book.Hash }

// parse returns the template of a page. It is read when the page is first
// shown.
func parse(name string) func() *template.Template {
	return sync.OnceValue(func() *template.Template {
		functions := template.FuncMap{"markdown": docs.HTML, "inline": docs.InlineHTML, "lower": strings.ToLower, "code": escapeCode}
		return template.Must(template.New(name).Funcs(functions).ParseFS(templateFiles,
			"templates/layout.html", "templates/parts.html", "templates/"+name))
	})
}

// escapeCode escapes code for the content of an element. Quotes mean nothing there:
// to escape them, as templates do, would make the pages an eighth longer.
func escapeCode(code string) template.HTML { return template.HTML(codeEscaper.Replace(code)) }

var codeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\x00", "\uFFFD")

// find returns the page at the path, and whether there is one.
func (v *view) find(path string) (found page, ok bool) {
	switch path {
	case Path:
		return v.makeHome(), true
	case pathErrors:
		return v.makeErrors(), true
	case pathChangelog:
		return v.makeChangelog(), true
	case pathSearch:
		return v.makeSearch(), true
	case pathReference:
		return page{markdown: func() string { return v.book.LLMsFull(v.baseURL) }}, true
	}
	name, slug, isOperation := strings.Cut(strings.TrimPrefix(path, Path+"/"), "/")
	if isOperation {
		if op := v.book.Operation(name, slug); op != nil {
			return v.makeOperation(op), true
		}
	} else if tag := v.book.Tag(name); tag != nil {
		return v.makeTag(tag), true
	}
	return page{}, false
}

// show answers with the page as HTML.
func (v *view) show(status int, p page) {
	p.Book, p.Header = v.book, v.config.Header(p.Path)
	p.Style, p.Icon = docsStyle.Path(), static.Icon.Path()
	p.Scripts = []*static.Asset{static.Script, docsScript, samplesScript, runScript}
	var body bytes.Buffer
	if err := p.template().ExecuteTemplate(&body, "layout.html", p); err != nil {
		panic(err) // a template does not fit its data
	}
	v.publish(status, "text/html; charset=utf-8", body.Bytes())
}

// publish answers with a body that is the same for everybody.
func (v *view) publish(status int, contentType string, body []byte) {
	h := v.w.Header()
	h.Set("Content-Security-Policy", static.ScriptPolicy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Language", language)
	h.Set("Cache-Control", publicCache)
	if status == http.StatusOK {
		static.Publish(v.w, v.r, contentType, body)
		return
	}
	h.Set("Content-Type", contentType)
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // fails if nobody is there to read it
	}
}
