package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/meter"
	"example.com/alta/repo"
)

// TestBlame: a call that was charged is given back where the server is to
// blame, and not where the caller is. No operation with a price has an error
// of its own yet that would show it.
func TestBlame(t *testing.T) {
	tests := []struct {
		err           error
		ours, lasting bool
	}{
		{&invalid{}, false, true},
		{echo.NewHTTPError(http.StatusBadRequest), false, true},
		{errSessionNotFound, false, true},
		{fmt.Errorf("look up: %w", errRole), false, true},
		{repo.ErrEmailTaken, false, true},
		{&retryLater{errLocked, 1}, false, false},
		{&retryLater{errRateLimited, 1}, false, false},
		{&meter.Insufficient{}, false, false},
		{repo.ErrUnavailable, true, false},
		{identity.ErrBusy, true, false},
		{context.DeadlineExceeded, true, false},
		{errors.New("a bug"), true, false},
		{&panicError{}, true, false},
	}
	for _, test := range tests {
		for _, target := range []string{"/api/accounts", "/api/v1/sandbox"} {
			r := httptest.NewRequest("GET", target, nil)
			if got := isOurFailure(r, test.err); got != test.ours {
				t.Errorf("%s, %v: the server is to blame: %t", target, test.err, got)
			}
			if got := isLasting(r, test.err); got != test.lasting {
				t.Errorf("%s, %v: would fail so again: %t", target, test.err, got)
			}
			gone, hangUp := context.WithCancel(context.Background())
			hangUp()
			if isOurFailure(r.WithContext(gone), test.err) {
				t.Errorf("%s, %v: the server is to blame for a client that hung up", target, test.err)
			}
		}
	}
	r := httptest.NewRequest("POST", "/api/v1/auth/register", nil)
	if !isLasting(r, fmt.Errorf("register: %w", errMailFailed)) {
		t.Error("a registration whose mail failed is made again")
	}
}
