package site

import (
	"net/http"
	"strings"

	"example.com/alta/internal/docs"
)

const (
	pathDocs       = "/docs"
	pathErrors     = pathDocs + "/errors"
	pathChangelog  = pathDocs + "/changelog"
	pathSearch     = pathDocs + "/search"
	pathReference  = pathDocs + "/reference"
	pathPostman    = pathDocs + "/alta.postman_collection.json"
	pathHTTPFile   = pathDocs + "/alta.http"
	markdownSuffix = ".md"

	linkToTexts = `</llms.txt>; rel="llms-txt"` // a header that language models look for
)

// docsPages adds the documentation, which is the same for everybody.
func (s *Site) docsPages() {
	s.read("/", false, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, pathDocs, http.StatusFound)
	})
	s.read(pathDocs, false, s.docs)
	s.read(pathDocs+markdownSuffix, false, s.docs)
	s.read(pathDocs+"/*", false, s.docs)
	s.read("/openapi.yaml", false, s.openAPIYAML)
	s.read("/openapi.json", false, s.openAPIJSON)
	s.read("/llms.txt", false, s.llms)
	s.read("/llms-full.txt", false, s.llmsFull)
	s.read("/llms/:file", false, s.llmsOfTag)
}

// makeBook makes the documentation when it is first asked for: a server that is
// not asked starts sooner and keeps less in memory.
func (s *Site) makeBook() *docs.Book {
	book, err := docs.New(s.config.Document, s.config.Changelog)
	if err != nil {
		panic(err) // the contract lacks something that the tests ask of it
	}
	return book
}

// docs answers with what is under /docs. http.ServeMux could not tell these
// paths from those of groups where methods are refused.
func (s *Site) docs(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == pathPostman:
		s.postman(w, r)
	case path == pathHTTPFile:
		s.httpFile(w, r)
	case path == pathReference && !likesMarkdown(r.Header):
		s.reference(w, r)
	default:
		s.showDocs(w, r)
	}
}

// showDocs answers with a page of the documentation, as HTML or as Markdown.
func (s *Site) showDocs(w http.ResponseWriter, r *http.Request) {
	path, asMarkdown := strings.CutSuffix(r.URL.Path, markdownSuffix)
	d := &docsVisit{site: s, w: w, r: r, book: s.book(), baseURL: s.baseURL(r)}
	page, ok := d.page(path)
	status := http.StatusOK
	if !ok {
		page, status = d.unknown(), http.StatusNotFound
	}
	page.Path = path
	h := w.Header()
	h.Set("Link", linkToTexts)
	if !asMarkdown {
		h.Add("Vary", "Accept")
		asMarkdown = likesMarkdown(r.Header)
	}
	if asMarkdown {
		d.publish(status, "text/markdown; charset=utf-8", []byte(page.markdown()))
		return
	}
	d.show(status, page)
}

// baseURL returns where callers find the server.
func (s *Site) baseURL(r *http.Request) string {
	if s.config.PublicURL != nil {
		return strings.TrimSuffix(s.config.PublicURL.String(), "/")
	}
	return "http://" + r.Host
}

// docsVisit is one call of the documentation.
type docsVisit struct {
	site    *Site
	w       http.ResponseWriter
	r       *http.Request
	book    *docs.Book
	baseURL string
}

// page returns the page at the path, if there is one.
func (d *docsVisit) page(path string) (docsPage, bool) {
	switch path {
	case pathDocs:
		return d.home(), true
	case pathErrors:
		return d.errors(), true
	case pathChangelog:
		return d.changelog(), true
	case pathSearch:
		return d.search(), true
	case pathReference:
		return docsPage{markdown: func() string { return d.book.LLMsFull(d.baseURL) }}, true
	}
	name, slug, isOperation := strings.Cut(strings.TrimPrefix(path, pathDocs+"/"), "/")
	if isOperation {
		if op := d.book.Operation(name, slug); op != nil {
			return d.operation(op), true
		}
	} else if tag := d.book.Tag(name); tag != nil {
		return d.tag(tag), true
	}
	return docsPage{}, false
}
