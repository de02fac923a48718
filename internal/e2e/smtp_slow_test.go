package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// TestSlowMailServerHoldsUpNobodyElse: while the mail server keeps some sign-ups
// waiting, the others are answered. Then it drops those, goes down, and comes back.
func TestSlowMailServerHoldsUpNobodyElse(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		post, release := keepWaiting(t)
		s := startMailing(t, databaseURL, post, "--smtp-timeout", "30s")
		db := testdb.Connect(t, databaseURL)
		token := s.invite(t, databaseURL, "--uses", "100")
		slow, fine := addresses("slow", 3), addresses("user", 10)
		hung := make(chan map[string]answer, 1)
		go func() { hung <- s.registerAll(t, token, slow...) }()
		eventually(t, "the mail server keeps them waiting", func() error {
			if n := post.Conversations(); n < len(slow) {
				return fmt.Errorf("%d conversations", n)
			}
			return nil
		})
		for email, a := range s.registerAll(t, token, fine...) {
			checkRegistered(t, email, a)
			s.verify(t, email, awaitMail(t, post, email, subjectVerify).Token())
		}
		select {
		case <-hung:
			t.Error("those whom the mail server keeps waiting were answered: nobody was held up")
		default:
		}
		awaitNonePending(t, db, "user%@example.com") // or a mail is cut off after it was accepted
		release()
		for _, a := range <-hung {
			checkRefusal(t, a, 500, "mail_failed", mailFailed)
		}
		down := goDown(t, s, post, token)
		checkCatchUp(t, s, post, append(slow, down))
		awaitIdleOutbox(t, db)
		checkSentOnce(t, post)
		if got, want := len(post.Mails()), 2*(len(fine)+len(slow)+1); got != want {
			t.Errorf("%d mails were accepted, want %d", got, want)
		}
		checkAPIUsers(t, db)
	})
}

// keepWaiting starts a mail server that keeps some recipients' mails waiting, and
// drops them on release.
func keepWaiting(t *testing.T) (post *testsmtp.Server, release func()) {
	t.Helper()
	enough := make(chan struct{})
	release = sync.OnceFunc(func() { close(enough) })
	post = testsmtp.Start(t, func(c *testsmtp.Config) {
		c.Behave = func(recipient string) testsmtp.Behaviour {
			if !strings.HasPrefix(recipient, "slow") {
				return testsmtp.Accept
			}
			<-enough
			return testsmtp.Drop
		}
	})
	t.Cleanup(release)
	return post, release
}

// goDown stops the mail server for one sign-up, and starts it again to accept
// everything.
func goDown(t *testing.T, s *server, post *testsmtp.Server, inviteToken string) (email string) {
	t.Helper()
	email = "down@example.com"
	post.Stop()
	checkRefusal(t, s.registerAll(t, inviteToken, email)[email], 500, "mail_failed", mailFailed)
	post.SetBehave(nil)
	post.Restart()
	return email
}

// checkCatchUp asks for another verification mail for each address, which is sent at
// once. The welcome mails need no asking.
func checkCatchUp(t *testing.T, s *server, post *testsmtp.Server, emails []string) {
	t.Helper()
	for _, email := range emails {
		s.resend(t.Context(), t, email)
	}
	for _, email := range emails {
		s.verify(t, email, awaitMail(t, post, email, subjectVerify).Token())
		awaitMail(t, post, email, subjectWelcome)
	}
}
