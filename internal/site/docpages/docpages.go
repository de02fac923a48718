// Package docpages serves the published documentation as pages: as HTML for
// people and as Markdown for language models. Every page is the same for
// everybody.
package docpages

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"example.com/alta/internal/docs"
	"example.com/alta/internal/site/static"
)

// Path is the path of the documentation.
const Path = "/docs"

const (
	pathErrors     = Path + "/errors"
	pathChangelog  = Path + "/changelog"
	pathSearch     = Path + "/search"
	pathReference  = Path + "/reference"
	pathPostman    = Path + "/alta.postman_collection.json"
	pathHTTPFile   = Path + "/alta.http"
	markdownSuffix = ".md"

	linkToTexts = `</llms.txt>; rel="llms-txt"` // a header that language models look for
)

// Config has the dependencies of the pages.
type Config struct {
	Document  []byte                                   // the contract as it is published
	Changelog string                                   // in Markdown
	BaseURL   func(*http.Request) string               // where the caller finds the server
	Header    func(path string) template.HTML          // what the site shows above the page at the path
	NotFound  func(http.ResponseWriter, *http.Request) // answers for a file that does not exist
}

// Pages are the pages of the documentation.
type Pages struct {
	config Config
	book   func() *docs.Book
}

// New returns the pages. The documentation is made when it is first asked for:
// a server that is not asked starts sooner and keeps less in memory.
func New(config Config) *Pages {
	return &Pages{config: config, book: sync.OnceValue(func() *docs.Book {
		book, err := docs.New(config.Document, config.Changelog)
		if err != nil {
			panic(err) // the contract lacks something that its tests ask for
		}
		return book
	})}
}

// Route is a path, in echo's notation, and what answers there.
type Route struct {
	Path string
	Show http.HandlerFunc
}

// Routes returns where the documentation answers.
func (p *Pages) Routes() []Route {
	return []Route{
		{Path, p.serveDocs},
		{Path + markdownSuffix, p.serveDocs},
		{Path + "/*", p.serveDocs},
		{"/openapi.yaml", p.serveYAML},
		{"/openapi.json", p.serveJSON},
		{"/llms.txt", p.serveIndex},
		{"/llms-full.txt", p.serveFullText},
		{"/llms/:file", p.serveTagText},
	}
}

//go:embed assets
var assetFiles embed.FS

var (
	docsStyle      = static.NewAsset("docs.css", static.StyleSheet, static.BaseStyle, assetFile("docs.css"))
	referenceStyle = static.NewAsset("reference.css", static.StyleSheet, assetFile("reference.css"))

	docsScript      = newScript("docs.js")
	samplesScript   = newScript("samples.js")
	runScript       = newScript("run.js")
	referenceScript = newScript("reference.js")

	// redocScript is redoc 2.5.4, as published.
	redocScript = static.NewAsset("redoc.standalone.js", static.JavaScript, assetFile("redoc/redoc.standalone.js"))
)

func assetFile(name string) static.File { return static.File{FS: assetFiles, Path: "assets/" + name} }

func newScript(name string) *static.Asset {
	return static.NewAsset(name, static.JavaScript, assetFile(name))
}

// Assets returns the files that the pages are shown with. They link to them by
// their static.Asset.Path.
func Assets() []*static.Asset {
	return []*static.Asset{docsStyle, referenceStyle, docsScript, samplesScript, runScript, referenceScript, redocScript}
}

// serveDocs answers with what is under /docs. http.ServeMux could not tell these
// paths from those of groups for which methods are refused.
func (p *Pages) serveDocs(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == pathPostman:
		p.servePostman(w, r)
	case path == pathHTTPFile:
		p.serveHTTPFile(w, r)
	case path == pathReference && !prefersMarkdown(r.Header):
		p.serveReference(w, r)
	default:
		p.servePage(w, r)
	}
}

// servePage answers with a page of the documentation, as HTML or as Markdown.
func (p *Pages) servePage(w http.ResponseWriter, r *http.Request) {
	path, asMarkdown := strings.CutSuffix(r.URL.Path, markdownSuffix)
	if to := renamed(path); to != path {
		redirect(w, r, strings.Replace(r.URL.Path, path, to, 1))
		return
	}
	v := &view{config: &p.config, w: w, r: r, book: p.book(), baseURL: p.config.BaseURL(r)}
	found, ok := v.find(path)
	status := http.StatusOK
	if !ok {
		found, status = v.makeUnknown(), http.StatusNotFound
	}
	found.Path = path
	h := w.Header()
	h.Set("Link", linkToTexts)
	if !asMarkdown {
		h.Add("Vary", "Accept")
		asMarkdown = prefersMarkdown(r.Header)
	}
	if asMarkdown {
		v.publish(status, "text/markdown; charset=utf-8", []byte(found.markdown()))
		return
	}
	v.show(status, found)
}
