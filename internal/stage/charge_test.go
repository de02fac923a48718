package stage

import (
	"errors"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
)

// TestBlame: a call that was charged is given back if the server is to blame, and
// not if the caller is.
func TestBlame(t *testing.T) {
	tests := []struct {
		err  error
		ours bool
	}{
		{problem.ErrFunds.With("1.00", "2.00"), false},
		{&meter.Insufficient{}, false},
		{problem.ErrOverloaded, true},
		{errors.New("a bug"), true},
		{&panicError{}, true},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", "/api/accounts", nil)
		if got := isServerFault(r, test.err); got != test.ours {
			t.Errorf("%v: the server is to blame: %t", test.err, got)
		}
	}
}
