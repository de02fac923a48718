package testsmtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// listener keeps track of its connections, to close them with itself.
type listener struct {
	net.Listener
	accepted  func()
	lowerCase bool
	server    *smtp.Server
	served    sync.WaitGroup
	done      chan struct{} // closed by stop

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
		_ = inner.Close() // the server was stopped meanwhile
		return nil, net.ErrClosed
	default:
	}
	l.accepted()
	c := &conn{Conn: inner, done: l.done, lowerCase: l.lowerCase}
	l.conns = append(l.conns, c)
	return c, nil
}

// stop closes the listener and its connections, and waits until all of them
// have ended.
func (l *listener) stop() {
	_ = l.Listener.Close() // a second call has no effect
	l.mu.Lock()
	for _, c := range l.conns {
		_ = c.Close() // the client may have closed it first
	}
	close(l.done) // wakes up sessions that hang; they have no client any more
	l.mu.Unlock()
	l.served.Wait()
	_ = l.server.Shutdown(context.Background()) // the listener is closed already
}

// conn is a connection that can be made to fail.
type conn struct {
	net.Conn
	done      chan struct{}
	lowerCase bool
	failing   atomic.Int32 // holds a Behaviour
}

// fail makes the connection behave as b says from the next command on.
func (c *conn) fail(b Behaviour) { c.failing.Store(int32(b)) }

// Read reads, unless the client is to get no further answer.
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

// Write writes, one byte per second if the client is to wait.
func (c *conn) Write(p []byte) (int, error) {
	if c.lowerCase && bytes.HasPrefix(p, []byte("250")) { // an answer in the clear
		p = bytes.ToLower(p)
	}
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

// ownConn returns the conn inside a connection of the SMTP library.
func ownConn(c net.Conn) *conn {
	if encrypted, ok := c.(*tls.Conn); ok {
		c = encrypted.NetConn()
	}
	return c.(*conn)
}
