package memory

import (
	"os"
	"testing"
)

// TestDropProgram: the program goes on without the pages, and has some to give back.
func TestDropProgram(t *testing.T) {
	parts, err := readOnlyParts(mustReadlink(t))
	if err != nil || len(parts) == 0 {
		t.Fatalf("parts of the program: %v, %v", parts, err)
	}
	if err := dropProgram(); err != nil {
		t.Fatal(err)
	}
}

func mustReadlink(t *testing.T) string {
	t.Helper()
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	return program
}
