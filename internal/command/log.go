package command

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"example.com/alta/internal/redact"
	"example.com/alta/internal/stage"
)

const (
	// logPeriod is how long the entry of a call may wait to be written.
	logPeriod = 100 * time.Millisecond
	// maxLogBuffer is the size at which the entries of calls are written at once.
	maxLogBuffer = 32 << 10
)

// logBuffer collects entries of the log, so that not every call writes to the file.
type logBuffer struct {
	mu      sync.Mutex
	to      io.Writer
	entries []byte
	timer   *time.Timer // runs if there are entries; nil: there have been none yet
}

// Write adds an entry, and never fails: nobody can do anything about it.
func (b *logBuffer) Write(entry []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.entries) == 0 {
		if b.timer == nil {
			b.timer = time.AfterFunc(logPeriod, func() { b.flush() })
		} else {
			b.timer.Reset(logPeriod)
		}
	}
	b.entries = append(b.entries, entry...)
	if len(b.entries) >= maxLogBuffer {
		b.writeOut()
	}
	return len(entry), nil
}

// flush writes what has been collected.
func (b *logBuffer) flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writeOut()
}

func (b *logBuffer) writeOut() error {
	if len(b.entries) == 0 {
		return nil
	}
	b.timer.Stop()
	_, err := b.to.Write(b.entries)
	b.entries = b.entries[:0]
	if cap(b.entries) > 2*maxLogBuffer {
		b.entries = nil
	}
	return err
}

// newLog returns a log in the format, without secrets, and the function that writes what
// is left at the end. The default is text at a terminal and JSON otherwise.
func newLog(w io.Writer, format string) (log *slog.Logger, flush func() error) {
	if format == "" {
		format = "json"
		if file, ok := w.(*os.File); ok {
			if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
				format = "text"
			}
		}
	}
	buffer := &logBuffer{to: w}
	options := &slog.HandlerOptions{ReplaceAttr: redact.Attr}
	var handler slog.Handler = slog.NewJSONHandler(buffer, options)
	if format == "text" {
		handler = slog.NewTextHandler(buffer, options)
	}
	return slog.New(bufferedLog{handler, buffer}), buffer.flush
}

// bufferedLog is a handler that writes entries to a buffer. All but those of calls that
// were answered as they should be are written out at once, with what came before.
type bufferedLog struct {
	slog.Handler
	buffer *logBuffer
}

// Handle is part of slog.Handler.
func (h bufferedLog) Handle(ctx context.Context, entry slog.Record) error {
	err := h.Handler.Handle(ctx, entry)
	if entry.Level > slog.LevelInfo || entry.Message != stage.LogCall {
		err = errors.Join(err, h.buffer.flush())
	}
	return err
}

// WithAttrs is part of slog.Handler.
func (h bufferedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return bufferedLog{h.Handler.WithAttrs(attrs), h.buffer}
}

// WithGroup is part of slog.Handler.
func (h bufferedLog) WithGroup(name string) slog.Handler {
	return bufferedLog{h.Handler.WithGroup(name), h.buffer}
}
