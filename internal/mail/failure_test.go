package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"
	"time"
)

const ampleTimeout = 30 * time.Second

// scriptedReplies are answers of servers, and whether they refuse the mail for good.
var scriptedReplies = []struct {
	verb, reply string
	refused     bool
}{
	{"MAIL", "550 sender unknown", false},
	{"MAIL", "553 5.7.1 not your sender", false},
	{"MAIL", "555 5.5.4 parameters not recognized", false},
	{"RCPT", "550 5.1.1 no such user", true},
	{"RCPT", "553-5.1.3 not\r\n553 5.1.3 an address", true},
	{"DATA", "554 no valid recipients", true},
	{".", "554 5.6.0 not wanted", true},
	{".", "552 too big", true},
	{"MAIL", "530 5.7.0 authentication required", false},
	{"RCPT", "530 5.7.0 authentication required", false},
	{"MAIL", "534 mechanism too weak", false},
	{"MAIL", "535 wrong", false},
	{"MAIL", "538 encryption required", false},
	{"MAIL", "451 later", false},
	{"RCPT", "450 greylisted", false},
	{"RCPT", "421 shutting down", false},
	{"DATA", "451 later", false},
	{".", "452 disk full", false},
	{"", "554 no service for you", false},
	{"", "421 too busy", false},
	{"MAIL", drop, false},
	{"RCPT", drop, false},
	{"DATA", drop, false},
	{".", drop, false},
	{"", drop, false},
	{"", "HTTP/1.1 400 Bad Request", false},
	{"MAIL", "gibberish", false},
}

// A 5xx answer to a step of the transaction is permanent, unless it is to MAIL FROM or
// asks for authentication or encryption: then it is the operator's problem.
func TestSendRecognizesPermanentRefusals(t *testing.T) {
	for _, test := range scriptedReplies {
		t.Run(test.verb+" "+test.reply, func(t *testing.T) {
			server, _ := scriptedServer{test.verb: test.reply}.start(t)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
			})
			if err == nil || errors.Is(err, ErrRefused) != test.refused {
				t.Fatalf("got %v; want it to be refused for good: %t", err, test.refused)
			}
			if want := strings.HasPrefix(test.reply, "5") && !test.refused; errors.Is(err, ErrMisconfigured) != want {
				t.Errorf("got %v; want it to be the operator's problem: %t", err, want)
			}
			last := test.reply[strings.LastIndexByte(test.reply, ' ')+1:]
			if len(test.reply) > 4 && !strings.Contains(err.Error(), last) {
				t.Errorf("the error lacks the server's answer: %v", err)
			}
			if !strings.Contains(err.Error(), server.String()) {
				t.Errorf("the error lacks the server: %v", err)
			}
		})
	}
}

func TestSendToAServerWithoutEHLO(t *testing.T) {
	server, said := scriptedServer{"EHLO": "500 what"}.start(t)
	if err := NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com")); err != nil {
		t.Errorf("got %v, want the mail to be accepted after HELO:\n%s", err, said)
	}
}

func TestSendReturnsInTimeIfTheServerHangs(t *testing.T) {
	for _, verb := range []string{"", "EHLO", "MAIL", "RCPT", "DATA", "."} {
		t.Run("timeout "+verb, func(t *testing.T) {
			server, _ := scriptedServer{verb: hang}.start(t)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), 50*time.Millisecond).Send(t.Context(), testMessage("ana@example.com"))
			})
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrRefused) {
				t.Errorf("got %v, want the deadline", err)
			}
		})
		t.Run("trickle "+verb, func(t *testing.T) {
			server, _ := scriptedServer{verb: trickle}.start(t)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), 50*time.Millisecond).Send(t.Context(), testMessage("ana@example.com"))
			})
			if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrRefused) {
				t.Errorf("got %v, want the deadline", err)
			}
		})
		t.Run("cancel "+verb, func(t *testing.T) {
			server, _ := scriptedServer{verb: hang}.start(t)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(50*time.Millisecond, cancel)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), time.Hour).Send(ctx, testMessage("ana@example.com"))
			})
			if !errors.Is(err, context.Canceled) || errors.Is(err, ErrRefused) {
				t.Errorf("got %v, want the cancellation", err)
			}
		})
	}
}

