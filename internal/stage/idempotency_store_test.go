package stage

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"example.com/alta/internal/identity"
)

// TestStoredBodiesAreBounded: the response to a write is kept up to the bound and is an
// error beyond it; one to a read is kept up to its own bound, and left out beyond it.
func TestStoredBodiesAreBounded(t *testing.T) {
	keys, err := identity.ParseKeyring(strings.Repeat("secret of the test ", 2))
	if err != nil {
		t.Fatal(err)
	}
	s := &Stages{keys: keys}
	for _, test := range []struct {
		reads       bool
		size        int
		kept, fails bool
	}{
		{false, maxStoredWrite, true, false}, {false, maxStoredWrite + 1, false, true},
		{true, maxStoredRead, true, false}, {true, maxStoredRead + 1, false, false}, {true, 10 << 20, false, false},
	} {
		call := &Call{Header: http.Header{}, idempotent: &idempotencyKey{scope: "scope", key: "key"}, reads: test.reads}
		sealed, err := s.sealResponse(call, 200, bytes.Repeat([]byte("x"), test.size))
		if (err != nil) != test.fails || (len(sealed) > test.size) != test.kept {
			t.Errorf("%+v: %d bytes are stored, %v", test, len(sealed), err)
		}
	}
}
