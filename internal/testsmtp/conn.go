package testsmtp

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// listener remembers its connections, so that they end with it.
type listener struct {
	net.Listener
	accepted func()
	server   *smtp.Server
	served   sync.WaitGroup
	done     chan struct{} // closed by stop

	mu    sync.Mutex
	conns []net.Conn
}

func (l *listener) Accept() (net.Conn, error) {
	inner, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.done:
		_ = inner.Close() // it came too late
		return nil, net.ErrClosed
	default:
	}
	l.accepted()
	c := &conn{Conn: inner, done: l.done}
	l.conns = append(l.conns, c)
	return c, nil
}

// stop closes the listener and its connections, and waits until nothing of
// them runs.
func (l *listener) stop() {
	_ = l.Listener.Close() // it is closed only once
	l.mu.Lock()
	for _, c := range l.conns {
		_ = c.Close() // the client may have been faster
	}
	close(l.done) // sessions that hang wake up, and have nobody left to answer
	l.mu.Unlock()
	l.served.Wait()
	_ = l.server.Shutdown(context.Background()) // the listener is closed already
}

// conn is a connection that can be told to fail.
type conn struct {
	net.Conn
	done    chan struct{}
	failing atomic.Int32 // a Behaviour
}

// fail makes the connection behave as b says from the next command on.
func (c *conn) fail(b Behaviour) { c.failing.Store(int32(b)) }

// Read reads, except when the client is to be left without an answer.
func (c *conn) Read(p []byte) (int, error) {
	switch Behaviour(c.failing.Load()) {
	case AcceptThenDrop:
		_ = c.Conn.Close() // the answer has been written
		return 0, io.EOF
	case HangAtQuit:
		_, err := io.Copy(io.Discard, c.Conn)
		if err == nil {
			err = io.EOF
		}
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write writes, a byte a second when the client is to be kept waiting.
func (c *conn) Write(p []byte) (int, error) {
	if Behaviour(c.failing.Load()) != Trickle {
		return c.Conn.Write(p)
	}
	for i := range p {
		if _, err := c.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
		select {
		case <-c.done:
			return i + 1, net.ErrClosed
		case <-time.After(time.Second):
		}
	}
	return len(p), nil
}

// ownConn returns the connection below what the SMTP library has of it.
func ownConn(c net.Conn) *conn {
	if encrypted, ok := c.(*tls.Conn); ok {
		c = encrypted.NetConn()
	}
	return c.(*conn)
}
