package mail

import (
	"context"
	"crypto/tls"
	"errors"
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
	step  string
	heard int // bytes since the client has said something
	all   int // bytes of the conversation
}

const (
	// maxAnswer is how much a server may say to one command, in bytes, encryption
	// included. An answer is read as a whole before it is understood; real ones have a
	// few hundred bytes, certificates a few thousand.
	maxAnswer = 64 << 10
	// maxConversation is how much a server may say in one conversation, in bytes.
	maxConversation = 256 << 10
)

var errTalkative = errors.New("the server does not stop talking")

// Read reads what the server says, as long as that is not too much.
func (c *trackedConn) Read(p []byte) (int, error) {
	if c.heard >= maxAnswer || c.all >= maxConversation {
		return 0, errTalkative
	}
	n, err := c.Conn.Read(p[:min(len(p), maxAnswer-c.heard)])
	c.heard, c.all = c.heard+n, c.all+n
	return n, err
}

// Write says something to the server, which may answer then.
func (c *trackedConn) Write(p []byte) (int, error) {
	c.heard = 0
	return c.Conn.Write(p)
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
