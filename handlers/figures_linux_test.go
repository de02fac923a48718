package handlers_test

import (
	"maps"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/bounds"
	"example.com/alta/internal/testdb"
)

// processorTime returns how much the process has used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestFigures prints what the views of a user at the bounds take, with SQLite in the process,
// if ALTA_TEST_FIGURES is set: docs/operating.md has the figures.
func TestFigures(t *testing.T) {
	if os.Getenv("ALTA_TEST_FIGURES") == "" {
		t.Skip("ALTA_TEST_FIGURES is not set")
	}
	const views = 10
	w := newWealthy(start(t, testdb.SQLite(t)), "john.doe@example.com", bounds.Accounts, bounds.Categories)
	paths := w.views()
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		size := len(w.view(t, paths[name]))
		before := processorTime(t)
		for range views {
			w.view(t, paths[name])
		}
		t.Logf("%-18s %8d bytes %6.1f ms of processor", name, size, float64((processorTime(t)-before).Microseconds())/1000/views)
	}
}
