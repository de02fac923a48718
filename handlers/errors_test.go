package handlers

import "testing"

// TestNoFailureIsASuccess: every error is answered as a failure at both doors.
func TestNoFailureIsASuccess(t *testing.T) {
	for _, row := range failures {
		f := failureOf(row.err)
		for door, a := range map[string]answer{"app": f.app, "API": f.api} {
			if a.status < 400 || a.message == "" {
				t.Errorf("%v is answered %d %q at the %s door", row.err, a.status, a.message, door)
			}
		}
	}
}