func TestSendReturnsInTimeIfEncryptionOrAuthenticationHangs(t *testing.T) {
	for name, test := range map[string]struct {
		script scriptedServer
		change func(*Server)
	}{
		"TLS":           {scriptedServer{"": hang}, func(s *Server) { s.scheme = schemeTLS }},
		"STARTTLS":      {scriptedServer{"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": hang}, func(*Server) {}},
		"the handshake": {scriptedServer{"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "220 go"}, func(*Server) {}},
		"AUTH":          {scriptedServer{"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": hang}, func(s *Server) { s.username, s.password = "ana", "x" }},
		"after AUTH":    {scriptedServer{"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "535 no", "*": hang}, func(s *Server) { s.username, s.password = "ana", "x" }},
	} {
		server, _ := test.script.start(t)
		test.change(&server)
		err := mustReturn(t, func() error {
			return NewSMTP(server, testFrom(), 50*time.Millisecond).Send(t.Context(), testMessage("ana@example.com"))
		})
		if err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%s: got %v, want an error that is not for good", name, err)
		}
	}
}

func TestSendIgnoresTheAnswerToQuit(t *testing.T) {
	for _, reply := range []string{hang, drop, "500 what", "gibberish"} {
		server, _ := scriptedServer{"QUIT": reply}.start(t)
		err := mustReturn(t, func() error {
			return NewSMTP(server, testFrom(), time.Hour).Send(t.Context(), testMessage("ana@example.com"))
		})
		if err != nil {
			t.Errorf("QUIT answered by %q: got %v", reply, err)
		}
	}
}

func TestSendDoesNotShowTheRecipient(t *testing.T) {
	for to, replies := range map[string][]string{
		"Ana.Maria@example.com": {
			"550 <ana.maria@EXAMPLE.com>: no such user", "550 Ana.Maria... unknown", "550 ana.maria@internal.example.com rejected",
			"450 mailbox of 'ana.maria' is full",
		},
		`"ana maria"@example.com`: {"550 <ana maria@example.com> unknown", `550 <"ana maria"@example.com> unknown`, "550 ana maria unknown"},
		"ana@ñandú.example":       {"550 <ana@xn--and-6ma2c.example> unknown", "550 <ana@ñandú.example> unknown"},
	} {
		for _, reply := range replies {
			server, _ := scriptedServer{"EHLO": "250-hello\r\n250 SMTPUTF8", "RCPT": reply}.start(t)
			err := mustReturn(t, func() error {
				return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage(to))
			})
			if err == nil || strings.Contains(strings.ToLower(err.Error()), "ana") && strings.Contains(strings.ToLower(err.Error()), "maria") ||
				strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "<ana") {
				t.Errorf("%s answered by %q: %v", to, reply, err)
			}
		}
	}
}

func TestErrorsShortenAnswers(t *testing.T) {
	server, _ := scriptedServer{"RCPT": "550-" + strings.Repeat("ñ", 400) + "\r\n550 \x1b[31m" + strings.Repeat("x", 400)}.start(t)
	err := mustReturn(t, func() error {
		return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
	})
	if err == nil || len(err.Error()) > maxReply+200 || strings.ContainsAny(err.Error(), "\r\n\x1b") || strings.ContainsRune(err.Error(), '�') {
		t.Errorf("got %q", err)
	}
}

func TestAuthenticationDoesNotShowThePassword(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte("\x00ana\x00gehe im"))
	for mechanism, reply := range map[string]string{
		"PLAIN": "500 unknown command AUTH PLAIN " + encoded,
		"LOGIN": "535 user ana, password gehe im is wrong",
	} {
		server, _ := scriptedServer{"EHLO": "250-hello\r\n250 AUTH " + mechanism, "AUTH": reply}.start(t)
		server.username, server.password = "ana", "gehe im"
		err := mustReturn(t, func() error {
			return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
		})
		if err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), encoded) || strings.Contains(err.Error(), "gehe im") {
			t.Errorf("%s: %v", mechanism, err)
		}
	}
}

func TestTransactionDoesNotShowThePassword(t *testing.T) {
	for _, verb := range []string{"MAIL", "RCPT", "DATA", "."} {
		server, _ := scriptedServer{"EHLO": "250-hello\r\n250 AUTH PLAIN", "AUTH": "235 welcome", verb: `550 the password "ge"he\im" no longer works`}.start(t)
		server.username, server.password = "ana", `ge"he\im`
		err := mustReturn(t, func() error {
			return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
		})
		if err == nil || errors.Is(err, ErrRefused) == (verb == "MAIL") || !strings.HasSuffix(err.Error(), `550 the password "[password]" no longer works`) {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

// remoteConn is a connection that seems to lead to another machine.
type remoteConn struct{ net.Conn }

func (remoteConn) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 587} }

func TestCredentialsAreNotSentInTheClear(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "PLAIN LOGIN CRAM-MD5"} {
		server, said := scriptedServer{"EHLO": "250-hello\r\n250 AUTH " + mechanism}.start(t)
		server.username, server.password = "ana", "geheim"
		s := NewSMTP(server, testFrom(), ampleTimeout)
		dial := s.dial
		s.dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			return remoteConn{conn}, err
		}
		err := mustReturn(t, func() error { return s.Send(t.Context(), testMessage("ana@example.com")) })
		if err == nil || errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "not encrypted") {
			t.Errorf("%s: got %v", mechanism, err)
		}
		if strings.Contains(said.String(), "AUTH") {
			t.Errorf("%s: the client said\n%s", mechanism, said)
		}
	}
}

// The client greets with the domain of the sender's address, not with the name of
// the machine.
func TestSendGreetsWithTheDomainOfTheSender(t *testing.T) {
	server, said := scriptedServer{"EHLO": "250-hello\r\n250-SMTPUTF8\r\n250 8BITMIME"}.start(t)
	err := mustReturn(t, func() error {
		return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"EHLO alta.example.com\n", "MAIL FROM:<no-reply@alta.example.com> BODY=8BITMIME\n", "RCPT TO:<ana@example.com>\n", "\nQUIT",
	} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the client did not say %q:\n%s", want, said)
		}
	}
	if hasHostName(t, []byte(said.String())) {
		t.Errorf("the client named its machine:\n%s", said)
	}
}
