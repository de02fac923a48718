package static

import (
	"net/http"
	"testing"
)

func TestQuality(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		accept, mediaType string
		want              float64
	}{
		{"", HTML, 0},
		{"*/*", HTML, 1},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML, 1},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json", 0.8},
		{"application/*;q=0.3", "application/json", 0.3},
		{"application/*;q=0.3", HTML, 0},
		{"text/*;q=0.5, text/html;q=0", HTML, 0},
	} {
		if got := Quality(http.Header{"Accept": {test.accept}}, test.mediaType); got != test.want {
			t.Errorf("%q for %s: got %v, want %v", test.accept, test.mediaType, got, test.want)
		}
	}
}
