package stage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/problem"
)

// slowBody is a body that ends only when it is told to.
type slowBody struct {
	io.Reader
	end chan struct{}
}

func (b slowBody) Read(p []byte) (int, error) {
	if n, err := b.Reader.Read(p); err == nil {
		return n, nil
	}
	<-b.end
	return 0, io.ErrUnexpectedEOF
}

func (slowBody) Close() error { return nil }

// send sends a body of size bytes that does not end, until it is cut.
func (b *bodies) send(network string, size int, result chan<- error) {
	end := make(chan struct{})
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = slowBody{strings.NewReader(strings.Repeat("x", size)), end}
	this := &body{stop: func() { close(end) }}
	go func() {
		_, err := b.readInto(this, r.Body, network)
		b.free(this, network)
		result <- err
	}()
}

// waitFor waits until the bodies take so much memory.
func (b *bodies) waitFor(t *testing.T, used int64) {
	t.Helper()
	for range 10_000 {
		b.mu.Lock()
		now := b.used
		b.mu.Unlock()
		if now == used {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("the bodies do not take %d bytes", used)
}

// TestSlowBodiesHaveABound: bodies that do not end take no more memory than there is
// for them, and whoever sends the most loses the oldest ones. A body that arrives at
// once always finds room.
func TestSlowBodiesHaveABound(t *testing.T) {
	b := newBodies(minBodies)
	honest, attacks := make(chan error, 1), make(chan error, 64)
	b.send("honest", 100, honest)
	b.waitFor(t, bodyUnit)
	for range 64 {
		b.send("attacker", 60_000, attacks)
	}
	const room = minBodies / (64 << 10) // each has taken 64 kB
	for range 64 - room + 1 {           // the honest one has taken a little of it
		if err := <-attacks; !errors.Is(err, problem.ErrOverloaded) {
			t.Errorf("a body beyond the bound: %v", err)
		}
	}
	b.waitFor(t, bodyUnit+(room-1)*(64<<10))
	select {
	case err := <-honest:
		t.Errorf("the body of another network has ended: %v", err)
	default:
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("y", 90_000)))
	raw, err := b.read(httptest.NewRecorder(), r, "third")
	if err != nil || len(raw) != 90_000 {
		t.Errorf("a body that is there at once: %d bytes, %v", len(raw), err)
	}
}

// TestBodiesGiveTheirMemoryBack: whatever becomes of them.
func TestBodiesGiveTheirMemoryBack(t *testing.T) {
	b := newBodies(minBodies)
	for size, want := range map[int]error{0: nil, 1: nil, 4096: nil, 4097: nil, 100_000: nil, 100_001: problem.ErrTooLarge} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", size)))
		w := httptest.NewRecorder()
		r.Body = http.MaxBytesReader(w, r.Body, 100_000)
		if raw, err := b.read(w, r, "a"); !errors.Is(err, want) || want == nil && len(raw) != size {
			t.Errorf("%d bytes: %d, %v", size, len(raw), err)
		}
	}
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("x"), errReader{}))
	if _, err := b.read(httptest.NewRecorder(), r, "a"); !errors.Is(err, problem.ErrBodyCutOff) {
		t.Errorf("a body that is cut off: %v", err)
	}
	if b.used != 0 || len(b.byClient) != 0 {
		t.Errorf("left: %d bytes, %v", b.used, b.byClient)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, fmt.Errorf("connection reset") }
