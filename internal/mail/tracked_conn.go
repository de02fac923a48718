package mail

import (
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

// encrypt makes the connection one of TLS from the start (RFC 8314). Its errors
// are those of the handshake.
func (c *trackedConn) encrypt(ctx context.Context, config *tls.Config) (*tls.Conn, error) {
	c.step = stepTLS
	encrypted := tls.Client(c, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	return encrypted, nil
}
