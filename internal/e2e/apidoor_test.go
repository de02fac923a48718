package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testsmtp"
)

// What mails are called.
const (
	subjectVerify  = "Verify your email"
	subjectWelcome = "Welcome to Alta: your API key"
	subjectReset   = "Choose a new password"
)

// startMailing starts a server that sends its mails to post.
func startMailing(t *testing.T, databaseURL string, post *testsmtp.Server, args ...string) *server {
	t.Helper()
	args = append([]string{"serve", "--listen", "127.0.0.1:0", "--bcrypt-cost", "10", "--log", "json", "--auth-rate", "off",
		"--hash-queue", "1000"}, args...)
	return launch(t, exec.Command(binary, args...), environ(t, databaseURL, mailing(post)...))
}

// mailing is the part of the environment that leads to post.
func mailing(post *testsmtp.Server) []string {
	variables := []string{"ALTA_SMTP_URL=" + post.URL(), "ALTA_MAIL_FROM=Alta Registros <no-reply@alta.example.com>"}
	if file := post.CertificateFile(); file != "" {
		variables = append(variables, "SSL_CERT_FILE="+file)
	}
	return variables
}

// invite makes an invite, redeems it and returns the token to register with.
func (s *server) invite(t *testing.T, databaseURL string, args ...string) (token string) {
	t.Helper()
	code := strings.TrimSpace(alta(t, databaseURL, "", append([]string{"invite", "create"}, args...)...))
	return s.redeem(t, code)
}

func (s *server) redeem(t *testing.T, code string) (token string) {
	t.Helper()
	a := s.call(t, 200, "POST", "/api/v1/auth/redeem-invite", fmt.Sprintf(`{"code":%q}`, code))
	var redeemed struct {
		Message   string
		Token     string `json:"invite_token"`
		ExpiresIn int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(a.body), &redeemed); err != nil || redeemed.Message != "Invite code accepted" ||
		redeemed.ExpiresIn != 900 || strings.Count(redeemed.Token, ".") != 2 {
		t.Fatalf("%v: %s", err, a.body)
	}
	return redeemed.Token
}

func apiRegistration(email, password, inviteToken string) string {
	return fmt.Sprintf(`{"email":%q,"password":%q,"invite_token":%q}`, email, password, inviteToken)
}

// tryRegister signs somebody up at the API door. It may be used by many at
// once.
func (s *server) tryRegister(ctx context.Context, email, inviteToken string) (answer, error) {
	return s.try(ctx, "POST", "/api/v1/auth/register", apiRegistration(email, password, inviteToken))
}

const (
	registered = `{"message":"Register user successful","linkMsg":"Please verify the email, I have send verification link."}`
	mailFailed = "Account created, but the verification email could not be sent. Request a new one at /api/v1/auth/resend-verification."
)

// checkRegistered holds the answer to the documented one.
func checkRegistered(t *testing.T, email string, a answer) {
	t.Helper()
	if a.status != 200 || strings.TrimSpace(a.body) != registered {
		t.Errorf("%s: got %d %s, want 200 %s", email, a.status, a.body, registered)
	}
}

// checkRefusal holds the answer of the API door to the documented message and
// code.
func checkRefusal(t *testing.T, a answer, status int, code, message string) {
	t.Helper()
	want := fmt.Sprintf(`{"message":%q,"code":%q,"request_id":%q}`, message, code, a.header.Get("X-Request-Id"))
	if got := strings.TrimSpace(a.body); a.status != status || got != want {
		t.Errorf("got\n%d %s\nwant\n%d %s", a.status, got, status, want)
	}
}

// verify uses the token of a verification mail, and logs in. It fails the test
// unless that opens a whole account.
func (s *server) verify(t *testing.T, email, token string) (session string) {
	t.Helper()
	s.call(t, 200, "POST", "/api/v1/auth/verifyEmail", fmt.Sprintf(`{"token":%q}`, token))
	session = s.call(t, 200, "POST", "/api/v1/auth/login", credentials(email, password)).token(t)
	s.checkSession(t, email, session)
	return session
}

// addresses returns n addresses that begin with name.
func addresses(name string, n int) (emails []string) {
	for i := range n {
		emails = append(emails, fmt.Sprintf("%s%d@example.com", name, i))
	}
	return emails
}

// mailsTo returns the accepted mails to the address with the subject.
func mailsTo(post *testsmtp.Server, email, subject string) (found []testsmtp.Mail) {
	for _, m := range post.Mails() {
		if slices.Equal(m.To, []string{email}) && m.Subject == subject {
			found = append(found, m)
		}
	}
	return found
}

// awaitMail waits for a mail to the address with the subject and returns the
// newest.
func awaitMail(t *testing.T, post *testsmtp.Server, email, subject string) testsmtp.Mail {
	t.Helper()
	var found []testsmtp.Mail
	eventually(t, subject+" arrives at "+email, func() error {
		if found = mailsTo(post, email, subject); len(found) == 0 {
			return fmt.Errorf("%d other mails have", len(post.Mails()))
		}
		return nil
	})
	return found[len(found)-1]
}

// settle waits until no mail is pending, and then for as long as workers take
// to look again: what would be sent once more would be sent by then.
func settle(t *testing.T, db *sqlx.DB) {
	t.Helper()
	awaitNonePending(t, db, "%")
	time.Sleep(2500 * time.Millisecond) // workers look once a second
}

// awaitNonePending waits until no mail is pending for addresses like the
// pattern.
func awaitNonePending(t *testing.T, db *sqlx.DB, pattern string) {
	t.Helper()
	eventually(t, "no mail is pending for "+pattern, func() error {
		n := count(t, db, `SELECT COUNT(*) FROM outbox o JOIN users u ON u.id = o.user_id
			WHERE o.state = 'pending' AND u.email LIKE '`+pattern+`'`)
		if n > 0 {
			return fmt.Errorf("%d are", n)
		}
		return nil
	})
}

// acceptances counts how often each Message-ID was accepted.
func acceptances(post *testsmtp.Server) map[string]int {
	times := map[string]int{}
	for _, m := range post.Mails() {
		times[m.MessageID]++
	}
	return times
}

// checkOnce fails the test when a mail was accepted more than once.
func checkOnce(t *testing.T, post *testsmtp.Server) {
	t.Helper()
	for id, times := range acceptances(post) {
		if times != 1 {
			t.Errorf("the mail %s was accepted %d times", id, times)
		}
	}
}

// checkAPIUsers fails the test when an account of the API door is there by
// halves, or an invite was used for none.
func checkAPIUsers(t *testing.T, db *sqlx.DB) {
	t.Helper()
	checkParts(t, db, map[string]string{
		"accounts": "= 1", "categories": "= 24", "ledgers": "= 1", "token_transactions": "= 1", "api_keys": "= 1", "audit_events": ">= 2",
	})
	if users, uses := count(t, db, `SELECT COUNT(*) FROM users`), count(t, db, `SELECT SUM(uses) FROM invite_codes`); users != uses {
		t.Errorf("there are %d users, and invites were used %d times", users, uses)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM token_transactions WHERE kind <> 'grant' OR delta <> 2000`); n != 0 {
		t.Errorf("%d rows of the ledger are not the opening grant", n)
	}
	if n := count(t, db, `SELECT COUNT(*) FROM ledgers WHERE balance <> 2000`); n != 0 {
		t.Errorf("%d balances are not the opening grant", n)
	}
}
