package handlers

import (
	"testing"

	"github.com/labstack/echo/v4"

	"example.com/alta/gen"
)

// TestRefuseNil: a handler that returns nothing has a bug. The generated code would
// treat it as a success.
func TestRefuseNil(t *testing.T) {
	silent := func(echo.Context, any) (any, error) { return nil, nil }
	if _, err := rejectNilResponse(silent, "getHealth")(nil, nil); err == nil {
		t.Error("no error")
	}
	loud := func(echo.Context, any) (any, error) { return gen.GetHealth200JSONResponse{}, nil }
	if _, err := rejectNilResponse(loud, "getHealth")(nil, nil); err != nil {
		t.Error(err)
	}
}
