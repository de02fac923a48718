package stage

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// HeadRouter registers every operation that takes GET for HEAD, too: the call goes
// through the same stages and the same method, and its response has no body (RFC
// 9110 section 9.3.2).
type HeadRouter struct{ *echo.Echo }

// GET is part of gen.EchoRouter.
func (r HeadRouter) GET(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	r.Echo.HEAD(path, h, append([]echo.MiddlewareFunc{asGet}, m...)...)
	return r.Echo.GET(path, h, m...)
}

// asGet makes a HEAD request a GET request whose response loses its body.
func asGet(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := *c.Request() // the HTTP server still knows its own request as HEAD
		r.Method = http.MethodGet
		c.SetRequest(&r)
		c.Response().Writer = bodyless{c.Response().Writer}
		return next(c)
	}
}

// bodyless is a response without its body.
type bodyless struct{ http.ResponseWriter }

// Write is part of http.ResponseWriter.
func (b bodyless) Write(p []byte) (int, error) { return len(p), nil }

// Unwrap lets http.ResponseController reach the connection.
func (b bodyless) Unwrap() http.ResponseWriter { return b.ResponseWriter }
