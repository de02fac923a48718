package handlers

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"alta/gen"
	"alta/internal/identity"
	"alta/repo"
)

// failure is how the two doors answer one kind of error. This file is the
// only one that knows statuses and texts of failures.
type failure struct {
	err  error
	code gen.ErrorCode
	app  answer
	api  answer
}

type answer struct {
	status  int
	message string
	bare    bool // the app door leaves `error` out, as its framework does
}

const (
	textRateLimited = "Rate limit exceeded for your tier (see /pricing for tier limits)."
	textOverloaded  = "The server is busy. Try again shortly."
	textForbidden   = "Forbidden resource"
)

// failures are tried in order. What is in none of them is internal. Where an
// answer is left out, no operation of that door can fail so.
var failures = []failure{
	{repo.ErrEmailTaken, gen.ErrorCodeEmailTaken,
		answer{http.StatusConflict, "El email ya está registrado", false},
		answer{http.StatusBadRequest, "Email already exists", false}},
	{errInviteUnknown, gen.ErrorCodeInviteUnknown, answer{},
		answer{http.StatusBadRequest, "Invalid invite code", false}},
	{errInviteToken, gen.ErrorCodeInviteTokenInvalid, answer{},
		answer{http.StatusBadRequest, "Invalid or expired invite token", false}},
	{repo.ErrInviteUsed, gen.ErrorCodeInviteUsed, answer{},
		answer{http.StatusGone, "Invite code is used and cannot be used", false}},
	{repo.ErrInviteExpired, gen.ErrorCodeInviteExpired, answer{},
		answer{http.StatusGone, "Invite code is expired and cannot be used", false}},
	{repo.ErrInviteRevoked, gen.ErrorCodeInviteRevoked, answer{},
		answer{http.StatusGone, "Invite code is revoked and cannot be used", false}},
	{errMailFailed, gen.ErrorCodeMailFailed, answer{},
		answer{http.StatusInternalServerError, "Account created, but the verification email could not be sent. " +
			"Request a new one at /api/v1/auth/resend-verification.", false}},
	{errToken, gen.ErrorCodeTokenInvalid, answer{},
		answer{http.StatusBadRequest, "Invalid or expired token", false}},
	{errUnverified, gen.ErrorCodeEmailUnverified,
		answer{http.StatusForbidden, "Verifica tu correo electrónico para continuar", false},
		answer{http.StatusBadRequest, "Please verify the email, I have send verification link.", false}},
	{errCredentials, gen.ErrorCodeInvalidCredentials,
		answer{http.StatusUnauthorized, "Credenciales inválidas", false},
		answer{http.StatusUnauthorized, "Invalid email or password", false}},
	{errLocked, gen.ErrorCodeLocked,
		answer{http.StatusTooManyRequests, "Demasiados intentos. Intenta de nuevo más tarde.", false},
		answer{http.StatusTooManyRequests, "Too many failed attempts. Try again later.", false}},
	{errSuspended, gen.ErrorCodeSuspended,
		answer{http.StatusForbidden, "Account suspended", false},
		answer{http.StatusForbidden, "Account suspended", false}},
	{errUnauthorized, gen.ErrorCodeUnauthorized,
		answer{http.StatusUnauthorized, "Unauthorized", true},
		answer{http.StatusUnauthorized, "Missing or invalid Authorization header / api_Token.", false}},
	{errCrossOrigin, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, textForbidden, false},
		answer{http.StatusForbidden, textForbidden, false}},
	{errRole, gen.ErrorCodeForbidden,
		answer{http.StatusForbidden, textForbidden, false},
		answer{http.StatusForbidden, textForbidden, false}},
	{errInviteNotFound, gen.ErrorCodeNotFound, answer{},
		answer{http.StatusNotFound, "Invite not found", false}},
	{errSessionNotFound, gen.ErrorCodeNotFound,
		answer{http.StatusNotFound, "Session not found", false},
		answer{http.StatusNotFound, "Session not found", false}},
	{errTooLarge, gen.ErrorCodeTooLarge,
		answer{http.StatusRequestEntityTooLarge, "request entity too large", true},
		answer{http.StatusRequestEntityTooLarge, "request entity too large", false}},
	{errMediaType, gen.ErrorCodeUnsupportedMediaType,
		answer{http.StatusUnsupportedMediaType, "Content-Type must be application/json", false},
		answer{http.StatusUnsupportedMediaType, "Content-Type must be application/json", false}},
	{errRateLimited, gen.ErrorCodeRateLimited,
		answer{http.StatusTooManyRequests, textRateLimited, false},
		answer{http.StatusTooManyRequests, textRateLimited, false}},
	{identity.ErrBusy, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{repo.ErrUnavailable, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{errStopping, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{context.DeadlineExceeded, gen.ErrorCodeOverloaded, overloaded, overloaded},
	{context.Canceled, gen.ErrorCodeOverloaded, overloaded, overloaded}, // nobody is there to read it
}

var overloaded = answer{http.StatusServiceUnavailable, textOverloaded, false}

var internal = failure{nil, gen.ErrorCodeInternal,
	answer{http.StatusInternalServerError, "Internal server error", true},
	answer{http.StatusInternalServerError, "Unexpected server-side failure. Retry with backoff; report if persistent.", false}}

// busyPause is what a client is told to wait when the server cannot know
// better.
const busyPause = 5 * time.Second

// failureOf returns how err is answered. What err says stays in the log.
func failureOf(err error) failure {
	for _, f := range failures {
		if errors.Is(err, f.err) {
			return f
		}
	}
	return internal
}

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
	write := writeApp
	if isAPIDoor(c.Request().URL.Path) {
		write = writeAPI
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
}

func writeApp(c echo.Context, one *call, err error) error {
	if bad, ok := errors.AsType[*invalid](err); ok {
		body := appError{http.StatusBadRequest, bad.Error(), http.StatusText(http.StatusBadRequest)}
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
	body := appError{a.status, a.message, http.StatusText(a.status)}
	if a.bare {
		body.Error = ""
	}
	return c.JSON(a.status, body)
}

func writeAppRouting(c echo.Context, err *echo.HTTPError) error {
	if err.Code == http.StatusBadRequest {
		return c.JSON(err.Code, appError{err.Code, textInvalid, http.StatusText(err.Code)})
	}
	path := clip(c.Request().URL.Path, 256)
	status := http.StatusNotFound
	return c.JSON(status, appError{status, "Cannot " + c.Request().Method + " " + path, http.StatusText(status)})
}

// textInvalid is for requests that the generated code refuses although the
// contract lets them pass.
const textInvalid = "Invalid query, body, or path parameter."

func writeAPI(c echo.Context, one *call, err error) error {
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
