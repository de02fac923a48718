package e2e

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// TestCrashKeepsEverySignUpAndItsMails kills the server in the middle of sign-ups at
// the API door, for some of which the mail server defers the mail. After a restart
// each account is complete, and its mails are sent; twice only if they were accepted
// and not recorded before the crash.
func TestCrashKeepsEverySignUpAndItsMails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const clients, enough = 50, 15
		post := testsmtp.Start(t, func(c *testsmtp.Config) { c.Behave = deferSome })
		s := startMailing(t, databaseURL, post, "--smtp-timeout", "2s")
		answered := crashAmidSignUps(t, s, s.invite(t, databaseURL, "--uses", "200"), clients, enough)
		checkSentOnce(t, post)
		db := testdb.Connect(t, databaseURL)
		accepted, recorded := acceptances(post), sentMails(t, db)
		checkAPIUsers(t, db)
		post.SetBehave(nil)
		expireLeases(t, db, databaseURL, "outbox")
		restarted := startMailing(t, databaseURL, post, "--smtp-timeout", "2s")
		awaitIdleOutbox(t, db)
		users := emails(t, db)
		for email := range answered {
			if !users[email] {
				t.Errorf("%s was answered and is not in the database", email)
			}
		}
		for email := range users {
			found := mailsTo(post, email, subjectVerify)
			if len(found) == 0 || len(mailsTo(post, email, subjectWelcome)) == 0 {
				t.Errorf("%s has an account, and not both mails", email)
			} else if answered[email] {
				restarted.verify(t, email, found[len(found)-1].Token())
			}
		}
		for id, times := range acceptances(post) {
			if again := accepted[id] == 1 && !recorded[id]; times > 2 || times == 2 && !again {
				t.Errorf("the mail %s was accepted %d times; at the crash it was accepted %d times, recorded as sent: %v",
					id, times, accepted[id], recorded[id])
			}
		}
		checkAPIUsers(t, db)
	})
}

// deferSome defers mails to every other recipient.
func deferSome(recipient string) testsmtp.Behaviour {
	if name, _, _ := strings.Cut(recipient, "@"); strings.ContainsAny(name[len(name)-1:], "02468") {
		return testsmtp.Defer
	}
	return testsmtp.Accept
}

// crashAmidSignUps makes many sign-ups at once at the API door and kills the server
// when enough are answered. It returns the addresses of those.
func crashAmidSignUps(t *testing.T, s *server, inviteToken string, clients, enough int) (answered map[string]bool) {
	t.Helper()
	answered = map[string]bool{}
	var one sync.Mutex
	reached := make(chan struct{})
	var all sync.WaitGroup
	for _, email := range addresses("user", clients) {
		all.Go(func() {
			a, err := s.tryRegister(t.Context(), email, inviteToken)
			if err != nil {
				return // it was cut off
			}
			checkAnswer(t, email, a)
			one.Lock()
			defer one.Unlock()
			if answered[email] = true; len(answered) == enough {
				close(reached)
			}
		})
	}
	select {
	case <-reached:
	case <-s.exited:
		t.Fatal("the server ended by itself")
	case <-time.After(patience):
		t.Fatal("the sign-ups are not answered")
	}
	s.kill()
	all.Wait()
	if len(answered) == clients {
		t.Error("all sign-ups were answered: the crash came too late to show anything")
	}
	return answered
}

// sentMails returns the Message-IDs of the mails that are recorded as sent.
func sentMails(t *testing.T, db *sqlx.DB) map[string]bool {
	t.Helper()
	sent := map[string]bool{}
	for _, id := range selectTexts(t, db, `SELECT id FROM outbox WHERE state = 'sent'`) {
		sent[id+"@alta.example.com"] = true
	}
	return sent
}

// TestReplicasSendEachMailOnce splits sign-ups between two servers on one PostgreSQL,
// and then asks both at once to send the deferred mails again.
func TestReplicasSendEachMailOnce(t *testing.T) {
	t.Parallel()
	databaseURL := testdb.Postgres(t)
	post := testsmtp.Start(t, func(c *testsmtp.Config) { c.Behave = deferSome })
	replicas := []*server{startMailing(t, databaseURL, post), startMailing(t, databaseURL, post)}
	token := replicas[0].invite(t, databaseURL, "--uses", "20")
	everybody := addresses("user", 20)
	var all sync.WaitGroup
	for i, s := range replicas {
		all.Go(func() {
			for email, a := range s.registerAll(t, token, everybody[i*10:i*10+10]...) {
				checkAnswer(t, email, a)
			}
		})
	}
	all.Wait()
	post.SetBehave(func(string) testsmtp.Behaviour {
		time.Sleep(100 * time.Millisecond) // so that the other replica looks while one sends
		return testsmtp.Accept
	})
	for _, s := range replicas {
		for _, email := range everybody {
			all.Go(func() { s.resend(t.Context(), t, email) })
		}
	}
	all.Wait()
	db := testdb.Connect(t, databaseURL)
	awaitIdleOutbox(t, db)
	checkSentOnce(t, post)
	for _, email := range everybody {
		verifications, welcomes := len(mailsTo(post, email, subjectVerify)), len(mailsTo(post, email, subjectWelcome))
		if verifications != 1 || welcomes != 1 {
			t.Errorf("%s has got %d verification and %d welcome mails, want one of each", email, verifications, welcomes)
		}
	}
	checkAPIUsers(t, db)
}

// checkAnswer fails the test unless the answer fits what deferSome did.
func checkAnswer(t *testing.T, email string, a answer) {
	t.Helper()
	if deferSome(email) == testsmtp.Accept {
		checkRegistered(t, email, a)
	} else {
		checkRefusal(t, a, 500, "mail_failed", mailFailed)
	}
}
