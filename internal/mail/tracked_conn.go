package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Steps of opening a session, as errors name them.
const (
	stepTLS      = "TLS"
	stepGreeting = "the greeting"
	stepEHLO     = "EHLO"
	stepSTARTTLS = "STARTTLS"
	stepAUTH     = "AUTH"
)

// trackedConn is the connection of a session. It knows the step that the
// library has reached, and it outlives the deadlines that the library sets anew
// at each step: the end of the conversation's context closes it.
type trackedConn struct {
	net.Conn
	step string
}

// SetDeadline does nothing.
func (c *trackedConn) SetDeadline(time.Time) error { return nil }

// Write writes p. A command that is sent in the clear begins the next step.
func (c *trackedConn) Write(p []byte) (int, error) {
	for _, verb := range []string{stepEHLO, stepSTARTTLS} {
		if bytes.HasPrefix(p, []byte(verb)) {
			c.step = verb
		}
	}
	return c.Conn.Write(p)
}

// encrypt makes the connection one of TLS from the start (RFC 8314). Its errors
// are those of the handshake.
func (c *trackedConn) encrypt(ctx context.Context, config *tls.Config) (net.Conn, error) {
	c.step = stepTLS
	encrypted := tls.Client(c, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	c.step = stepGreeting
	return encrypted, nil
}
