package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// maxConversations bounds the connections that are open at a time. Servers
// refuse more than a few dozen from one client.
const maxConversations = 64

// SMTP is a Sender that hands mails to an SMTP server (RFC 5321), over one
// connection per mail. It is safe for concurrent use.
type SMTP struct {
	server  Server
	from    *netmail.Address
	timeout time.Duration
	roots   *x509.CertPool // nil: the system's
	turns   chan struct{}
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewSMTP returns a Sender of mails from the given address. The timeout covers
// the whole mail, from the wait for a connection to the server's acceptance. The
// client greets the server in the name of the address's domain.
func NewSMTP(server Server, from *netmail.Address, timeout time.Duration) *SMTP {
	return &SMTP{
		server:  server,
		from:    from,
		timeout: timeout,
		turns:   make(chan struct{}, maxConversations),
		dial:    new(net.Dialer).DialContext,
	}
}

// WithRootCAs returns a copy of s that trusts these certificate authorities
// instead of the system's. The copy shares the bound on connections with s.
func (s *SMTP) WithRootCAs(roots *x509.CertPool) *SMTP {
	other := *s
	other.roots = roots
	return &other
}

// Send sends m. If the recipient is not a valid address or the server refused the
// mail for good, the error wraps ErrRefused; if the settings do not fit the server,
// ErrMisconfigured. If the time was up, the error wraps
// the context's error. Errors name the server and its answer, but neither the
// recipient nor the credentials.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	if _, err := build(m, s.from); err != nil {
		return err // without a connection to the server
	}
	return s.converse(ctx, func(ctx context.Context, current session) error {
		return s.deliver(ctx, current, m)
	})
}

// Probe connects, encrypts and authenticates, and sends no mail. It returns a
// description of the connection, for example "smtp://host:587, STARTTLS (TLS
// 1.3), authenticated as user". Its errors are those of Send.
func (s *SMTP) Probe(ctx context.Context) (found string, err error) {
	err = s.converse(ctx, func(_ context.Context, current session) error {
		encryption := "not encrypted"
		if current.tls != nil {
			encryption = tls.VersionName(current.tls.Version)
			if s.server.scheme == schemeStartTLS {
				encryption = "STARTTLS (" + encryption + ")"
			}
		}
		found = s.server.String() + ", " + encryption + ", not authenticated"
		if s.server.username != "" {
			found = s.server.String() + ", " + encryption + ", authenticated as " + s.server.username
		}
		return nil
	})
	return found, err
}

// deliver hands m over, up to the answer to its final dot.
func (s *SMTP) deliver(ctx context.Context, current session, m Message) error {
	message, err := s.adapt(current.smtp, m)
	if err != nil {
		return err
	}
	if err := current.client.SendWithSMTPClient(current.smtp, message); err != nil {
		return s.deliveryError(ctx, err, m.To)
	}
	return nil
}

// adapt builds m for the server. Domains are in ASCII, which every server
// understands. A local part with other characters is ErrMisconfigured if the server
// does not offer SMTPUTF8 (RFC 6531): the address is valid, and the operator may use
// a server that does.
func (s *SMTP) adapt(client *smtp.Client, m Message) (*gomail.Msg, error) {
	to, err := asciiAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("%w: the recipient's domain is not usable", ErrRefused) // err would quote it
	}
	from, err := asciiAddress(s.from.Address)
	if err != nil {
		return nil, fmt.Errorf("the sender's domain is not usable: %w", err)
	}
	offered, _ := client.Extension("SMTPUTF8")
	switch {
	case isASCII(to) && isASCII(from):
		client.SkipSMTPUTF8(true) // a server further on may not support it
	case !offered && !isASCII(to):
		return nil, fmt.Errorf("%w: %s and the recipient: %w", ErrMisconfigured, s.server, errNoSMTPUTF8)
	case !offered:
		return nil, fmt.Errorf("%w: %s and the sender: %w", ErrMisconfigured, s.server, errNoSMTPUTF8)
	}
	m.To = to
	return build(m, &netmail.Address{Name: s.from.Name, Address: from})
}

var errNoSMTPUTF8 = errors.New("the address has letters beyond ASCII, and the server does not offer SMTPUTF8")

// asciiAddress returns the address with its domain in ASCII.
func asciiAddress(address string) (string, error) {
	local, domain := splitAddress(address)
	domain, err := asciiDomain(domain)
	return local + "@" + domain, err
}
