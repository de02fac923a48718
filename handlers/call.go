package handlers

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/text"
)

const (
	headerRequestID = "X-Request-Id"

	// callTimeout ends the work on a call that hangs. It is longer than a
	// password may wait to be hashed.
	callTimeout = 45 * time.Second
)

// call is what the stages learn of one call, for each other, for the handler
// and for the log.
type call struct {
	id        string // made here; a client's own id is only logged
	address   string // the client's
	userAgent string
	language  string              // that the client likes best
	operation *contract.Operation // nil: no operation is at this path
	page      string              // path of the page at it, as routes are written; "": none
	principal Principal           // zero: nobody in particular
	cookies   []*http.Cookie      // as sent
	header    http.Header         // of the response
	failure   error               // what the call was refused for

	balance    int64       // tokens left, once the call is charged
	idempotent *idempotent // nil: the call has no Idempotency-Key
	resumes    string      // request id of the call with the same key that was cut off
}

type callKey struct{}

// callFrom returns the call that ctx belongs to. Every context that a handler
// sees belongs to one.
func callFrom(ctx context.Context) *call { return ctx.Value(callKey{}).(*call) }

// begin opens the call: it gives it an id and a time limit.
func (s *Server) begin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		one := &call{
			// In order of time: the rows of the ledger that name calls are then
			// written side by side, instead of each to a page of its own.
			id:        uuid.Must(uuid.NewV7()).String(),
			address:   c.RealIP(),
			userAgent: text.Truncate(r.UserAgent(), 256),
			language:  locale.Choose(r.Header.Get("Accept-Language")),
			cookies:   r.Cookies(),
			header:    c.Response().Header(),
		}
		one.header.Set(headerRequestID, one.id)
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), callKey{}, one), callTimeout)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// nameOperation records which operation the call is for.
func nameOperation(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			callFrom(c.Request().Context()).operation = op
			return next(c)
		}
	}
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}
