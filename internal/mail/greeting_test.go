package mail

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"example.com/alta/internal/testsmtp"
)

// TestKeywordsHaveNoCase: STARTTLS, AUTH and the extensions are recognized in any
// letters, before and after the encryption.
func TestKeywordsHaveNoCase(t *testing.T) {
	encode := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, offer := range []string{
		"AUTH LOGIN", "auth login", "Auth Login", "AUTH=LOGIN", "auth=login", "AUTH=LOGIN NTLM", "AUTH  NTLM  LOGIN",
		"AUTH NTLM\r\n250-AUTH=LOGIN", "auth=login\r\n250-AUTH NTLM",
	} {
		answers := scriptedServer{
			"EHLO": "250-hello\r\n250-" + offer + "\r\n250-8bitmime\r\n250 SmtpUtf8", "AUTH": "334 " + encode("Username:"),
			encode("ana"): "334 " + encode("Password:"), encode("geheim"): "235 welcome",
		}
		server, said := answers.start(t)
		server.username, server.password = "ana", "geheim"
		if err := NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("josé@example.com")); err != nil {
			t.Errorf("%q: %v; the client said\n%s", offer, err, said)
		}
		for _, want := range []string{"AUTH LOGIN\n", "BODY=8BITMIME SMTPUTF8\n"} {
			if !strings.Contains(said.String(), want) {
				t.Errorf("%q: the client did not say %q:\n%s", offer, want, said)
			}
		}
		if n := strings.Count(said.String(), "EHLO "); n != 1 {
			t.Errorf("%q: the client greeted %d times", offer, n)
		}
	}
	for _, keyword := range []string{"STARTTLS", "starttls", "StartTLS"} {
		server, said := scriptedServer{"EHLO": "250-hello\r\n250-" + keyword + "\r\n250 AUTH PLAIN", "STARTTLS": "454 not now"}.start(t)
		server.username, server.password = "ana", "geheim"
		err := NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
		if err == nil || !strings.Contains(err.Error(), "STARTTLS: 454") || strings.Contains(said.String(), "AUTH") || strings.Contains(said.String(), "MAIL") {
			t.Errorf("%s: %v; the client said\n%s", keyword, err, said)
		}
	}
}

// TestNothingIsReadInTheClearAfterSTARTTLS: what somebody on the way adds to the
// server's answer would count as said by the server.
func TestNothingIsReadInTheClearAfterSTARTTLS(t *testing.T) {
	server, said := scriptedServer{"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "220 go\r\n250 injected"}.start(t)
	err := NewSMTP(server, testFrom(), ampleTimeout).Send(t.Context(), testMessage("ana@example.com"))
	if err == nil || !strings.Contains(err.Error(), "in the clear") || strings.Contains(said.String(), "MAIL") {
		t.Errorf("got %v; the client said\n%s", err, said)
	}
}

// TestLowerCaseServersGetTheMailEncrypted: a whole conversation with a server that
// writes in lower case.
func TestLowerCaseServersGetTheMailEncrypted(t *testing.T) {
	server := testsmtp.Start(t, withLogin, func(c *testsmtp.Config) { c.LowerCase = true })
	s := newSender(t, server, ampleTimeout)
	s.server.requireTLS = false // it must be seen that STARTTLS is offered
	found, err := s.Probe(t.Context())
	if err != nil || !strings.Contains(found, "STARTTLS (TLS 1.3), authenticated") {
		t.Fatalf("%q, %v", found, err)
	}
	if err := s.Send(t.Context(), testMessage("josé@example.com")); err != nil {
		t.Fatal(err)
	}
	if got := server.Mails(); len(got) != 1 || !slices.Equal(got[0].To, []string{"josé@example.com"}) {
		t.Errorf("got %+v", got)
	}
}
