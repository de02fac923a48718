package stage

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/locale"
	"example.com/alta/internal/netaddr"
	"example.com/alta/internal/text"
	"example.com/alta/repo"
)

// Headers of responses that are used in more than one package or file.
const (
	HeaderRequestID   = "X-Request-Id"
	HeaderDisposition = "Content-Disposition"
	HeaderTotal       = "X-Total-Count"
	HeaderTruncated   = "X-Truncated"
)

const (
	// callTimeout is how long a call may take, whatever stands still. It is longer
	// than a password may wait to be hashed.
	callTimeout = 45 * time.Second
	// endTime is the part of it for the end of a call that hangs: its statement is
	// cancelled, and its Idempotency-Key is released.
	endTime = 6 * time.Second
)

// Call is the state of one call. The stages fill it in; the stages after them, the
// operation's method and the log read it.
type Call struct {
	ID        string // created here; the client's own id is only logged
	Address   string // of the client, or "unknown ..." if the entry that a proxy wrote is unreadable
	Method    string // as sent: HEAD is served as GET
	UserAgent string
	Operation *contract.Operation // nil: the path has no operation
	Page      string              // route of the HTML page; "": none
	Principal Principal           // zero: the caller is anonymous
	Header    http.Header         // of the response
	Balance   int64               // tokens left after the call was charged
	Failure   error               // that the call was answered with, or that a redirect hides

	languages  string          // Accept-Language
	cookies    []*http.Cookie  // of the request
	endCookie  string          // the Set-Cookie of a failed call; "": it has none
	idempotent *idempotencyKey // nil: the call has no Idempotency-Key
	reads      bool            // the call has an Idempotency-Key and changes nothing: a large response is not stored
	paid       http.Header     // the headers about the price, if the call repeats a read; nil: it does not
	resumedID  string          // id of an interrupted call with the same key; "": none
	ended      []func()        // what is called when the answer has been written
}

// Language returns the language that the client prefers. Few calls ask for it.
func (c *Call) Language() string { return locale.Choose(c.languages) }

// OnEnd calls end when the answer has been written.
func (c *Call) OnEnd(end func()) { c.ended = append(c.ended, end) }

// IsStored reports whether the answer is kept for retries of the call.
func (c *Call) IsStored() bool { return c.idempotent != nil }

// end calls what waits for the end of the call.
func (c *Call) end() {
	for _, end := range c.ended {
		end()
	}
}

// Network returns the network of the client, as large as one client may have it.
func (c *Call) Network() string { return netaddr.Site(c.Address) }

type callKey struct{}

// callContext is the context of a call. Transactions of the call wait in the queue of
// its caller, who is not known yet when the context is made.
type callContext struct {
	context.Context
	call *Call
}

func (c callContext) Value(key any) any {
	switch key.(type) {
	case callKey:
		return c.call
	case repo.UserKey:
		return c.call.Principal.UserID
	}
	return c.Context.Value(key)
}

// From returns the call of the context. It panics if the context is not one that
// the stages made; every context that a handler gets is.
func From(ctx context.Context) *Call { return ctx.Value(callKey{}).(*Call) }

// startCall adds a Call with a new id to the context, and a time limit.
func (s *Stages) startCall(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		call := &Call{
			// Version 7 is ordered by time, so the database writes the rows of the
			// ledger next to each other instead of each to another page.
			ID:        uuid.Must(uuid.NewV7()).String(),
			Address:   c.RealIP(),
			Method:    r.Method,
			UserAgent: text.Truncate(r.UserAgent(), 256),
			languages: r.Header.Get("Accept-Language"),
			Header:    c.Response().Header(),
			cookies:   r.Cookies(),
		}
		call.Header.Set(HeaderRequestID, call.ID)
		ctx, cancel := context.WithTimeout(callContext{r.Context(), call}, callTimeout-endTime)
		defer cancel()
		defer call.end()
		hurryBody(c.Response(), r)
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
