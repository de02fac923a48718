package docpages

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// prefersMarkdown reports whether the caller prefers Markdown to HTML (RFC
// 9110 section 12.5.1).
func prefersMarkdown(h http.Header) bool {
	accept := strings.Join(h.Values("Accept"), ",")
	return quality(accept, "markdown") > quality(accept, "html")
}

// quality returns the caller's preference for text of the kind, from 0 to 1. The
// most specific range that includes the kind decides.
func quality(accept, kind string) float64 {
	found, specificity := 0.0, 0
	for part := range strings.SplitSeq(accept, ",") {
		name, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1.0
		if weight, isGiven := parameters["q"]; isGiven {
			if q, err = strconv.ParseFloat(weight, 64); err != nil || q < 0 || q > 1 {
				continue
			}
		}
		for i, mediaRange := range []string{"*/*", "text/*", "text/" + kind} {
			if name == mediaRange && i+1 > specificity {
				found, specificity = q, i+1
			}
		}
	}
	return found
}
