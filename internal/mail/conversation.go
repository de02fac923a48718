package mail

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"example.com/alta/internal/netaddr"
)

// quitTimeout is how long the client waits for the answer to QUIT. The fate of
// the mail is known by then.
const quitTimeout = time.Second

// session is an open conversation: the server has been greeted, and the
// connection is encrypted and authenticated as the Server says.
type session struct {
	client *gomail.Client
	smtp   *smtp.Client
	tls    *tls.ConnectionState // nil: not encrypted
}

// converse opens a session and runs work with it. It returns soon after the
// context ends, whatever the server does.
func (s *SMTP) converse(ctx context.Context, work func(context.Context, session) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return s.stepError(ctx, "wait for a turn", ctx.Err(), "")
	}
	conn, err := s.dial(ctx, "tcp", s.server.address())
	if err != nil {
		return s.stepError(ctx, "connect", err, "")
	}
	defer conn.Close() // the library leaves it open after an error
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	current, err := s.open(ctx, conn)
	if err != nil {
		return err
	}
	defer quit(current.smtp, conn)
	return work(ctx, current)
}

// open greets the server, encrypts the connection and has the library
// authenticate.
func (s *SMTP) open(ctx context.Context, conn net.Conn) (session, error) {
	tracked := &trackedConn{Conn: conn, step: stepGreeting}
	_, domain := splitAddress(s.from.Address)
	domain, err := asciiDomain(domain)
	if err != nil {
		return session{}, s.stepError(ctx, stepEHLO, err, "")
	}
	config := &tls.Config{ServerName: s.server.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	greeted, err := s.greet(ctx, tracked, domain, config)
	if err != nil {
		return session{}, s.stepError(ctx, tracked.step, err, "")
	}
	encryption := greeted.state
	client, err := gomail.NewClient(s.server.host, s.options(tracked, greeted, domain)...)
	if err != nil {
		return session{}, s.stepError(ctx, tracked.step, err, "")
	}
	opened, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return session{}, s.stepError(ctx, tracked.step, loginError(err), "")
	}
	if s.server.requireTLS && encryption == nil {
		defer quit(opened, conn)
		return session{}, s.stepError(ctx, stepSTARTTLS, errNotOffered, "")
	}
	return session{client: client, smtp: opened, tls: encryption}, nil
}

// options configures a client that talks over a connection that is greeted and
// encrypted.
func (s *SMTP) options(conn *trackedConn, greeted *greetedConn, domain string) []gomail.Option {
	options := []gomail.Option{
		gomail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return greeted, nil }),
		gomail.WithHELO(domain),
		gomail.WithTLSPolicy(gomail.NoTLS), // the connection has it already
		gomail.WithoutNoop(),
		gomail.WithoutRset(), // a server that hangs at RSET has accepted the mail
	}
	if s.server.username != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&credentials{
			server: s.server, conn: conn, encrypted: greeted.state != nil,
			onLoopback: netaddr.IsLoopbackPeer(conn.RemoteAddr().String()),
		}))
	}
	return options
}

// quit says QUIT and does not wait long for the answer.
func quit(client *smtp.Client, conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = client.Quit() // whatever the server answers, the fate of the mail is known
	}
}
