package mail

import (
	"errors"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

var (
	errNotOffered  = errors.New("it is required, and the server does not offer it")
	errUnencrypted = errors.New("the connection is not encrypted, and the password is not sent over it")
	errNoMechanism = errors.New("the server offers none of PLAIN, LOGIN, SCRAM-SHA-256, SCRAM-SHA-1 and CRAM-MD5")
)

// loginError returns the error of credentials that err wraps, without what the
// library says around it; otherwise err.
func loginError(err error) error {
	for _, own := range []error{errNotOffered, errUnencrypted, errNoMechanism} {
		if errors.Is(err, own) {
			return own
		}
	}
	return err
}

// credentials authenticate a client (RFC 4954) by the first mechanism that the
// server offers and the client knows. The password goes only over an encrypted
// connection or to the same machine.
type credentials struct {
	server     Server
	conn       *trackedConn
	encrypted  bool
	onLoopback bool // the server runs on the same machine

	smtp.Auth // the mechanism, once Start has chosen it
}

// Start begins the authentication. It returns errNotOffered or errUnencrypted
// if the password could be read on its way, and errNoMechanism if the server
// offers no mechanism that the client knows.
func (c *credentials) Start(server *smtp.ServerInfo) (mechanism string, response []byte, err error) {
	switch {
	case !c.encrypted && c.server.requireTLS:
		c.conn.step = stepSTARTTLS
		return "", nil, errNotOffered
	case !c.encrypted && !c.onLoopback:
		c.conn.step = stepAUTH
		return "", nil, errUnencrypted
	}
	c.conn.step = stepAUTH
	if c.Auth = c.choose(server); c.Auth == nil {
		return "", nil, errNoMechanism
	}
	return c.Auth.Start(server)
}

// choose returns the mechanism to use, or nil.
func (c *credentials) choose(server *smtp.ServerInfo) smtp.Auth {
	offered := map[string]bool{}
	for _, name := range server.Auth {
		offered[strings.ToUpper(name)] = true
	}
	username, password := c.server.username, c.server.password
	switch { // Start has checked that the connection is safe for the password
	case offered["PLAIN"]:
		return smtp.PlainAuth("", username, password, server.Name, true)
	case offered["LOGIN"]:
		return smtp.LoginAuth(username, password, server.Name, true)
	case offered["SCRAM-SHA-256"]:
		return smtp.ScramSHA256Auth(username, password)
	case offered["SCRAM-SHA-1"]:
		return smtp.ScramSHA1Auth(username, password)
	case offered["CRAM-MD5"]:
		return smtp.CRAMMD5Auth(username, password)
	}
	return nil
}
