package site

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/alta/internal/docs"
)

var (
	docsTag       = docsTemplate("docs_tag.html")
	docsErrors    = docsTemplate("docs_errors.html")
	docsChangelog = docsTemplate("docs_changelog.html")
	docsSearch    = docsTemplate("docs_search.html")
	docsUnknown   = docsTemplate("docs_unknown.html")
)

func (d *docsVisit) tag(tag *docs.Tag) docsPage {
	p := docsPage{template: docsTag, Tag: tag, markdown: func() string { return d.book.TagMarkdown(tag, d.baseURL) }}
	p.Title, p.Description = tag.Title, tag.Description
	return p
}

// docsShape is how one door answers errors.
type docsShape struct {
	Title string
	*docs.Response
}

// Label is the title, where a response stands alone the name of its status.
func (s docsShape) Label() string { return s.Title }

// errorShapes are shown by what these operations answer to bad input.
var errorShapes = []struct{ id, title string }{
	{"register", "The API door: paths under /api/v1/"},
	{"appRegister", "The app door: all other paths under /api/"},
}

func (d *docsVisit) errors() docsPage {
	p := docsPage{template: docsErrors, markdown: func() string { return d.book.ErrorsMarkdown(d.baseURL) }}
	var shapes []docsShape
	for _, one := range errorShapes {
		shapes = append(shapes, docsShape{one.title, d.byID(one.id).Response(http.StatusBadRequest)})
	}
	p.Main = shapes
	p.Title, p.Description = "Errors", "Every error code of the API, what it means and what to do."
	p.Sections = []docsSection{{ID: "shapes", Title: "Shapes"}, {ID: "codes", Title: "Codes"}}
	return p
}

func (d *docsVisit) changelog() docsPage {
	p := docsPage{template: docsChangelog, markdown: d.book.ChangelogMarkdown}
	p.Title, p.Description = "Changelog", "What changed in Alta, version by version."
	return p
}

// maxQuery is how many characters are searched for. More words take longer to
// find.
const maxQuery = 100

func (d *docsVisit) search() docsPage {
	query := []rune(d.r.URL.Query().Get("q"))
	return d.found(strings.TrimSpace(string(query[:min(len(query), maxQuery)])))
}

// found is the page of what a query finds.
func (d *docsVisit) found(query string) docsPage {
	var found []*docs.Operation
	for _, hit := range d.book.Search(query) {
		found = append(found, hit.Operation)
	}
	p := docsPage{template: docsSearch, Query: query, markdown: func() string { return hitsMarkdown(query, found, d.baseURL) }}
	p.Title, p.Main = "Search", found
	p.Description = "Search the operations of the API."
	return p
}

// hitsMarkdown is the page of a search as Markdown.
func hitsMarkdown(query string, found []*docs.Operation, baseURL string) string {
	var page strings.Builder
	fmt.Fprintf(&page, "# Search\n\nOperations for `%s`: %d\n\n", strings.ReplaceAll(query, "`", "'"), len(found))
	for _, op := range found {
		fmt.Fprintf(&page, "- [%s](%s%s.md): %s\n", op.Endpoint(), baseURL, op.Page, op.Summary)
	}
	return page.String()
}

// unknown is the page for a path that leads nowhere.
func (d *docsVisit) unknown() docsPage {
	p := docsPage{template: docsUnknown, markdown: func() string {
		return "# " + english.NotFound + "\n\nSee [the documentation](" + d.baseURL + pathDocs + markdownSuffix + ").\n"
	}}
	p.Title = english.NotFound
	return p
}

// byID returns the operation that the contract knows by the id.
func (d *docsVisit) byID(id string) *docs.Operation {
	all := d.book.Operations
	return all[slices.IndexFunc(all, func(op *docs.Operation) bool { return op.ID == id })]
}
