package stage

import (
	"errors"

	"github.com/labstack/echo/v4"
)

// writeError answers a failed call in the format of its door.
func (s *Stages) writeError(err error, c echo.Context) {
	call := From(c.Request().Context())
	call.Failure = err
	if c.Response().Committed {
		return // too late for another response: the error is only logged
	}
	call.Header.Del(headerETag) // of a response that could not be stored
	if call.endCookie != "" {   // the failure itself drops all others
		c.Response().Before(func() { call.Header.Set("Set-Cookie", call.endCookie) })
	}
	if err := s.problems.Write(c.Response(), c.Request(), call.ID, err); err != nil {
		call.Failure = errors.Join(call.Failure, err)
	}
}
