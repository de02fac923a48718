package mail

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/alta/internal/testsmtp"
)

func withLogin(c *testsmtp.Config) {
	c.TLS, c.Username, c.Password = true, "ana@example.com", "p@ss w/ö:rd"
}

func newSender(t *testing.T, server *testsmtp.Server, timeout time.Duration) *SMTP {
	t.Helper()
	parsed, err := ParseServer(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	return NewSMTP(parsed, testFrom(), timeout).WithRootCAs(server.Pool())
}

func TestSendKeepsTheContent(t *testing.T) {
	server := testsmtp.Start(t, withLogin)
	s := newSender(t, server, ampleTimeout)
	inASCII := strings.NewReplacer("@ñandú.", "@xn--and-6ma2c.", "@例子.", "@xn--fsqu00a.") // which every server understands
	for _, to := range unusualAddresses {
		m := testMessage(to)
		m.Subject = "Verifica: " + to
		if err := s.Send(t.Context(), m); err != nil {
			t.Errorf("%s: %v", to, err)
			continue
		}
		mails := server.Mails()
		got := mails[len(mails)-1]
		if !slices.Equal(got.To, []string{inASCII.Replace(to)}) || got.From != "no-reply@alta.example.com" || got.Subject != m.Subject ||
			got.Text != m.Text || got.HTML != m.HTML || got.MessageID != m.ID+"@alta.example.com" {
			t.Errorf("%s: got %+v", to, got)
		}
		if hasHostName(t, got.Raw) {
			t.Errorf("the mail names the machine:\n%s", got.Raw)
		}
	}
}

func TestSendAgainKeepsTheMessageID(t *testing.T) {
	server := testsmtp.Start(t)
	s := newSender(t, server, ampleTimeout)
	for range 2 {
		if err := s.Send(t.Context(), testMessage("ana@example.com")); err != nil {
			t.Fatal(err)
		}
	}
	mails := server.Wait(t, 2)
	if mails[0].MessageID != mails[1].MessageID || mails[0].MessageID == "" {
		t.Errorf("got %q and %q", mails[0].MessageID, mails[1].MessageID)
	}
}

func TestSendWithoutSMTPUTF8(t *testing.T) {
	server := testsmtp.Start(t, func(c *testsmtp.Config) { c.WithoutSMTPUTF8 = true })
	s := newSender(t, server, ampleTimeout)
	if err := s.Send(t.Context(), testMessage("ana@ñandú.example")); err != nil {
		t.Fatalf("a domain that can be written in ASCII: %v", err)
	}
	got := server.Wait(t, 1)[0]
	if want := "ana@xn--and-6ma2c.example"; !slices.Equal(got.To, []string{want}) || !isASCII(string(got.Raw)) {
		t.Errorf("the mail went to %s, want %s:\n%s", got.To, want, got.Raw)
	}
	err := s.Send(t.Context(), testMessage("josé@example.com"))
	if !errors.Is(err, ErrMisconfigured) || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "josé") {
		t.Errorf("a local part that cannot: got %v", err)
	}
	s.from = &netmail.Address{Address: "ñ@example.com"}
	if err := s.Send(t.Context(), testMessage("ana@example.com")); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("a sender that cannot: got %v, want an error that the operator can mend", err)
	}
}

// TestSendAsksForSMTPUTF8OnlyForTheLocalPart: a server further on may not support it.
func TestSendAsksForSMTPUTF8OnlyForTheLocalPart(t *testing.T) {
	for to, want := range map[string]string{
		"ana@ñandú.example":              "MAIL FROM:<no-reply@alta.example.com> BODY=8BITMIME\nRCPT TO:<ana@xn--and-6ma2c.example>\n",
		"ana@xn--and-6ma2c.example":      "MAIL FROM:<no-reply@alta.example.com> BODY=8BITMIME\nRCPT TO:<ana@xn--and-6ma2c.example>\n",
		"josé@ñandú.example":             "MAIL FROM:<no-reply@alta.example.com> BODY=8BITMIME SMTPUTF8\nRCPT TO:<josé@xn--and-6ma2c.example>\n",
		"josé@xn--and-6ma2c.example":     "MAIL FROM:<no-reply@alta.example.com> BODY=8BITMIME SMTPUTF8\nRCPT TO:<josé@xn--and-6ma2c.example>\n",
		"ana@xn--parallel-koa.cat":       "RCPT TO:<ana@xn--parallel-koa.cat>\n",
		"ana@my--host.xn--fsqu00a.local": "RCPT TO:<ana@my--host.xn--fsqu00a.local>\n",
	} {
		server, said := scriptedServer{"EHLO": "250-hello\r\n250-SMTPUTF8\r\n250 8BITMIME"}.start(t)
		err := mustReturn(t, func() error {
			return NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage(to))
		})
		if err != nil || !strings.Contains(said.String(), want) {
			t.Errorf("%s: %v; the client did not say %q:\n%s", to, err, want, said)
		}
	}
}

