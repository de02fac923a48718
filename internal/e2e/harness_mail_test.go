package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testsmtp"
)

// The subjects of mails.
const (
	subjectVerify  = "Verify your email"
	subjectWelcome = "Welcome to Alta: your API key"
	subjectReset   = "Choose a new password"
)

// startMailing starts a server that sends its mails to post.
func startMailing(t *testing.T, databaseURL string, post *testsmtp.Server, args ...string) *server {
	t.Helper()
	return launch(t, serve(append([]string{"--hash-queue", "1000"}, args...)...), environ(t, databaseURL, mailing(post)...))
}

// mailing returns the variables that name post as the mail server.
func mailing(post *testsmtp.Server) []string {
	variables := []string{"ALTA_SMTP_URL=" + post.URL(), "ALTA_MAIL_FROM=Alta Registros <no-reply@alta.example.com>"}
	if file := post.CertificateFile(); file != "" {
		variables = append(variables, "SSL_CERT_FILE="+file)
	}
	return variables
}

// mailsTo returns the mails with the subject that were accepted for the address.
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

// awaitIdleOutbox waits until no mail is pending, and then until the workers have
// looked again: a mail that is sent twice is sent by then.
func awaitIdleOutbox(t *testing.T, db *sqlx.DB) {
	t.Helper()
	awaitNonePending(t, db, "%")
	time.Sleep(2500 * time.Millisecond) // workers look once a second
}

// awaitNonePending waits until no mail is pending for addresses that match the
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

// checkSentOnce fails the test if a mail was accepted more than once.
func checkSentOnce(t *testing.T, post *testsmtp.Server) {
	t.Helper()
	for id, times := range acceptances(post) {
		if times != 1 {
			t.Errorf("the mail %s was accepted %d times", id, times)
		}
	}
}

// registerAll signs everybody up at once at the API door and returns every
// answer.
func (s *server) registerAll(t *testing.T, inviteToken string, emails ...string) map[string]answer {
	t.Helper()
	answers := map[string]answer{}
	var all sync.WaitGroup
	var one sync.Mutex
	for _, email := range emails {
		all.Go(func() {
			a, err := s.tryRegister(t.Context(), email, inviteToken)
			if err != nil {
				t.Errorf("%s: %v", email, err)
				return
			}
			one.Lock()
			defer one.Unlock()
			answers[email] = a
		})
	}
	all.Wait()
	return answers
}

func (s *server) resend(ctx context.Context, t *testing.T, email string) {
	t.Helper()
	const want = `{"message":"If that email is awaiting verification, a new link has been sent."}`
	a, err := s.try(ctx, "POST", "/api/v1/auth/resend-verification", fmt.Sprintf(`{"email":%q}`, email))
	if err != nil || a.status != 200 || strings.TrimSpace(a.body) != want {
		t.Errorf("resend to %s: got %d %s (%v)", email, a.status, a.body, err)
	}
}

var apiKey = regexp.MustCompile(`alta_[0-9A-Za-z]{38}`)

// apiKeyOf returns the API key in a welcome mail.
func apiKeyOf(t *testing.T, welcome testsmtp.Mail) string {
	t.Helper()
	keys := apiKey.FindAllString(welcome.Text, -1)
	if len(keys) == 0 || !strings.Contains(welcome.Text, "curl ") || !strings.Contains(welcome.HTML, keys[0]) {
		t.Fatalf("want a key and a sample of curl in:\n%s", welcome.Text)
	}
	return keys[0]
}

var (
	mailInList   = regexp.MustCompile(`<a href="(/dev/mailbox/[^"]+)">([^<]*)</a>`)
	linkInMail   = regexp.MustCompile(`<a href="(https?://[^"]+token=[^"]+)">`)
	tokenInForm  = regexp.MustCompile(`<input type="hidden" name="token" value="([^"]+)">`)
	headingOf    = regexp.MustCompile(`<h1>([^<]*)</h1>`)
	formEncoding = "Content-Type: application/x-www-form-urlencoded"
)

// mailPath returns the path of the newest mail of the development mailbox with
// the subject, or "".
func (s *server) mailPath(t *testing.T, subject string) string {
	t.Helper()
	for _, found := range mailInList.FindAllStringSubmatch(s.call(t, 200, "GET", "/dev/mailbox", "").body, -1) {
		if found[2] == subject {
			return found[1]
		}
	}
	return ""
}

// readMailAndVerify reads the verification mail in the development mailbox,
// follows its link and presses the button.
func (s *server) readMailAndVerify(t *testing.T) {
	t.Helper()
	path := s.mailPath(t, subjectVerify)
	if path == "" {
		t.Fatal("the verification mail is not there, although the sign-up was answered")
	}
	link := linkInMail.FindStringSubmatch(s.call(t, 200, "GET", path, "").body)
	if link == nil || !strings.HasPrefix(link[1], s.url+"/") {
		t.Fatalf("the mail has no link: %q", link)
	}
	location := s.call(t, 302, "GET", strings.TrimPrefix(link[1], s.url), "").header.Get("Location")
	page := s.call(t, 200, "GET", strings.TrimPrefix(location, s.url), "")
	token := tokenInForm.FindStringSubmatch(page.body)
	if token == nil || page.header.Get("Referrer-Policy") != "no-referrer" || page.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the page has no form, or tells others of its token: %v\n%s", page.header, page.body)
	}
	done := s.call(t, 200, "POST", "/verify-email", url.Values{"token": {token[1]}}.Encode(), formEncoding)
	if heading := headingOf.FindStringSubmatch(done.body); heading == nil || heading[1] != "All set" {
		t.Errorf("the button leads to %s", done.body)
	}
}

// paste runs the command in a shell and returns its standard output.
func paste(t *testing.T, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash", "-c", command)
	shell.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH")}
	out, err := shell.Output()
	if err != nil {
		t.Fatalf("%v:\n%s", err, command)
	}
	return string(out)
}
