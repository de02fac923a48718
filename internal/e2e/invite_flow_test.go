package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/textproto"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/alta/internal/identity"
	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// withTLSAndPassword makes the mail server ask for STARTTLS and a password.
func withTLSAndPassword(c *testsmtp.Config) {
	c.TLS, c.Username, c.Password = true, "alta", "p@ss/w:rd 100%"
}

// TestSeedFlow goes the documented way from an invite to a log-in, and compares the
// answers with the documented ones.
func TestSeedFlow(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const email = "user@example.com"
		post := testsmtp.Start(t, withTLSAndPassword)
		s := startMailing(t, databaseURL, post)
		code := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create"))
		token := s.redeem(t, code)
		// The documented sample sends a header that does nothing here.
		checkRegistered(t, email, s.call(t, 200, "POST", "/api/v1/auth/register",
			apiRegistration("User@Example.com", password, token), bearer("YOUR_JWT_TOKEN")))
		verification, welcome := awaitMail(t, post, email, subjectVerify), awaitMail(t, post, email, subjectWelcome)
		checkHeaders(t, verification, email)
		checkHeaders(t, welcome, email)
		checkFlowRefusals(t, s, databaseURL, code, token, email)

		checkRefusal(t, s.call(t, 400, "POST", "/api/v1/auth/login", credentials(email, password)),
			400, "email_unverified", "Please verify the email, I have send verification link.")
		checkRefusal(t, s.call(t, 401, "POST", "/api/v1/auth/login", credentials(email, "wrong password")),
			401, "invalid_credentials", "Invalid email or password")
		followVerification(t, s, verification)
		session := s.verify(t, email, verification.Token())
		s.call(t, 200, "POST", "/api/v1/auth/verifyEmail", fmt.Sprintf(`{"token":%q}`, verification.Token())) // again, by the same hand
		checkUser(t, s, session, email, apiKeyOf(t, welcome))
		checkAPIUsers(t, testdb.Connect(t, databaseURL))
		awaitIdleOutbox(t, testdb.Connect(t, databaseURL))
		if mails := post.Mails(); len(mails) != 2 {
			t.Errorf("%d mails were sent, want 2", len(mails))
		}
	})
}

// checkHeaders checks the mail's headers and its envelope.
func checkHeaders(t *testing.T, m testsmtp.Mail, email string) {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(string(m.Raw)))
	if err != nil {
		t.Fatal(err)
	}
	date, err := parsed.Header.Date()
	if age := time.Since(date); err != nil || age < -time.Minute || age > 5*time.Minute {
		t.Errorf("%s: the Date is %s (%v)", m.Subject, date, err)
	}
	for name, want := range map[string]string{
		"From": `^"Alta Registros" <no-reply@alta\.example\.com>$`, "To": `^<` + regexp.QuoteMeta(email) + `>$`,
		"Message-ID": `^<[0-9a-f-]{36}@alta\.example\.com>$`, "Auto-Submitted": `^auto-generated$`,
		"MIME-Version": `^1\.0$`, "Content-Type": `^multipart/alternative;`,
	} {
		got := parsed.Header[textproto.CanonicalMIMEHeaderKey(name)]
		if len(got) != 1 || !regexp.MustCompile(want).MatchString(got[0]) {
			t.Errorf("%s: %s is %q, want one that matches %s", m.Subject, name, got, want)
		}
	}
	if m.From != "no-reply@alta.example.com" || len(m.To) != 1 || m.HTML == "" || m.Text == "" {
		t.Errorf("%s: sent from %s to %v, with %d bytes of text and %d of HTML", m.Subject, m.From, m.To, len(m.Text), len(m.HTML))
	}
}

// followVerification follows the mail's link twice, as programs that scan mails do:
// that must not use it up.
func followVerification(t *testing.T, s *server, m testsmtp.Mail) {
	t.Helper()
	path, isOurs := strings.CutPrefix(m.Link(), s.url)
	if !isOurs || path != "/api/v1/auth/verifyEmail?token="+m.Token() {
		t.Fatalf("the link is %s", m.Link())
	}
	for range 2 {
		a := s.call(t, 302, "GET", path, "")
		if got, want := a.header.Get("Location"), s.url+"/verify-email?token="+m.Token(); got != want {
			t.Errorf("the link leads to %s, want %s", got, want)
		}
		if page := s.call(t, 200, "GET", strings.TrimPrefix(a.header.Get("Location"), s.url), ""); !strings.Contains(page.body, m.Token()) {
			t.Errorf("the page does not hold the token: %s", page.body)
		}
	}
}

