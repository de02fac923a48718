package handlers

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
	"example.com/alta/internal/meter"
)

// writeError answers a call that failed, in the shape of its door.
func (s *Server) writeError(err error, c echo.Context) {
	one := callFrom(c.Request().Context())
	one.failure = err
	if c.Response().Committed {
		return // too late: the log has it
	}
	if errors.Is(err, errUnauthorized) {
		one.header.Set("WWW-Authenticate", "Bearer")
	}
	one.header.Del("Set-Cookie") // of something that was then undone
	write := s.writeApp
	if isAPIDoor(c.Request().URL.Path) {
		write = s.writeAPI
	}
	if err := write(c, one, err); err != nil {
		one.failure = errors.Join(one.failure, err)
	}
}

func isAPIDoor(path string) bool { return path == "/api/v1" || strings.HasPrefix(path, "/api/v1/") }

// appError is the app door's shape, its keys in the documents' order.
type appError struct {
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message"` // a string, or a list of them
	Error      string `json:"error,omitempty"`
	shortfall
}

// shortfall is what a 402 says besides.
type shortfall struct {
	CurrentBalance *int64  `json:"current_balance,omitempty"`
	RequiredCost   *int    `json:"required_cost,omitempty"`
	NextRefillAt   *string `json:"next_refill_at,omitempty"`
	Plan           *string `json:"plan,omitempty"`
	UpgradeURL     *string `json:"upgrade_url,omitempty"`
}

// shortfallOf returns what a 402 says besides, or nothing for another error.
func (s *Server) shortfallOf(err error) shortfall {
	short, ok := errors.AsType[*meter.Insufficient](err)
	if !ok {
		return shortfall{}
	}
	cost, refill, upgrade := int(short.Cost), wireTime(short.RefillAt), s.PublicURL.JoinPath("/pricing").String()
	return shortfall{&short.Balance, &cost, &refill, &short.Plan, &upgrade}
}

func (s *Server) writeApp(c echo.Context, one *call, err error) error {
	if bad, ok := errors.AsType[*invalid](err); ok {
		body := appError{StatusCode: http.StatusBadRequest, Message: bad.Error(), Error: http.StatusText(http.StatusBadRequest)}
		if !bad.whole {
			list := make([]string, len(bad.violations))
			for i, v := range bad.violations {
				list[i] = v.Message
			}
			body.Message = list
		}
		return c.JSON(http.StatusBadRequest, body)
	}
	if routing, ok := errors.AsType[*echo.HTTPError](err); ok {
		one.header.Del("Allow") // the app door has no 405
		return writeAppRouting(c, routing)
	}
	a := failureOf(err).app
	retryHeader(one, a.status, err)
	body := appError{a.status, a.message, http.StatusText(a.status), s.shortfallOf(err)}
	if a.bare {
		body.Error = ""
	}
	return c.JSON(a.status, body)
}

func writeAppRouting(c echo.Context, err *echo.HTTPError) error {
	if err.Code == http.StatusBadRequest {
		return c.JSON(err.Code, appError{StatusCode: err.Code, Message: textInvalid, Error: http.StatusText(err.Code)})
	}
	path := clip(c.Request().URL.Path, 256)
	status := http.StatusNotFound
	message := "Cannot " + c.Request().Method + " " + path
	return c.JSON(status, appError{StatusCode: status, Message: message, Error: http.StatusText(status)})
}

var errInsufficient = errors.New("the balance does not cover the call")

// textInvalid is for requests that the generated code refuses although the
// contract lets them pass.
const textInvalid = "Invalid query, body, or path parameter."

func (s *Server) writeAPI(c echo.Context, one *call, err error) error {
	body := gen.Error{RequestID: one.id}
	if bad, ok := errors.AsType[*invalid](err); ok {
		body.Code, body.Message = gen.ErrorCodeInvalidRequest, bad.Error()
		fields := make([]struct {
			Field   string `json:"field"`
			Message string `json:"message"`
		}, len(bad.violations))
		for i, v := range bad.violations {
			fields[i].Field, fields[i].Message = v.Field, v.Message
		}
		body.Errors = &fields
		return c.JSON(http.StatusBadRequest, body)
	}
	if routing, ok := errors.AsType[*echo.HTTPError](err); ok {
		return writeAPIRouting(c, body, routing)
	}
	f := failureOf(err)
	retryHeader(one, f.api.status, err)
	short := s.shortfallOf(err)
	body.CurrentBalance, body.RequiredCost, body.NextRefillAt = short.CurrentBalance, short.RequiredCost, short.NextRefillAt
	body.Plan, body.UpgradeURL = short.Plan, short.UpgradeURL
	body.Code, body.Message = f.code, f.api.message
	return c.JSON(f.api.status, body)
}

func writeAPIRouting(c echo.Context, body gen.Error, err *echo.HTTPError) error {
	status := err.Code
	switch status {
	case http.StatusMethodNotAllowed:
		body.Code, body.Message = gen.ErrorCodeMethodNotAllowed, "Method not allowed"
	case http.StatusBadRequest:
		body.Code, body.Message = gen.ErrorCodeInvalidRequest, textInvalid
	default:
		status, body.Code, body.Message = http.StatusNotFound, gen.ErrorCodeNotFound, "Not found"
	}
	return c.JSON(status, body)
}

// retryHeader says when a call that was refused for now may be tried again.
func retryHeader(one *call, status int, err error) {
	after := time.Duration(0)
	if later, ok := errors.AsType[*retryLater](err); ok {
		after = later.after
	} else if status == http.StatusServiceUnavailable {
		after = busyPause
	}
	if after > 0 {
		one.header.Set("Retry-After", strconv.Itoa(max(1, seconds(after))))
	}
}
