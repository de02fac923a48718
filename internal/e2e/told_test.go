package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// expectText fails the test unless the text part of the mail says all this.
func expectText(t *testing.T, m testsmtp.Mail, says ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(m.Text), " ")
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", m.Subject, want, m.Text)
		}
	}
}

// TestASignUpIsRejected: a stranger signs up with somebody else's address. The mail, by
// SMTP, says so, and the page that its link leads to deletes the account.
func TestASignUpIsRejected(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post := testsmtp.Start(t)
		s := startMailing(t, databaseURL, post)
		const email = "victim@example.com"
		stranger := s.register(t, email)
		s.resend(t.Context(), t, email)
		m := awaitMail(t, post, email, "Verifica tu correo")
		expectText(t, m, "Registro: ", "Desde: 127.0.0.1", "No fui yo")
		page := s.call(t, 200, "GET", "/verify-email?token="+m.Token(), "", "Accept-Language: en").body
		for _, says := range []string{"127.0.0.1", email, "This was not me"} {
			if !strings.Contains(page, says) {
				t.Errorf("the page lacks %q:\n%s", says, page)
			}
		}
		form := url.Values{"token": {m.Token()}, "do": {"reject"}}.Encode()
		if done := s.call(t, 200, "POST", "/verify-email", form, formEncoding, "Accept-Language: en").body; !strings.Contains(done, "The account is deleted") {
			t.Errorf("the button leads to %s", done)
		}
		s.call(t, 401, "GET", "/api/auth/profile", "", bearer(stranger))
		s.call(t, 400, "POST", "/verify-email", form, formEncoding)
		s.register(t, email)
	})
}

// TestPeopleAreToldByMail: what is done to an account, by calls and by commands beside
// the server, arrives by SMTP, in the language of the user, each once.
func TestPeopleAreToldByMail(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post := testsmtp.Start(t)
		s := startMailing(t, databaseURL, post, "--mailbox-cap", "off")
		const developer, member = "dev@example.com", "ana@example.com"
		token := s.redeem(t, strings.TrimSpace(alta(t, databaseURL, "", "invite", "create")))
		s.registerAll(t, token, developer)
		session := s.verify(t, developer, awaitMail(t, post, developer, subjectVerify).Token())
		s.call(t, 201, "POST", "/api/v1/account/api-keys", `{"name":"build server"}`, bearer(session))
		expectText(t, awaitMail(t, post, developer, "A new API key was made"), "Key: build server", "From: 127.0.0.1", "/account/credentials")
		s.call(t, 200, "POST", "/api/auth/login", credentials(developer, password))
		expectText(t, awaitMail(t, post, developer, "New login to your account"), "From: 127.0.0.1")
		s.call(t, 200, "POST", "/api/v1/auth/forgetpassword", fmt.Sprintf(`{"email":%q}`, developer))
		reset := awaitMail(t, post, developer, subjectReset).Token()
		s.call(t, 200, "PUT", "/api/v1/auth/newpassword", fmt.Sprintf(`{"token":%q,"newpassword":"another password"}`, reset))
		expectText(t, awaitMail(t, post, developer, "Your password was changed"), "2 API keys still work", "/account/credentials")

		s.register(t, member)
		for range 5 {
			s.call(t, 401, "POST", "/api/auth/login", credentials(member, "a wrong password"))
		}
		awaitMail(t, post, member, "Demasiadas contraseñas incorrectas")
		for _, change := range []struct{ subject, command string }{
			{"Ahora administras el servicio", "promote --force"}, {"Tu cuenta fue suspendida", "suspend"}, {"Tu cuenta está activa de nuevo", "resume"},
		} {
			alta(t, databaseURL, "", append(append([]string{"user"}, strings.Fields(change.command)...), member)...)
			awaitMail(t, post, member, change.subject)
		}
		awaitIdleOutbox(t, testdb.Connect(t, databaseURL))
		checkSentOnce(t, post)
		told := map[string]int{}
		for _, m := range post.Mails() {
			told[m.To[0]+" "+m.Subject]++
		}
		for mail, times := range told {
			if times != 1 {
				t.Errorf("%s: %d times", mail, times)
			}
		}
		if len(told) != 10 {
			t.Errorf("there are %d mails, want 10: %v", len(told), told)
		}
	})
}
