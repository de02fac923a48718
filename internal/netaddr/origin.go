package netaddr

import (
	"errors"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

var errOrigin = errors.New("not an origin, such as https://app.example.com")

// browserProfile maps host names as browsers do (UTS 46, non-transitional).
var browserProfile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// Origin returns the origin as browsers send it (RFC 6454 section 6.2): in lower
// case, the host as A-labels, without the scheme's own port. Its error says that
// the text is not the origin of a page served by http or https.
func Origin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(u.Host, "*%") || !strings.EqualFold(text, u.Scheme+"://"+u.Host) {
		return "", errOrigin
	}
	scheme, host, port := strings.ToLower(u.Scheme), u.Hostname(), u.Port()
	if defaultPorts[scheme] == "" || strings.HasSuffix(u.Host, ":") {
		return "", errOrigin
	}
	if strings.Contains(host, ":") {
		host = "[" + strings.ToLower(host) + "]"
	} else if host, err = browserProfile.ToASCII(host); err != nil || host == "" {
		return "", errOrigin
	}
	if port != "" && port != defaultPorts[scheme] {
		host += ":" + port
	}
	return scheme + "://" + host, nil
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}
