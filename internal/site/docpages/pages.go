package docpages

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"example.com/alta/internal/docs"
)

var (
	tagTemplate       = parse("tag.html")
	errorsTemplate    = parse("errors.html")
	changelogTemplate = parse("changelog.html")
	searchTemplate    = parse("search.html")
	unknownTemplate   = parse("unknown.html")
)

func (v *view) makeTag(tag *docs.Tag) page {
	p := page{template: tagTemplate, Tag: tag, markdown: func() string { return v.book.TagMarkdown(tag, v.baseURL) }}
	p.Title, p.Description = tag.Title, tag.Description
	return p
}

// maxListed is how many operations a code is listed with. If more operations
// return a code, any call may get it.
const maxListed = 12

// errorsMain is the data of the page of errors.
type errorsMain struct {
	Shapes    []errorShape
	MaxListed int
}

// errorShape is how one door answers errors.
type errorShape struct {
	Title string
	*docs.Response
}

// Label is the title. A response that stands alone has the name of its status.
func (s errorShape) Label() string { return s.Title }

// shapeSources are the operations whose answers to bad input show the shapes.
var shapeSources = []struct{ id, title string }{
	{"registerDeveloper", "The API door: paths under /api/v1/"},
	{"registerAppUser", "The app door: all other paths under /api/"},
}

func (v *view) makeErrors() page {
	p := page{template: errorsTemplate, markdown: func() string { return v.book.ErrorsMarkdown(v.baseURL) }}
	var shapes []errorShape
	for _, source := range shapeSources {
		shapes = append(shapes, errorShape{source.title, v.findByID(source.id).Response(http.StatusBadRequest)})
	}
	p.Main = errorsMain{shapes, maxListed}
	p.Title, p.Description = "Errors", "Every error code of the API, what it means and what to do."
	p.Sections = []section{{ID: "shapes", Title: "Shapes"}, {ID: "codes", Title: "Codes"}}
	return p
}

func (v *view) makeChangelog() page {
	p := page{template: changelogTemplate, markdown: v.book.ChangelogMarkdown}
	p.Title, p.Description = "Changelog", "What changed in "+v.book.Title+", version by version."
	return p
}

// maxQuery is how many characters are searched for. More words take longer to
// find.
const maxQuery = 100

func (v *view) makeSearch() page {
	typed := []rune(v.r.URL.Query().Get("q"))
	query := strings.TrimSpace(string(typed[:min(len(typed), maxQuery)]))
	var found []*docs.Operation
	for _, hit := range v.book.Search(query) {
		found = append(found, hit.Operation)
	}
	p := page{template: searchTemplate, Query: query, markdown: func() string { return hitsMarkdown(query, found, v.baseURL) }}
	p.Title, p.Main = "Search", found
	p.Description = "Search the operations of the API."
	return p
}

// hitsMarkdown is the page of a search as Markdown.
func hitsMarkdown(query string, found []*docs.Operation, baseURL string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Search\n\nOperations for `%s`: %d\n\n", quotable(query), len(found))
	for _, op := range found {
		fmt.Fprintf(&text, "- [%s](%s%s.md): %s\n", op.Endpoint(), baseURL, op.Page, op.Summary)
	}
	return text.String()
}

// quotable returns the query as one line without back quotes, which would end the
// code in which it is quoted. A model that reads the document must not take a
// stranger's words for the documentation's.
func quotable(query string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case !unicode.IsGraphic(r):
			return ' '
		}
		return r
	}, query)
	return strings.Join(strings.Fields(plain), " ")
}

const unknownTitle = "Page not found"

// makeUnknown makes the page for a path that leads nowhere.
func (v *view) makeUnknown() page {
	return page{template: unknownTemplate, Title: unknownTitle, markdown: func() string {
		return "# " + unknownTitle + "\n\nSee [the documentation](" + v.baseURL + Path + markdownSuffix + ").\n"
	}}
}

// findByID returns the operation that the contract knows by the id.
func (v *view) findByID(id string) *docs.Operation {
	all := v.book.Operations
	return all[slices.IndexFunc(all, func(op *docs.Operation) bool { return op.ID == id })]
}
