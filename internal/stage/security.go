package stage

import (
	"github.com/labstack/echo/v4"
)

// secure sets the headers that every answer carries, whatever it is.
func (s *Stages) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		// No answer of the API is anybody's but the caller's.
		h.Set("Cache-Control", "no-store")
		if s.cookies.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}