func TestSendRefusesBeforeItConnects(t *testing.T) {
	server := testsmtp.Start(t)
	err := newSender(t, server, ampleTimeout).Send(t.Context(), testMessage("ana@example.com\r\nRCPT TO:<eve@example.com>"))
	if !errors.Is(err, ErrRefused) || server.Conversations() != 0 {
		t.Errorf("got %v after %d conversations", err, server.Conversations())
	}
}

func TestSendToServersThatFail(t *testing.T) {
	server := testsmtp.Start(t, withLogin)
	const ok, temporary, refused, late = "accepted", "temporary", "refused", "late"
	for behaviour, want := range map[testsmtp.Behaviour]string{
		testsmtp.Accept: ok, testsmtp.HangAtQuit: ok, testsmtp.AcceptThenDrop: ok,
		testsmtp.RejectRecipient: refused, testsmtp.RejectData: refused,
		testsmtp.Defer: temporary, testsmtp.DeferData: temporary, testsmtp.Drop: temporary,
		testsmtp.Hang: late, testsmtp.Trickle: late,
	} {
		t.Run(fmt.Sprint(behaviour), func(t *testing.T) {
			server.SetBehave(func(string) testsmtp.Behaviour { return behaviour })
			timeout := ampleTimeout
			if want == late {
				timeout = time.Second
			}
			err := mustReturn(t, func() error {
				return newSender(t, server, timeout).Send(t.Context(), testMessage("ana@example.com"))
			})
			got := temporary
			switch {
			case err == nil:
				got = ok
			case errors.Is(err, ErrRefused):
				got = refused
			case errors.Is(err, context.DeadlineExceeded):
				got = late
			}
			if got != want {
				t.Errorf("got %v, want it to be %s", err, want)
			}
			if err != nil && (strings.Contains(err.Error(), "ana@") || strings.Contains(err.Error(), "p@ss")) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestSendWhileTheServerIsDown(t *testing.T) {
	server := testsmtp.Start(t)
	s := newSender(t, server, ampleTimeout)
	server.Stop()
	if err := s.Send(t.Context(), testMessage("ana@example.com")); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("got %v, want an error that is not for good", err)
	}
	server.Restart()
	if err := s.Send(t.Context(), testMessage("ana@example.com")); err != nil {
		t.Error(err)
	}
}

func TestSendConcurrently(t *testing.T) {
	const senders = 2 * maxConversations
	server := testsmtp.Start(t, withLogin)
	s := newSender(t, server, ampleTimeout)
	var sending sync.WaitGroup
	for i := range senders {
		sending.Go(func() {
			m := testMessage(fmt.Sprintf("user%d@example.com", i))
			m.ID = fmt.Sprint(i)
			if err := s.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	sending.Wait()
	seen := map[string]bool{}
	for _, m := range server.Mails() {
		seen[m.MessageID+m.To[0]] = true
	}
	if len(seen) != senders {
		t.Errorf("%d different mails were accepted, want %d", len(seen), senders)
	}
}

func TestTheTimeoutIncludesTheWaitForATurn(t *testing.T) {
	server, _ := scriptedServer{"": hang}.start(t)
	s := NewSMTP(server, testFrom(), 50*time.Millisecond)
	for range maxConversations {
		s.turns <- struct{}{}
	}
	err := mustReturn(t, func() error { return s.Send(t.Context(), testMessage("ana@example.com")) })
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "turn") {
		t.Errorf("got %v, want the deadline", err)
	}
}
