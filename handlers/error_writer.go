package handlers

import (
	"errors"

	"github.com/labstack/echo/v4"
)

// writeError answers a call that failed, in the shape of its door.
func (s *Server) writeError(err error, c echo.Context) {
	one := callFrom(c.Request().Context())
	one.failure = err
	if c.Response().Committed {
		return // too late: the log has it
	}
	if err := s.problems.Write(c.Response(), c.Request(), one.id, err); err != nil {
		one.failure = errors.Join(one.failure, err)
	}
}
