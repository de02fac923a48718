package connlimit

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Track records the state of a connection. It is an http.Server's ConnState hook.
func (l *Listener) Track(c net.Conn, state http.ConnState) {
	if c, ok := c.(*conn); ok && state != http.StateClosed {
		l.mark(c, state != http.StateActive)
	}
}

func (l *Listener) mark(c *conn, waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waits, c.since = waits, time.Now()
}

type connKey struct{}

// With adds the connection to the context of its calls. It is an http.Server's
// ConnContext hook.
func With(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// Waiting says that the call of the context waits for its client, for example for a
// body, so that its connection may be closed. The caller calls done when that is over.
// Without a connection of a Listener in the context, it does nothing.
func Waiting(ctx context.Context) (done func()) {
	c, ok := ctx.Value(connKey{}).(*conn)
	if !ok {
		return func() {}
	}
	c.listener.mark(c, true)
	return func() { c.listener.mark(c, false) }
}
