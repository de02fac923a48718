package e2e

import (
	"fmt"
	"strings"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// faults are the mail server's behaviour by the first part of the recipient's
// address.
var faults = map[string]struct {
	behaviour testsmtp.Behaviour
	told      bool // the server learns that the mail is accepted
	refused   bool // permanently
}{
	"accepted":         {behaviour: testsmtp.Accept, told: true},
	"accepted-2":       {behaviour: testsmtp.Accept, told: true},
	"accepted-3":       {behaviour: testsmtp.Accept, told: true},
	"accepted-dropped": {behaviour: testsmtp.AcceptThenDrop, told: true},
	"accepted-hanging": {behaviour: testsmtp.HangAtQuit, told: true},
	"rejected":         {behaviour: testsmtp.RejectRecipient, refused: true},
	"rejected-data":    {behaviour: testsmtp.RejectData, refused: true},
	"deferred":         {behaviour: testsmtp.Defer},
	"deferred-data":    {behaviour: testsmtp.DeferData},
	"hanging":          {behaviour: testsmtp.Hang},
	"dropped":          {behaviour: testsmtp.Drop},
	"trickling":        {behaviour: testsmtp.Trickle},
}

func faultOf(recipient string) testsmtp.Behaviour {
	name, _, _ := strings.Cut(recipient, "@")
	return faults[name].behaviour
}

// TestMailServerFaults signs up one recipient for each fault of the mail server, all
// at once; then the mail server recovers.
func TestMailServerFaults(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post := testsmtp.Start(t, func(c *testsmtp.Config) { c.Behave = faultOf })
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
		awaitIdleOutbox(t, db)
		checkAPIUsers(t, db)
		checkLetters(t, post)
	})
}

// TestSignUpByAnAddressThatTakesSMTPUTF8: if the mail server does not offer it, the
// registration says that the mail was not sent, and once it does, the user can be
// verified.
func TestSignUpByAnAddressThatTakesSMTPUTF8(t *testing.T) {
	const email = "josé@example.com"
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post := testsmtp.Start(t, func(c *testsmtp.Config) { c.WithoutSMTPUTF8 = true })
		s := startMailing(t, databaseURL, post)
		a := s.registerAll(t, s.invite(t, databaseURL), email)[email]
		checkRefusal(t, a, 500, "mail_failed", mailFailed)
		post.OfferSMTPUTF8()
		s.resend(t.Context(), t, email)
		eventually(t, "a mail arrives", func() error {
			if len(mailsTo(post, email, subjectVerify)) == 0 {
				return fmt.Errorf("there is none")
			}
			return nil
		})
		s.verify(t, email, mailsTo(post, email, subjectVerify)[0].Token())
	})
}

// checkRecovery asks for another mail for each address that has none, and verifies
// and logs in with each.
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

// checkLetters counts the mails that each recipient has in the end.
func checkLetters(t *testing.T, post *testsmtp.Server) {
	t.Helper()
	for id, times := range acceptances(post) {
		for _, m := range post.Mails() {
			// If the client did not get the answer, it sends the mail again under the same
			// Message-ID, by which the recipient's server can tell.
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
