package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/testsmtp"
)

func TestProbe(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*testsmtp.Config)
		want      string
	}{
		"plain":         {func(*testsmtp.Config) {}, "smtp://ADDRESS, not encrypted, not authenticated"},
		"STARTTLS":      {withLogin, "smtp://ADDRESS, STARTTLS (TLS 1.3), authenticated as ana@example.com"},
		"STARTTLS only": {func(c *testsmtp.Config) { c.TLS = true }, "smtp://ADDRESS, STARTTLS (TLS 1.3), not authenticated"},
		"TLS": {
			func(c *testsmtp.Config) { c.ImplicitTLS, c.Username, c.Password = true, "ana", "x" },
			"smtps://ADDRESS, TLS 1.3, authenticated as ana",
		},
		"loopback": {
			func(c *testsmtp.Config) { c.Username, c.Password = "ana", "x" },
			"smtp://ADDRESS, not encrypted, authenticated as ana",
		},
	} {
		server := testsmtp.Start(t, test.configure)
		s := newSender(t, server, ampleTimeout)
		got, err := s.Probe(t.Context())
		if want := strings.Replace(test.want, "ADDRESS", s.server.address(), 1); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
		if n := len(server.Mails()); n != 0 {
			t.Errorf("%s: %d mails were sent", name, n)
		}
		if err := s.Send(t.Context(), testMessage("ana@example.com")); err != nil {
			t.Errorf("%s: send a mail: %v", name, err)
		}
	}
}

func TestProbeAndSendReturnTheSameErrors(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*testsmtp.Config)
		change    func(*SMTP)
		want      string
	}{
		"wrong password":             {withLogin, func(s *SMTP) { s.server.password = "other" }, "535"},
		"unknown authority":          {withLogin, func(s *SMTP) { s.roots = nil }, "certificate"},
		"unknown authority, TLS":     {func(c *testsmtp.Config) { c.ImplicitTLS = true }, func(s *SMTP) { s.roots = nil }, "certificate"},
		"another host's certificate": {withLogin, func(s *SMTP) { s.server.host = "127.0.0.2" }, "127.0.0.2"},
		"STARTTLS is required":       {func(*testsmtp.Config) {}, func(s *SMTP) { s.server.requireTLS = true }, "STARTTLS"},
		"no authentication":          {func(*testsmtp.Config) {}, func(s *SMTP) { s.server.username, s.server.password = "ana", "geheim" }, "offers none"},
		"TLS where is none":          {func(*testsmtp.Config) {}, func(s *SMTP) { s.server.scheme = schemeTLS }, "TLS"},
		"no TLS where it begins":     {func(c *testsmtp.Config) { c.ImplicitTLS = true }, func(s *SMTP) { s.server.scheme, s.timeout = schemeStartTLS, time.Second }, "greeting"},
	} {
		t.Run(name, func(t *testing.T) {
			server := testsmtp.Start(t, test.configure)
			s := newSender(t, server, ampleTimeout)
			address, dial := s.server.address(), s.dial
			s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, network, address) }
			test.change(s)
			_, probe := s.Probe(t.Context())
			send := mustReturn(t, func() error { return s.Send(t.Context(), testMessage("ana@example.com")) })
			for _, err := range []error{probe, send} {
				if err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), test.want) ||
					strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "other") {
					t.Errorf("got %v, want an error with %q that is not for good", err, test.want)
				}
			}
			if n := len(server.Mails()); n != 0 {
				t.Errorf("%d mails were accepted", n)
			}
		})
	}
}

func TestSendWithoutRequiredCredentials(t *testing.T) {
	server := testsmtp.Start(t, withLogin)
	s := newSender(t, server, ampleTimeout)
	s.server.username, s.server.password = "", ""
	err := s.Send(t.Context(), testMessage("ana@example.com"))
	if err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "530") {
		t.Errorf("got %v, want 530, which the operator can mend", err)
	}
}

func TestSendAuthenticatesByLoginAndCRAMMD5(t *testing.T) {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for mechanism, answers := range map[string]scriptedServer{
		"LOGIN": {
			"AUTH": "334 " + encode("Username:"), encode("ana"): "334 " + encode("Password:"), encode("geheim"): "235 welcome",
		},
		"CRAM-MD5": { // RFC 2195, section 2
			"AUTH": "334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+",
			"dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw": "235 welcome",
		},
	} {
		answers["EHLO"] = "250-hello\r\n250 AUTH " + mechanism
		server, said := answers.start(t)
		server.username, server.password = "ana", "geheim"
		if mechanism == "CRAM-MD5" {
			server.username, server.password = "tim", "tanstaaftanstaaf"
		}
		if err := NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com")); err != nil {
			t.Errorf("%s: %v; the client said\n%s", mechanism, err, said)
		}
	}
}
