package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// secure sets the headers that every answer carries, whatever it is.
func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		// No answer of the API is anybody's but the caller's.
		h.Set("Cache-Control", "no-store")
		if s.isHTTPS() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

func (s *Server) isHTTPS() bool { return s.PublicURL.Scheme == "https" }

// Names of cookies. Over https browsers hold a name with the prefix __Host-
// to this very host, the whole of it, and https (RFC 6265bis section 4.1.3).
const (
	sessionCookie = "alta"
	deviceCookie  = "alta-device"
	signInCookie  = "alta-sign-in" // of a sign-in by an issuer that is under way
)

func (s *Server) cookieName(name string) string {
	if s.isHTTPS() {
		return "__Host-" + name
	}
	return name
}

// setCookie has the answer set a cookie that scripts cannot read. A life of 0
// or less clears it.
func (s *Server) setCookie(one *call, name, value string, life time.Duration) {
	cookie := &http.Cookie{
		Name:     s.cookieName(name),
		Value:    value,
		Path:     "/",
		MaxAge:   int(life.Seconds()),
		Secure:   s.isHTTPS(),
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if life <= 0 {
		cookie.MaxAge = -1
	}
	one.header.Add("Set-Cookie", cookie.String())
}

// cookie returns the value of the call's cookie, or "".
func (s *Server) cookie(one *call, name string) string {
	name = s.cookieName(name)
	for _, cookie := range one.cookies {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}
