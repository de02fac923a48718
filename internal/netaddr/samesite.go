package netaddr

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// Origins rejects calls that a page of another origin makes a browser send with its
// cookies. It is http.CrossOriginProtection, and compares an Origin whole: browsers
// that do not send Sec-Fetch-Site, as over plain http, are compared by host alone
// otherwise, so that a page of http://host could act on https://host.
type Origins struct {
	protection *http.CrossOriginProtection
	scheme     string // of this server
	trusted    []string
}

// NewOrigins returns the check of a server with the scheme, http or https. Pages of
// the trusted origins may call it, too. Its error names an origin that is none.
func NewOrigins(scheme string, trusted ...string) (*Origins, error) {
	o := &Origins{protection: http.NewCrossOriginProtection(), scheme: scheme, trusted: trusted}
	for _, origin := range trusted {
		if err := o.protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	return o, nil
}

var errOtherScheme = errors.New("the page was not loaded by the scheme of this server")

// Check returns an error if the call may come from a page of another origin. Calls
// by methods that change nothing pass.
func (o *Origins) Check(r *http.Request) error {
	if err := o.protection.Check(r); err != nil {
		return err
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	origin := r.Header.Get("Origin")
	if origin == "" || r.Header.Get("Sec-Fetch-Site") != "" || slices.Contains(o.trusted, origin) {
		return nil
	}
	if !strings.HasPrefix(origin, o.scheme+"://") {
		return errOtherScheme
	}
	return nil
}
