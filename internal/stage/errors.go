package stage

import (
	"errors"

	"github.com/labstack/echo/v4"
)

// writeError answers a call that failed, in the shape of its door.
func (s *Stages) writeError(err error, c echo.Context) {
	call := From(c.Request().Context())
	call.Failure = err
	if c.Response().Committed {
		return // too late: the log has it
	}
	if err := s.problems.Write(c.Response(), c.Request(), call.ID, err); err != nil {
		call.Failure = errors.Join(call.Failure, err)
	}
}
