package stage

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

// Headers of responses that more than one place knows.
const (
	HeaderRequestID   = "X-Request-Id"
	HeaderDisposition = "Content-Disposition"
	HeaderTotal       = "X-Total-Count"
	HeaderTruncated   = "X-Truncated"
)

// callTimeout ends the work on a call that hangs. It is longer than a password may
// wait to be hashed.
const callTimeout = 45 * time.Second

// Call is what the stages learn of one call, for each other, for the method that
// serves it and for the log.
type Call struct {
	ID        string // made here; a client's own id is only logged
	Address   string // the client's, or "unknown ..." if a proxy writes it in no form that can be read
	Method    string // as sent: HEAD is served as GET
	UserAgent string
	Language  string              // that the client likes best
	Operation *contract.Operation // nil: no operation is at this path
	Page      string              // path of the page at it, as routes are written; "": none
	Principal Principal           // zero: nobody in particular
	Header    http.Header         // of the response
	Balance   int64               // tokens left, once the call is charged
	Failure   error               // that the call was answered with or, if a redirect hides it, had

	cookies    []*http.Cookie  // as sent
	idempotent *idempotencyKey // nil: the call has no Idempotency-Key
	resumedID  string          // id of the call with the same key that was cut off
}

type callKey struct{}

// From returns the call that ctx belongs to. Every context that a handler sees
// belongs to one.
func From(ctx context.Context) *Call { return ctx.Value(callKey{}).(*Call) }

// start opens the call: it gives it an id and a time limit.
func (s *Stages) start(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		call := &Call{
			// In order of time: the rows of the ledger that name calls are then
			// written side by side, instead of each to a page of its own.
			ID:        uuid.Must(uuid.NewV7()).String(),
			Address:   c.RealIP(),
			Method:    r.Method,
			UserAgent: text.Truncate(r.UserAgent(), 256),
			Language:  locale.Choose(r.Header.Get("Accept-Language")),
			Header:    c.Response().Header(),
			cookies:   r.Cookies(),
		}
		call.Header.Set(HeaderRequestID, call.ID)
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), callKey{}, call), callTimeout)
		defer cancel()
		c.SetRequest(r.WithContext(ctx))
		return next(c)
	}
}

// setOperation records which operation the call is for.
func setOperation(op *contract.Operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			From(c.Request().Context()).Operation = op
			return next(c)
		}
	}
}

func ipNet(prefix netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}
}
