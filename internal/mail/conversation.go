package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// quitTimeout is how long the server's farewell is waited for. The mail has
// been accepted or not by then.
const quitTimeout = time.Second

// converse connects, encrypts, authenticates, and lets work go on from there.
// It returns soon after the context ends, whatever the server does.
func (s *SMTP) converse(ctx context.Context, work func(context.Context, *smtp.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	select {
	case s.turns <- struct{}{}:
		defer func() { <-s.turns }()
	case <-ctx.Done():
		return s.failure(ctx, "wait for a turn", ctx.Err(), "")
	}
	conn, err := s.dial(ctx, "tcp", s.server.address())
	if err != nil {
		return s.failure(ctx, "connect", err, "")
	}
	defer conn.Close()
	// The library's own deadlines start again with each step. A closed
	// connection ends every one of them.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	client, err := s.greet(ctx, conn)
	if err != nil {
		return err
	}
	defer quit(client, conn)
	if err := s.authenticate(ctx, client, conn); err != nil {
		return err
	}
	return work(ctx, client)
}

// greet opens the conversation and encrypts it.
func (s *SMTP) greet(ctx context.Context, conn net.Conn) (*smtp.Client, error) {
	config := &tls.Config{ServerName: s.server.host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
	if s.server.scheme == schemeTLS {
		encrypted := tls.Client(conn, config)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return nil, s.failure(ctx, "TLS", err, "")
		}
		conn = encrypted
	}
	client, err := smtp.NewClient(conn, s.server.host)
	if err != nil {
		return nil, s.failure(ctx, "the greeting", err, "")
	}
	_, domain := splitAddress(s.from.Address)
	if domain, err = asciiDomain(domain); err != nil {
		return nil, s.failure(ctx, "EHLO", err, "")
	}
	if err := client.Hello(domain); err != nil {
		return nil, s.failure(ctx, "EHLO", err, "")
	}
	if s.server.scheme == schemeTLS {
		return client, nil
	}
	offered, _ := client.Extension("STARTTLS")
	if !offered && s.server.requireTLS {
		return nil, s.failure(ctx, "STARTTLS", errors.New("it is required, and the server does not offer it"), "")
	}
	if offered {
		if err := client.StartTLS(config); err != nil {
			return nil, s.failure(ctx, "STARTTLS", err, "")
		}
	}
	return client, nil
}

// authenticate logs in (RFC 4954), if there is a user to log in as. The
// password goes only where nobody between can read it.
func (s *SMTP) authenticate(ctx context.Context, client *smtp.Client, conn net.Conn) error {
	user, password, host := s.server.username, s.server.password, s.server.host
	if user == "" {
		return nil
	}
	if _, encrypted := client.TLSConnectionState(); !encrypted && !isLoopback(conn.RemoteAddr()) {
		return s.failure(ctx, "AUTH", errors.New("the connection is not encrypted, and the password is not sent over it"), "")
	}
	_, offered := client.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	var auth smtp.Auth
	switch {
	case slices.Contains(mechanisms, "PLAIN"):
		auth = smtp.PlainAuth("", user, password, host, true) // whether it is encrypted has been seen to
	case slices.Contains(mechanisms, "LOGIN"):
		auth = smtp.LoginAuth(user, password, host, true)
	case slices.Contains(mechanisms, "CRAM-MD5"):
		auth = smtp.CRAMMD5Auth(user, password)
	default:
		return s.failure(ctx, "AUTH", errors.New("the server offers none of PLAIN, LOGIN and CRAM-MD5"), "")
	}
	if err := client.Auth(auth); err != nil {
		return s.failure(ctx, "AUTH", err, "")
	}
	return nil
}

func isLoopback(address net.Addr) bool {
	remote, err := netip.ParseAddrPort(address.String())
	return err == nil && remote.Addr().Unmap().IsLoopback()
}

// quit ends the conversation as it should be ended, without waiting long.
func quit(client *smtp.Client, conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(quitTimeout)) == nil {
		_ = client.Quit() // whatever it says, the mail's fate is known
	}
}
