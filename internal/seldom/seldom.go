// Package seldom logs what may happen very often: once in a while, with how often it
// has happened.
package seldom

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// pause is the least time between two entries with the same message.
const pause = time.Minute

// Log logs each message at most once a minute. The entry has the number of times that
// it stands for as "times".
type Log struct {
	log *slog.Logger

	mu     sync.Mutex
	logged map[string]time.Time
	since  map[string]int
}

// New returns a Log that writes to log.
func New(log *slog.Logger) *Log {
	return &Log{log: log, logged: map[string]time.Time{}, since: map[string]int{}}
}

// Warn logs the message, which is a constant, at WARN.
func (l *Log) Warn(message string, attrs ...any) { l.add(slog.LevelWarn, message, attrs) }

// Error logs the message, which is a constant, at ERROR.
func (l *Log) Error(message string, attrs ...any) { l.add(slog.LevelError, message, attrs) }

func (l *Log) add(level slog.Level, message string, attrs []any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since[message]++
	if last, ok := l.logged[message]; ok && time.Since(last) < pause {
		return
	}
	l.log.Log(context.Background(), level, message, append(attrs, "times", l.since[message])...)
	l.logged[message], l.since[message] = time.Now(), 0
}
