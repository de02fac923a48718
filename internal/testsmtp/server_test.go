package testsmtp

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const content = "From: <from@example.com>\r\nTo: <ana@example.com>\r\nMessage-ID: <1@example.com>\r\n" +
	"Subject: =?utf-8?q?Contrase=C3=B1a?=\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n" +
	"See https://example.com/ or\r\nhttps://example.com/verify?x=1&token=a_b-c.d%2B \r\nend\r\n"

// send sends the content with another client than Alta's.
func send(t *testing.T, s *Server, to string) error {
	t.Helper()
	c, err := smtp.Dial(s.address)
	if err != nil {
		return err
	}
	defer c.Close()
	c.CommandTimeout, c.SubmissionTimeout = 500*time.Millisecond, 500*time.Millisecond
	return transact(c, to)
}

func transact(c *smtp.Client, to string) error {
	if err := c.SendMail("from@example.com", []string{to}, strings.NewReader(content)); err != nil {
		return err
	}
	return c.Quit()
}

func code(err error) int {
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return reply.Code
	}
	return 0
}

func TestServerKeepsWhatItAccepts(t *testing.T) {
	s := Start(t)
	for _, to := range []string{"ana@example.com", `"a b"@example.com`} {
		if err := send(t, s, to); err != nil {
			t.Fatal(err)
		}
	}
	mails := s.Wait(t, 2)
	m := mails[0]
	if m.From != "from@example.com" || !slices.Equal(m.To, []string{"ana@example.com"}) || string(m.Raw) != content ||
		m.MessageID != "1@example.com" || m.Subject != "Contraseña" || !strings.HasSuffix(m.Text, "\nend\n") || m.Received.IsZero() {
		t.Errorf("got %+v", m)
	}
	if m.Link() != "https://example.com/verify?x=1&token=a_b-c.d%2B" || m.Token() != "a_b-c.d%2B" {
		t.Errorf("got the link %q and the token %q", m.Link(), m.Token())
	}
	if (Mail{}).Link() != "" || (Mail{}).Token() != "" {
		t.Error("a mail without a link has one")
	}
	if !slices.Equal(mails[1].To, []string{`"a b"@example.com`}) {
		t.Errorf("got the recipient %q", mails[1].To)
	}
	if n := s.Conversations(); n != 2 {
		t.Errorf("%d conversations were counted", n)
	}
}

func TestBehaviours(t *testing.T) {
	for behaviour, test := range map[Behaviour]struct {
		code     int
		err      bool
		accepted int
	}{
		Accept:          {code: 0, accepted: 1},
		RejectRecipient: {code: 550, err: true},
		RejectData:      {code: 554, err: true},
		Defer:           {code: 451, err: true},
		DeferData:       {code: 452, err: true},
		Hang:            {code: 0, err: true},
		Drop:            {code: 0, err: true},
		Trickle:         {code: 0, err: true, accepted: 1},
		HangAtQuit:      {code: 0, err: true, accepted: 1},
		AcceptThenDrop:  {code: 0, err: true, accepted: 1},
	} {
		var asked []string
		s := Start(t, func(c *Config) {
			c.Behave = func(to string) Behaviour { asked = append(asked, to); return behaviour }
		})
		err := send(t, s, "ana@example.com")
		if (err != nil) != test.err || code(err) != test.code || len(s.Mails()) != test.accepted {
			t.Errorf("behaviour %d: got %v and %d mails", behaviour, err, len(s.Mails()))
		}
		s.Stop()
		if !slices.Equal(asked, []string{"ana@example.com"}) {
			t.Errorf("behaviour %d was asked for %q", behaviour, asked)
		}
		s.Restart()
		s.SetBehave(nil)
		if err := send(t, s, "ana@example.com"); err != nil {
			t.Errorf("behaviour %d, and then none: %v", behaviour, err)
		}
	}
}

func TestAuthentication(t *testing.T) {
	s := Start(t, func(c *Config) { c.TLS, c.Username, c.Password = true, "ana", "p@ss" })
	plain, err := smtp.Dial(s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if offered, _ := plain.Extension("AUTH"); offered {
		t.Error("AUTH is offered before STARTTLS")
	}
	if err := transact(plain, "ana@example.com"); code(err) != 530 {
		t.Errorf("without authentication: got %v, want 530", err)
	}
	for password, want := range map[string]int{"p@ss": 0, "other": 535} {
		c, err := smtp.DialStartTLS(s.address, &tls.Config{RootCAs: s.Pool(), ServerName: "127.0.0.1"})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Auth(sasl.NewPlainClient("", "ana", password)); code(err) != want {
			t.Errorf("the password %s: got %v, want %d", password, err, want)
		}
		if err := transact(c, "ana@example.com"); want == 0 && err != nil {
			t.Error(err)
		}
	}
	if n := len(s.Mails()); n != 1 {
		t.Errorf("%d mails were accepted, want 1", n)
	}
}

func TestURL(t *testing.T) {
	for want, configure := range map[string]func(*Config){
		"smtp://HOST":                      func(*Config) {},
		"smtp://HOST?starttls=required":    func(c *Config) { c.TLS = true },
		"smtps://HOST":                     func(c *Config) { c.ImplicitTLS = true },
		"smtp://a%20b%40c:p%40%2F%3A@HOST": func(c *Config) { c.Username, c.Password = "a b@c", "p@/:" },
	} {
		s := Start(t, configure)
		if got := strings.Replace(s.URL(), s.address, "HOST", 1); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		u, err := url.Parse(s.URL())
		if password, _ := u.User.Password(); err != nil || u.User.Username() != s.config.Username || password != s.config.Password {
			t.Errorf("%s is read as %v, %v", want, u.User, err)
		}
		if encrypted := s.config.TLS || s.config.ImplicitTLS; (s.Pool() != nil) != encrypted || (s.CertificateFile() != "") != encrypted {
			t.Errorf("%s: the certificate is %q", want, s.CertificateFile())
		}
		if file := s.CertificateFile(); file != "" {
			authority, err := os.ReadFile(file)
			pool := x509.NewCertPool()
			if pool.AppendCertsFromPEM(authority); err != nil || !s.Pool().Equal(pool) {
				t.Errorf("%s: the certificate's file: %v", want, err)
			}
		}
	}
}

func TestStopEndsConversations(t *testing.T) {
	s := Start(t)
	conn, err := net.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	text := textproto.NewConn(conn)
	if _, _, err := text.ReadResponse(220); err != nil {
		t.Fatal(err)
	}
	address := s.address
	s.Stop()
	s.Stop() // has no effect
	if _, err := text.ReadLine(); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection goes on: %v", err)
	} else if !errors.Is(err, io.EOF) {
		t.Logf("the connection was reset: %v", err)
	}
	if err := send(t, s, "ana@example.com"); err == nil {
		t.Error("the port is still open")
	}
	s.Restart()
	if s.address != address {
		t.Errorf("the server is back at %s, and was at %s", s.address, address)
	}
	if err := send(t, s, "ana@example.com"); err != nil {
		t.Error(err)
	}
}
