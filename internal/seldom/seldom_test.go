package seldom

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testkit"
)

// TestOnceAWhile: of a message that comes again and again, the first is logged, and
// after a pause one that says how many there were. Other messages are not held back.
func TestOnceAWhile(t *testing.T) {
	var written testkit.Buffer
	l := New(slog.New(slog.NewTextHandler(&written, nil)))
	for range 100 {
		l.Warn("away", "error", errors.New("full"))
	}
	l.Error("refused")
	if got := written.String(); strings.Count(got, "msg=away error=full times=1\n") != 1 || strings.Count(got, "msg=away") != 1 ||
		strings.Count(got, "level=ERROR msg=refused times=1\n") != 1 {
		t.Errorf("logged\n%s", got)
	}
	l.logged["away"] = time.Now().Add(-pause)
	l.Warn("away")
	if got := written.String(); strings.Count(got, "msg=away times=100\n") != 1 {
		t.Errorf("logged\n%s", got)
	}
}
