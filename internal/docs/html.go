package docs

import (
	"html/template"
	"strings"

	"github.com/yuin/goldmark"
)

// HTML renders a text of the book. It drops HTML markup in the text, so the
// result is safe in a page.
func HTML(markdown string) template.HTML {
	var out strings.Builder
	if err := goldmark.Convert([]byte(markdown), &out); err != nil {
		panic(err) // a strings.Builder never fails
	}
	return template.HTML(out.String())
}

// InlineHTML renders a text of one paragraph without the paragraph around it,
// for a place inside another paragraph or a cell.
func InlineHTML(markdown string) template.HTML {
	out := strings.TrimSpace(string(HTML(markdown)))
	if strings.Count(out, "<p>") == 1 {
		out = strings.TrimSuffix(strings.TrimPrefix(out, "<p>"), "</p>")
	}
	return template.HTML(out)
}
