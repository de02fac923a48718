package stage

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// HeadRouter registers HEAD for every operation that has GET. The call goes through
// the same stages and the same method, and its response has no body (RFC 9110
// section 9.3.2).
type HeadRouter struct{ *echo.Echo }

// GET is part of gen.EchoRouter.
func (r HeadRouter) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	r.Echo.HEAD(path, h, append([]echo.MiddlewareFunc{asGet}, m...)...)
	return r.Echo.GET(path, h, m...)
}

// asGet turns a HEAD request into a GET request whose response has no body.
func asGet(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := *c.Request() // a copy: for the HTTP server, its request must remain HEAD
		r.Method = http.MethodGet
		c.SetRequest(&r)
		c.Response().Writer = bodyless{c.Response().Writer}
		return next(c)
	}
}

// bodyless discards the body of a response.
type bodyless struct{ http.ResponseWriter }

// Write is part of http.ResponseWriter.
func (b bodyless) Write(p []byte) (int, error) { return len(p), nil }

// Unwrap lets http.ResponseController reach the connection.
func (b bodyless) Unwrap() http.ResponseWriter { return b.ResponseWriter }