// checkUser compares the API door's record of a new user with the documented one.
func checkUser(t *testing.T, s *server, session, email, key string) {
	t.Helper()
	a := s.call(t, 200, "GET", "/api/v1/user/", "", bearer(session))
	var record struct{ User struct{ UUID string } }
	if err := json.Unmarshal([]byte(a.body), &record); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"user":{"uuid":%q,"email":%q,"usertype":"user","api_key":%q,"verify_email":true,"has_uat_access":false,`+
		`"credit_balance":0,"plan":"free","webhook_url":"","notify_email":true,"notify_browser":true}}`,
		record.User.UUID, email, identity.MaskAPIKey(key))
	if got := strings.TrimSpace(a.body); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if strings.Contains(a.body, key) {
		t.Errorf("the whole key is shown: %s", a.body)
	}
}

// checkFlowRefusals makes the documented mistakes. The code is used up, the token is
// made from it, and the email has an account.
func checkFlowRefusals(t *testing.T, s *server, databaseURL, code, token, email string) {
	t.Helper()
	register := func(email, token string) answer {
		t.Helper()
		a, err := s.tryRegister(t.Context(), email, token)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	const used, gone = "Invite code is used and cannot be used", "other@example.com"
	redeemed, err := s.try(t.Context(), "POST", "/api/v1/auth/redeem-invite", fmt.Sprintf(`{"code":%q}`, code))
	if err != nil {
		t.Fatal(err)
	}
	checkRefusal(t, redeemed, 410, "invite_used", used)
	checkRefusal(t, register(gone, token), 410, "invite_used", used)
	checkRefusal(t, register(email, token), 410, "invite_used", used) // before the address is looked at
	checkRefusal(t, register(gone, "eyJhbGciOiJIUzI1NiIs.e30.x"), 400, "invite_token_invalid", "Invalid or expired invite token")
	second := strings.TrimSpace(alta(t, databaseURL, "", "invite", "create"))
	fresh := s.redeem(t, second)
	checkRefusal(t, register(email, fresh), 400, "email_taken", "Email already exists")
	checkRefusal(t, register("USER@example.com", fresh), 400, "email_taken", "Email already exists")
	alta(t, databaseURL, "", "invite", "revoke", second)
	checkRefusal(t, register(gone, fresh), 410, "invite_revoked", "Invite code is revoked and cannot be used")
}

// TestDoctorTalksToAGuardedMailServer runs doctor with the mail server's certificate
// authority, without it, and with a wrong password.
func TestDoctorTalksToAGuardedMailServer(t *testing.T) {
	t.Parallel()
	post := testsmtp.Start(t, withTLSAndPassword)
	databaseURL := testdb.SQLite(t)
	check := func(want string, variables ...string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		cmd := exec.CommandContext(ctx, binary, "doctor")
		cmd.Env = environ(t, databaseURL, variables...)
		out, _ := cmd.CombinedOutput() // its error is the status
		if failed := strings.HasPrefix(want, "FAIL"); cmd.ProcessState.ExitCode() != map[bool]int{false: 0, true: 1}[failed] ||
			!strings.Contains(string(out), want) || strings.Contains(string(out), "w:rd") || strings.Contains(string(out), "w%3Ard") {
			t.Errorf("want %q and no password:\n%s", want, out)
		}
	}
	host := post.URL()[strings.LastIndexByte(post.URL(), '@')+1:]
	host = "smtp://" + strings.TrimSuffix(host, "?starttls=required")
	check("ok    mail        "+host+", STARTTLS (TLS 1.3), authenticated as alta", mailing(post)...)
	check("FAIL  mail        "+host+": STARTTLS: tls: failed to verify certificate", "ALTA_SMTP_URL="+post.URL())
	wrong := strings.Replace(post.URL(), "p%40ss", "p%40ssw", 1)
	if wrong == post.URL() {
		t.Fatal("the password is the right one")
	}
	check("FAIL  mail        "+host+" answered to AUTH: 535", "ALTA_SMTP_URL="+wrong, "SSL_CERT_FILE="+post.CertificateFile())
}
