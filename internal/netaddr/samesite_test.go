package netaddr

import (
	"net/http/httptest"
	"testing"
)

// TestOriginsAreComparedWithTheirScheme: over plain http anybody on the way can
// write a page of this host.
func TestOriginsAreComparedWithTheirScheme(t *testing.T) {
	origins, err := NewOrigins("https", "https://alta.example", "http://tools.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, host, origin, site string
		ok                         bool
	}{
		{"POST", "alta.example", "https://alta.example", "", true},
		{"POST", "alta.example", "http://alta.example", "", false},
		{"POST", "other.example", "https://other.example", "", true}, // another name of this server
		{"POST", "other.example", "http://other.example", "", false},
		{"POST", "alta.example", "http://tools.example", "", true},
		{"POST", "alta.example", "http://tools.example", "cross-site", true},
		{"POST", "alta.example", "https://tools.example", "", false},
		{"POST", "alta.example", "http://alta.example", "cross-site", false},
		{"POST", "alta.example", "http://alta.example", "same-origin", true}, // the browser has compared them
		{"POST", "alta.example", "null", "", false},
		{"POST", "alta.example", "", "", true}, // not a browser
		{"GET", "alta.example", "http://alta.example", "", true},
		{"HEAD", "alta.example", "http://alta.example", "", true},
		{"DELETE", "alta.example", "http://alta.example", "", false},
		{"PATCH", "alta.example", "ftp://alta.example", "", false},
	} {
		r := httptest.NewRequest(test.method, "/", nil)
		r.Host = test.host
		for name, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		if err := origins.Check(r); (err == nil) != test.ok {
			t.Errorf("%s to %s from %q, %q: got %v", test.method, test.host, test.origin, test.site, err)
		}
	}
	if _, err := NewOrigins("https", "alta.example"); err == nil {
		t.Error("a host counts as an origin")
	}
}
