package command

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/stage"
	"example.com/alta/internal/testkit"
)

// Everything but the entry of a call that went well is in the file when the logger returns,
// after what came before.
func TestLogWritesAtOnce(t *testing.T) {
	for name, write := range map[string]func(*slog.Logger){
		"warning":            func(log *slog.Logger) { log.Warn("last") },
		"error":              func(log *slog.Logger) { log.Error("last") },
		"failed call":        func(log *slog.Logger) { log.Error(stage.LogCall, "last", true) },
		"something else":     func(log *slog.Logger) { log.Info("last") },
		"derived, by a word": func(log *slog.Logger) { log.With("a", 1).Warn("last") },
		"derived, by group":  func(log *slog.Logger) { log.WithGroup("g").Warn("last") },
	} {
		for _, format := range []string{"json", "text"} {
			file := &testkit.Buffer{}
			log, flush := newLog(file, format)
			log.Info(stage.LogCall, "first", true)
			write(log)
			text := file.String()
			if first, last := strings.Index(text, "first"), strings.Index(text, "last"); first < 0 || last < first {
				t.Errorf("%s, %s: got %q", name, format, text)
			}
			if err := flush(); err != nil || file.String() != text {
				t.Errorf("%s, %s: got %q at the end, %v", name, format, file, err)
			}
		}
	}
}

// The entries of calls are written after a while, and at the end, each once and whole.
func TestLogLosesNothing(t *testing.T) {
	file := &testkit.Buffer{}
	log, flush := newLog(file, "json")
	log.Info(stage.LogCall, "number", "alone")
	for begin := time.Now(); !strings.Contains(file.String(), "alone"); time.Sleep(time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal("the entry is not written")
		}
	}
	const writers, each = 64, 100
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for j := range each {
				log.Info(stage.LogCall, "number", fmt.Sprintf("(%d)", i*each+j))
			}
		})
	}
	running.Wait()
	if err := flush(); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	if n := strings.Count(text, "\n"); n != 1+writers*each {
		t.Errorf("%d lines of %d entries", n, 1+writers*each)
	}
	for i := range writers * each {
		if n := strings.Count(text, fmt.Sprintf("(%d)", i)); n != 1 {
			t.Fatalf("entry %d is there %d times", i, n)
		}
	}
}

// BenchmarkLog measures what each call pays for its entry, in a real file: as it is, and if
// each entry is written at once.
func BenchmarkLog(b *testing.B) {
	for name, level := range map[string]slog.Level{"collected": slog.LevelInfo, "at once": slog.LevelError} {
		b.Run(name, func(b *testing.B) {
			file, err := os.Create(filepath.Join(b.TempDir(), "log"))
			if err != nil {
				b.Fatal(err)
			}
			defer file.Close()
			log, flush := newLog(file, "json")
			defer flush()
			b.ReportAllocs()
			for b.Loop() {
				log.Log(b.Context(), level, stage.LogCall, "request_id", "0190163d-8694-739b-aea5-966c26f8ad91", "operation", "listAccounts",
					"method", "GET", "path", "/api/accounts", "status", 200, "milliseconds", 0.125, "address", "192.0.2.1")
			}
		})
	}
}
