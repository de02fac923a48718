package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// faults are what a mail server does, by the first part of the recipient's
// address.
var faults = map[string]struct {
	behaviour testsmtp.Behaviour
	told      bool // the client learns that the mail is accepted
	refused   bool // for good
}{
	"accepted":         {testsmtp.Accept, true, false},
	"accepted-2":       {testsmtp.Accept, true, false},
	"accepted-3":       {testsmtp.Accept, true, false},
	"accepted-dropped": {testsmtp.AcceptThenDrop, true, false},
	"accepted-hanging": {testsmtp.HangAtQuit, true, false},
	"rejected":         {testsmtp.RejectRecipient, false, true},
	"rejected-data":    {testsmtp.RejectData, false, true},
	"deferred":         {testsmtp.Defer, false, false},
	"deferred-data":    {testsmtp.DeferData, false, false},
	"hanging":          {testsmtp.Hang, false, false},
	"dropped":          {testsmtp.Drop, false, false},
	"trickling":        {testsmtp.Trickle, false, false},
}

func faulty(recipient string) testsmtp.Behaviour {
	name, _, _ := strings.Cut(recipient, "@")
	return faults[name].behaviour
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

// TestMailServerFaults signs up recipients with whom the mail server does
// everything that mail servers do, at once; then it recovers.
func TestMailServerFaults(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post := testsmtp.Start(t, func(c *testsmtp.Config) { c.Behave = faulty })
		s := startMailing(t, databaseURL, post, "--smtp-timeout", "2s")
		token := s.invite(t, databaseURL, "--uses", "100")
		var emails []string
		for name := range faults {
			emails = append(emails, name+"@example.com")
		}
		for email, a := range s.registerAll(t, token, emails...) {
			if name, _, _ := strings.Cut(email, "@"); faults[name].told {
				checkRegistered(t, email, a)
			} else {
				checkRefusal(t, a, 500, "mail_failed", mailFailed)
			}
		}
		db := testdb.Connect(t, databaseURL)
		if n := count(t, db, `SELECT COUNT(*) FROM users`); n != len(faults) {
			t.Errorf("there are %d users, want %d", n, len(faults))
		}
		post.SetBehave(nil)
		checkRecovery(t, s, post, token)
		settle(t, db)
		checkAPIUsers(t, db)
		checkLetters(t, post)
	})
}

// checkRecovery asks for another mail for everybody who has got none, and has
// everybody verify and log in.
func checkRecovery(t *testing.T, s *server, post *testsmtp.Server, inviteToken string) {
	t.Helper()
	before := map[string]int{}
	for name, fault := range faults {
		email := name + "@example.com"
		a, err := s.tryRegister(t.Context(), email, inviteToken)
		if err != nil {
			t.Fatal(err)
		}
		checkRefusal(t, a, 400, "email_taken", "Email already exists")
		before[email] = len(mailsTo(post, email, subjectVerify))
		if !fault.told {
			s.resend(t.Context(), t, email)
		}
	}
	for name, fault := range faults {
		email := name + "@example.com"
		eventually(t, "a mail arrives at "+email, func() error {
			if n := len(mailsTo(post, email, subjectVerify)); n == 0 || !fault.told && n == before[email] {
				return fmt.Errorf("%d have", n)
			}
			return nil
		})
		found := mailsTo(post, email, subjectVerify)
		s.verify(t, email, found[len(found)-1].Token())
	}
}

// checkLetters counts what each recipient has got in the end.
func checkLetters(t *testing.T, post *testsmtp.Server) {
	t.Helper()
	for id, times := range acceptances(post) {
		for _, m := range post.Mails() {
			// Where the client was not told, it could not know. It tries again under
			// the same Message-ID, so that the recipient's server can.
			if m.MessageID == id && times > 1 && m.To[0] != "trickling@example.com" {
				t.Errorf("%q was accepted for %s, and sent %d times", m.Subject, m.To[0], times)
			}
		}
	}
	for name, fault := range faults {
		email := name + "@example.com"
		verifications, welcomes := map[string]bool{}, map[string]bool{}
		for _, m := range mailsTo(post, email, subjectVerify) {
			verifications[m.MessageID] = true
		}
		for _, m := range mailsTo(post, email, subjectWelcome) {
			welcomes[m.MessageID] = true
		}
		want := map[bool]int{false: 1, true: 0}[fault.refused]
		if len(welcomes) != want {
			t.Errorf("%s has got %d different welcome mails, want %d", email, len(welcomes), want)
		}
		if name == "trickling" {
			continue // the first may have arrived, too
		}
		if len(verifications) != 1 {
			t.Errorf("%s has got %d different verification mails, want 1", email, len(verifications))
		}
	}
}
