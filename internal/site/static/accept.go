package static

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// HTML is the media type of pages.
const HTML = "text/html"

// Quality returns the caller's preference for the media type, from 0 to 1 (RFC 9110
// section 12.5.1). The most specific range that includes the type decides.
func Quality(h http.Header, mediaType string) float64 {
	kind, _, _ := strings.Cut(mediaType, "/")
	found, specificity := 0.0, 0
	for part := range strings.SplitSeq(strings.Join(h.Values("Accept"), ","), ",") {
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
		for i, mediaRange := range []string{"*/*", kind + "/*", mediaType} {
			if name == mediaRange && i+1 > specificity {
				found, specificity = q, i+1
			}
		}
	}
	return found
}
