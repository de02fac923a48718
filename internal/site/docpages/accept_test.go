package docpages

import (
	"net/http"
	"testing"
)

func TestPrefersMarkdown(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                               false,
		"*/*":                            false,
		"text/*":                         false,
		"text/html":                      false,
		"application/json":               false,
		"text/markdown":                  true,
		"TEXT/Markdown":                  true,
		"text/markdown;variant=GFM":      true,
		"text/markdown, text/html":       false,
		"text/html, text/markdown;q=1.0": false,
		"text/markdown, text/html;q=0.9": true,
		"text/markdown;q=0.5, text/html;q=0.4, */*;q=0.1": true,
		"text/markdown;q=0.4, text/html;q=0.5":            false,
		"text/markdown, */*;q=0.8":                        true,
		"text/markdown;q=0.8, */*":                        false,
		"text/*;q=0.9, text/html;q=0.1":                   true,
		"text/html;q=0, */*":                              true,
		"text/markdown;q=0":                               false,
		"text/html;q=0, text/markdown;q=0":                false,
		"text/markdown;q=2, text/html;q=0.1":              false,
		"text/markdown;q=x":                               false,
		"text/markdown;;;, text/html":                     false,
		"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8": false,
	} {
		if got := prefersMarkdown(http.Header{"Accept": {accept}}); got != want {
			t.Errorf("%q: got %v, want %v", accept, got, want)
		}
	}
	if two := (http.Header{"Accept": {"text/html;q=0.5", "text/markdown"}}); !prefersMarkdown(two) {
		t.Error("of two headers, only the first counts")
	}
}
