package command

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/netaddr"
	"example.com/alta/repo"
)

func checkListen(listen string) error {
	_, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address; it takes HOST:PORT, for example 127.0.0.1:8080", listen)
	}
	return nil
}

// parsePublicURL reads the URL at which people reach the server. It is optional if
// only this machine can reach the server.
func parsePublicURL(text, listen string) (*url.URL, error) {
	if text == "" {
		host, _, _ := net.SplitHostPort(listen)
		if !netaddr.IsLoopbackHost(host) {
			return nil, fmt.Errorf("is required when the server listens on %s, which is not loopback", listen)
		}
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not usable; it takes http:// or https:// and a host, without a path", quoteURL(u, text))
	}
	u.Path = ""
	return u, nil
}

// parseFrontendURL reads the URL of the pages. It returns nil if the pages are the
// server's own.
func parseFrontendURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s is not usable; it takes http:// or https://, a host and at most a path", quoteURL(u, text))
	}
	return u, nil
}

// checkEncrypted refuses a URL of plain http that other machines reach, unless the
// operator accepts that what people send can be read on the way. u may be nil.
func checkEncrypted(u *url.URL, insecure bool) error {
	if u == nil || u.Scheme == "https" || netaddr.IsLoopbackHost(u.Hostname()) || insecure {
		return nil
	}
	return errors.New("is of plain http, so passwords and keys can be read on the way: use https://, or set ALTA_INSECURE_HTTP=true")
}

// quoteURL quotes the text of u, unless it may contain a password or a token.
func quoteURL(u *url.URL, text string) string {
	if u == nil || u.User != nil || strings.ContainsAny(text, "@?") {
		return "the value"
	}
	return strconv.Quote(text)
}

func parseNumber(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is out of range; it takes a number from %d to %d", text, least, most)
	}
	return n, nil
}

func parsePrefixes(texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a CIDR; it takes a list such as 10.0.0.0/8,fd00::/8", text)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

// parseOrigins returns the origins as browsers send them.
func parseOrigins(origins []string) (parsed []string, err error) {
	for _, text := range origins {
		origin, err := netaddr.Origin(text)
		if err != nil {
			u, _ := url.Parse(text)
			return nil, fmt.Errorf("%s is not an origin; it takes a list such as https://app.example.com", quoteURL(u, text))
		}
		parsed = append(parsed, origin)
	}
	return parsed, nil
}

const day = 24 * time.Hour

// parseDuration reads a Go duration, or a number of days such as "365d".
func parseDuration(text string, least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, 100_000)) * day
	}
	if err != nil || d < least || d > most {
		return 0, fmt.Errorf("%q is out of range; it takes a duration such as 90s, 12h or 30d, from %s to %s", text, least, most)
	}
	return d, nil
}

// parseRetention reads a list such as "audit=365d,session=30d,mail=30d,unverified=30d".
// A missing entry has its default.
func parseRetention(text string) (repo.Retention, error) {
	r := repo.Retention{
		Audit: 365 * day, Session: 30 * day, Mail: 30 * day, Token: day, Call: day, LoginFailures: identity.FailureMemory,
		Key: 90 * day, Unproved: 30 * day,
	}
	fields := map[string]*time.Duration{"audit": &r.Audit, "session": &r.Session, "mail": &r.Mail, "unverified": &r.Unproved}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		field := fields[name]
		if field == nil {
			return r, fmt.Errorf("%q is not kept by the server; it takes a list such as audit=365d,session=30d,mail=30d,unverified=30d", name)
		}
		d, err := parseDuration(value, time.Hour, 100*365*day)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		*field = d
	}
	return r, nil
}

// parseContact reads an email address or a URL, and returns it as a URL (RFC 9116
// section 2.5.3). It returns "" for none.
func parseContact(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if identity.CheckEmail(text) == nil {
		return "mailto:" + url.PathEscape(text), nil
	}
	u, err := url.Parse(text)
	if err == nil && u.User == nil && (u.Scheme == "https" && u.Hostname() != "" || (u.Scheme == "mailto" || u.Scheme == "tel") && u.Opaque != "") {
		return u.String(), nil
	}
	return "", fmt.Errorf("%s is not usable; it takes an email address, or a mailto:, https:// or tel: URL", quoteURL(u, text))
}
