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

// open has the library greet the server, encrypt the connection and
// authenticate.
func (s *SMTP) open(ctx context.Context, conn net.Conn) (session, error) {
	tracked := &trackedConn{Conn: conn, step: stepGreeting}
	options, err := s.options(tracked)
	if err != nil {
		return session{}, s.stepError(ctx, stepEHLO, err, "")
	}
	client, err := gomail.NewClient(s.server.host, options...)
	if err != nil {
		return session{}, s.stepError(ctx, tracked.step, err, "")
	}
	opened, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return session{}, s.stepError(ctx, tracked.step, loginError(err), "")
	}
	if _, encrypted := opened.TLSConnectionState(); s.server.requireTLS && !encrypted {
		defer quit(opened, conn)
		return session{}, s.stepError(ctx, stepSTARTTLS, errNotOffered, "")
	}
	return session{client: client, smtp: opened}, nil
}

// options configures a client that talks over conn.
func (s *SMTP) options(conn *trackedConn) ([]gomail.Option, error) {
	_, domain := splitAddress(s.from.Address)
	domain, err := asciiDomain(domain)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: s.server.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	policy := gomail.TLSOpportunistic
	dial := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	if s.server.scheme == schemeTLS {
		policy = gomail.NoTLS // the connection has it already
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return conn.encrypt(ctx, config) }
	}
	options := []gomail.Option{
		gomail.WithDialContextFunc(dial),
		gomail.WithHELO(domain),
		gomail.WithTLSConfig(config),
		gomail.WithTLSPolicy(policy),
		gomail.WithoutNoop(),
		gomail.WithoutRset(), // a server that hangs at RSET has accepted the mail
	}
	if s.server.username != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&credentials{
			server: s.server, conn: conn, onLoopback: netaddr.IsLoopbackPeer(conn.RemoteAddr().String()),
		}))
	}
	return options, nil
}

// quit says QUIT and does not wait long for the answer.
func quit(client *smtp.Client, conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = client.Quit() // whatever the server answers, the fate of the mail is known
	}
}
