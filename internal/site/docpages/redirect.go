package docpages

import (
	"net/http"
	"net/url"
	"strings"

	"example.com/alta/internal/docs"
)

// renamed returns the path of the page that was at the path in an earlier
// version. All other paths are returned unchanged.
func renamed(path string) string {
	inside, isInside := strings.CutPrefix(path, Path+"/")
	if !isInside {
		return path
	}
	name, slug, isOperation := strings.Cut(inside, "/")
	if isOperation {
		return Path + "/" + docs.TagName(name) + "/" + slug
	}
	return Path + "/" + docs.TagName(name)
}

// redirect leads to another path for good, with the same query.
func redirect(w http.ResponseWriter, r *http.Request, path string) {
	w.Header().Set("Cache-Control", publicCache)
	to := url.URL{Path: path, RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
}
