package stage

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCookiesReplaceThemselves: a response sets each cookie once, the last value
// last, and keeps those whose names only begin alike.
func TestCookiesReplaceThemselves(t *testing.T) {
	for _, secure := range []bool{false, true} {
		c, call := Cookies{Secure: secure}, &Call{Header: http.Header{}}
		c.Set(call, SessionCookie, "one", time.Hour)
		c.Set(call, DeviceCookie, "two", time.Hour)
		c.Set(call, SessionCookie, "three", time.Hour)
		want := []string{c.format(DeviceCookie, "two", time.Hour), c.format(SessionCookie, "three", time.Hour)}
		if diff := cmp.Diff(want, call.Header.Values("Set-Cookie")); diff != "" {
			t.Errorf("secure %t (-want +got):\n%s", secure, diff)
		}
	}
}
