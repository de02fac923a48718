package connlimit

import (
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"
)

const (
	// warnPause is the least time between two warnings about the same.
	warnPause = time.Minute
	// refuseTimeout is how long telling a client that it is refused may take.
	refuseTimeout = 100 * time.Millisecond
)

// refusal is the answer to a connection without a place, whatever it wants.
const refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// refuse answers a connection and closes it.
func refuse(c net.Conn) {
	_ = c.SetWriteDeadline(time.Now().Add(refuseTimeout))
	_, _ = c.Write([]byte(refusal)) // if the client does not take it, it sees the end
	_ = c.Close()
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }

// warning logs each message once in a while, with how often it has happened since.
type warning struct {
	log *slog.Logger

	mu     sync.Mutex
	logged map[string]time.Time
	since  map[string]int
}

func (w *warning) add(message string, attrs ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.logged == nil {
		w.logged, w.since = map[string]time.Time{}, map[string]int{}
	}
	w.since[message]++
	if last, ok := w.logged[message]; ok && time.Since(last) < warnPause {
		return
	}
	w.log.Warn(message, append(attrs, "times", w.since[message])...)
	w.logged[message], w.since[message] = time.Now(), 0
}
