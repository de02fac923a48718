package site

import (
	"net/http"
	"strings"
	"time"

	"example.com/alta/internal/site/static"
)

// Paths at which browsers and other programs look by themselves.
const (
	pathFavicon  = "/favicon.ico"
	pathRobots   = "/robots.txt"
	pathSecurity = "/.well-known/security.txt"
)

// securityAge is how long a security.txt is valid. RFC 9116 recommends less than a
// year.
const securityAge = 180 * 24 * time.Hour

// robots keeps crawlers at what is the same for everybody (RFC 9309).
const robots = `User-agent: *
Disallow: /api/
Disallow: /account
Disallow: /app
Disallow: /dev/
Disallow: /verify-email
Disallow: /reset-password
Disallow: /confirm-deletion
`

func (s *Site) addWellKnown() {
	s.addPage(pathFavicon, static.Favicon.ServeHTTP)
	s.addPage(pathRobots, func(w http.ResponseWriter, r *http.Request) { servePlain(w, r, robots) })
	if s.config.SecurityContact != "" {
		s.addPage(pathSecurity, s.serveSecurity)
	}
}

// serveSecurity tells people where to report vulnerabilities (RFC 9116). The file is
// the same for a day.
func (s *Site) serveSecurity(w http.ResponseWriter, r *http.Request) {
	expires := s.config.Now().UTC().Truncate(24 * time.Hour).Add(securityAge)
	text := "Contact: " + s.config.SecurityContact + "\nExpires: " + expires.Format(time.RFC3339) + "\nPreferred-Languages: en, es\n"
	if own := s.baseURL(r); strings.HasPrefix(own, "https://") {
		text += "Canonical: " + own + pathSecurity + "\n"
	}
	servePlain(w, r, text)
}

func servePlain(w http.ResponseWriter, r *http.Request, text string) {
	w.Header().Set("Content-Security-Policy", static.Policy)
	w.Header().Set("Cache-Control", "public, max-age=3600")
	static.Publish(w, r, "text/plain; charset=utf-8", []byte(text))
}
