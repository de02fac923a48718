package signin

import (
	"errors"
	"testing"
)

// TestLoginGateAfterFailures: counting that fails, or panics, leaves the bucket
// open to the next, and nothing behind.
func TestLoginGateAfterFailures(t *testing.T) {
	gate := newLoginGate()
	failure := errors.New("the database is away")
	if done, err := gate.admit(t.Context(), "a", func() (bool, error) { return false, failure }); done != nil || err != failure {
		t.Errorf("admit = %v, want the failure", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = gate.admit(t.Context(), "a", func() (bool, error) { panic("a bug") })
	}()
	done, err := gate.admit(t.Context(), "a", func() (bool, error) { return true, nil })
	if err != nil || done == nil {
		t.Fatalf("admit = %v, want to be let in", err)
	}
	done()
	if refused, err := gate.admit(t.Context(), "a", func() (bool, error) { return false, nil }); refused != nil || err != nil {
		t.Errorf("admit = %v, want to be refused", err)
	}
	if len(gate.buckets) != 0 {
		t.Errorf("%d buckets are left", len(gate.buckets))
	}
}
