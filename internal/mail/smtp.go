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

// maxConversations is how many connections are open at a time. Servers refuse
// more than a few dozen from one client.
const maxConversations = 64

// SMTP is a Sender that hands mails to an SMTP server (RFC 5321), one
// connection each. It is safe for concurrent use.
type SMTP struct {
	server  Server
	from    *netmail.Address
	timeout time.Duration
	roots   *x509.CertPool // nil: the system's
	turns   chan struct{}
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
}

// NewSMTP returns a Sender of mails from the given address. Each mail, from
// the wait for its turn to the answer that it is accepted, may take as long as
// timeout. The server is greeted in the name of the address's domain.
func NewSMTP(server Server, from *netmail.Address, timeout time.Duration) *SMTP {
	return &SMTP{
		server:  server,
		from:    from,
		timeout: timeout,
		turns:   make(chan struct{}, maxConversations),
		dial:    new(net.Dialer).DialContext,
	}
}

// WithRootCAs returns a copy of s that trusts certificates of these
// authorities instead of the system's. It shares its turns with s.
func (s *SMTP) WithRootCAs(roots *x509.CertPool) *SMTP {
	other := *s
	other.roots = roots
	return &other
}

// Send hands m over. Its error wraps ErrRefused when the recipient cannot be
// written or the server refused the mail for good; it wraps the context's
// error when the time was up. It names the server and its answer, and neither
// the recipient nor the credentials.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	if _, err := build(m, s.from); err != nil {
		return err // before the server is bothered
	}
	return s.converse(ctx, func(ctx context.Context, current session) error {
		return s.deliver(ctx, current, m)
	})
}

// Probe makes a conversation up to and including the authentication and sends
// no mail. It returns what it found, for example "smtp://host:587, STARTTLS
// (TLS 1.3), authenticated as user". Its errors are those of Send.
func (s *SMTP) Probe(ctx context.Context) (found string, err error) {
	err = s.converse(ctx, func(_ context.Context, current session) error {
		encryption := "not encrypted"
		if state, ok := current.smtp.TLSConnectionState(); ok {
			encryption = tls.VersionName(state.Version)
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

// deliver makes the transaction of one mail, up to the answer to its final
// dot.
func (s *SMTP) deliver(ctx context.Context, current session, m Message) error {
	message, err := s.adapt(current.smtp, m)
	if err != nil {
		return err
	}
	if err := current.client.SendWithSMTPClient(current.smtp, message); err != nil {
		return s.refusal(ctx, err, m.To)
	}
	return nil
}

// adapt builds m for what the server can read. One without SMTPUTF8 (RFC 6531)
// gets domains in ASCII and no local part beyond it.
func (s *SMTP) adapt(client *smtp.Client, m Message) (*gomail.Msg, error) {
	if isASCII(s.from.Address) && isASCII(m.To) {
		client.SkipSMTPUTF8(true) // or a server further on may refuse what it could have taken
		return build(m, s.from)
	}
	if offered, _ := client.Extension("SMTPUTF8"); offered {
		return build(m, s.from)
	}
	to, err := asciiAddress(m.To)
	if err != nil {
		return nil, fmt.Errorf("%w: %s and the recipient: %w", ErrRefused, s.server, err)
	}
	from, err := asciiAddress(s.from.Address)
	if err != nil {
		return nil, fmt.Errorf("%s and the sender: %w", s.server, err)
	}
	m.To = to
	return build(m, &netmail.Address{Name: s.from.Name, Address: from})
}

// asciiAddress returns the address with its domain in ASCII.
func asciiAddress(address string) (string, error) {
	local, domain := splitAddress(address)
	domain, err := asciiDomain(domain)
	if err != nil || !isASCII(local) {
		return "", errors.New("the address has letters beyond ASCII, and the server does not offer SMTPUTF8")
	}
	return local + "@" + domain, nil
}
