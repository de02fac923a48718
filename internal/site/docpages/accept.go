package docpages

import (
	"net/http"

	"example.com/alta/internal/site/static"
)

// prefersMarkdown reports whether the caller prefers Markdown to HTML.
func prefersMarkdown(h http.Header) bool {
	return static.Quality(h, "text/markdown") > static.Quality(h, static.HTML)
}
