package stage

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"example.com/alta/internal/meter"
	"example.com/alta/internal/problem"
)

// TestBlame: a call that was charged is given back if the server is to blame,
// and neither if the caller is nor if the client hung up.
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
		gone, hangUp := context.WithCancel(context.Background())
		hangUp()
		if isServerFault(r.WithContext(gone), test.err) {
			t.Errorf("%v: the server is to blame for a client that hung up", test.err)
		}
	}
}
