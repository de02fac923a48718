package handlers

import (
	"bytes"
	"errors"
	"os"
	"testing"
)

var errCut = errors.New("the client is gone")

type cutWriter struct{}

func (cutWriter) Write([]byte) (int, error) { return 0, errCut }

// TestResponseBuffer: what is written can be read, whatever its length, and no file is left,
// whether it was read or not.
func TestResponseBuffer(t *testing.T) {
	for _, size := range []int{0, 1, bufferMemory - 1, bufferMemory, bufferMemory + 1, 3*bufferMemory + 7} {
		dir := t.TempDir()
		t.Setenv("TMPDIR", dir)
		content := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
		write := func() *responseBuffer {
			s := &responseBuffer{}
			for part := content; len(part) > 0; {
				n := min(len(part), 4096)
				if _, err := s.Write(part[:n]); err != nil {
					t.Fatal(err)
				}
				part = part[n:]
			}
			if s.size != int64(size) || (s.file != nil) != (size > bufferMemory) {
				t.Errorf("%d bytes: the size is %d, in a file: %v", size, s.size, s.file != nil)
			}
			return s
		}
		whole, cut := write(), write()
		var got bytes.Buffer
		if n, err := whole.WriteTo(&got); err != nil || n != int64(size) || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%d bytes: read %d of them, %v", size, n, err)
		}
		if _, err := cut.WriteTo(cutWriter{}); size > 0 && !errors.Is(err, errCut) {
			t.Errorf("%d bytes, cut off: %v", size, err)
		}
		if err := errors.Join(whole.Close(), cut.Close()); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%d bytes: left %v, %v", size, left, err)
		}
	}
}

// TestResponseBufferWithoutADirectory: a response that cannot be stored is an error.
func TestResponseBufferWithoutADirectory(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
	s := &responseBuffer{}
	if _, err := s.Write(make([]byte, bufferMemory+1)); err == nil {
		t.Error("a responseBuffer without a directory took what is too long for memory")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
