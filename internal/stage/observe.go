package stage

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/contract"
	"example.com/alta/internal/redact"
	"example.com/alta/internal/text"
)

// observe logs and counts the call after it was answered.
func (s *Stages) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // write the response now, so that it can be logged
		}
		s.record(c, time.Since(start))
		return nil
	}
}

// LogCall is the message of the log's entry of an answered call.
const LogCall = "call"

// record writes the log entry and the metrics of an answered call.
func (s *Stages) record(c echo.Context, took time.Duration) {
	call, status := From(c.Request().Context()), c.Response().Status
	operation := "none"
	switch {
	case call.Operation != nil:
		operation = call.Operation.ID
	case call.Page != "":
		operation = "page " + call.Page
	}
	s.metrics.Served(operation, status, took)

	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if !s.log.Enabled(c.Request().Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", call.ID),
		slog.String("operation", operation),
		slog.String("method", call.Method),
		slog.String("path", redactURL(call.Operation, redactPath(c), c.Request().URL.RawQuery)),
		slog.Int("status", status),
		slog.Float64("milliseconds", float64(took.Microseconds())/1000),
		slog.String("address", call.Address),
	}
	if call.Principal.Known() {
		attrs = append(attrs, slog.String("principal", call.Principal.UserID.String()))
	}
	if inbound := c.Request().Header.Get(HeaderRequestID); inbound != "" {
		attrs = append(attrs, slog.String("client_request_id", text.Truncate(redact.Text(inbound), 64)))
	}
	if call.Failure != nil {
		attrs = append(attrs, slog.Any("error", call.Failure))
	}
	s.log.LogAttrs(c.Request().Context(), level, LogCall, attrs...)
}

// secretParameters are the parameters whose values are not logged, whatever their
// form. Those of a query that an operation does not declare are not logged either:
// they may be anything, a password of a form that was sent with the wrong method
// included.
var secretParameters = []string{"token", "apiKey", "code", "state"}

func isSecretParameter(name string) bool {
	return slices.ContainsFunc(secretParameters, func(secret string) bool { return strings.EqualFold(name, secret) })
}

// redactPath returns the path of a call or, if a parameter in it is secret, the path
// of its route.
func redactPath(c echo.Context) string {
	for segment := range strings.SplitSeq(c.Path(), "/") { // a route is known even if it does not have the method
		if name, isParameter := strings.CutPrefix(segment, ":"); isParameter && isSecretParameter(name) {
			return c.Path()
		}
	}
	return redact.Text(c.Request().URL.Path)
}

// redactURL returns the path and the query of a call of op for the log. op may be
// nil.
func redactURL(op *contract.Operation, path, rawQuery string) string {
	path = text.Truncate(path, 256)
	if rawQuery == "" {
		return path
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return path + "?(malformed)"
	}
	logged := url.Values{}
	for name, values := range query {
		if isSecretParameter(name) || !declares(op, name) {
			values = []string{redact.Mark}
		}
		for _, value := range values {
			logged.Add(redact.Text(name), redact.Text(value))
		}
	}
	return text.Truncate(path+"?"+logged.Encode(), 512)
}

// declares reports whether the operation has the query parameter.
func declares(op *contract.Operation, name string) bool {
	return op != nil && op.Query != nil && op.Query.Property(name) != nil
}

// panicError is a recovered panic, with its stack for the log.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// recoverPanic turns a panic into an error.
func recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch value := recover(); {
			case value == nil:
			case isAbort(value):
				panic(value)
			default:
				err = &panicError{value: value, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

// isAbort reports whether the panic asks net/http to close the connection.
func isAbort(value any) bool {
	err, ok := value.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
