package e2e

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// TestStopFinishesMails asks the server to stop while the mails of a sign-up
// are under way, and one that nobody waits for. The client is answered, and no
// mail is lost or sent again.
func TestStopFinishesMails(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		const email, other = "user@example.com", "other@example.com"
		post := testsmtp.Start(t)
		s := startMailing(t, databaseURL, post, "--smtp-timeout", "30s")
		db := testdb.Connect(t, databaseURL)
		token := s.invite(t, databaseURL, "--uses", "2")
		checkRegistered(t, other, s.registerAll(t, token, other)[other])
		awaitNonePending(t, db, "%")
		release := askFirst(t, post, email, other)
		s.call(t, 200, "POST", "/api/v1/auth/forgetpassword", `{"email":"`+other+`"}`)
		answers := make(chan map[string]answer, 1)
		go func() { answers <- s.registerAll(t, token, email) }()
		release.await(t, 3)
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // the log tells whether it arrived
		s.says(t, "stopping: calls in flight are finished")
		release.to[email]()
		checkRegistered(t, email, (<-answers)[email])
		s.says(t, "stopped") // taking calls; the last mail is still under way
		select {
		case <-s.exited:
			t.Error("the server ended with a mail under way")
		case <-time.After(500 * time.Millisecond):
		}
		release.to[other]()
		s.stopped(t)
		if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND payload = '' AND leased_until IS NULL`); n != 5 {
			t.Errorf("%d mails are recorded as sent, want 5", n)
		}
		startMailing(t, databaseURL, post).verify(t, email, awaitMail(t, post, email, subjectVerify).Token())
		settle(t, db)
		checkOnce(t, post)
		if n := len(post.Mails()); n != 5 {
			t.Errorf("%d mails were sent, want 5", n)
		}
	})
}

// releases lets mails go that the mail server has been asked to take.
type releases struct {
	asked chan struct{}
	to    map[string]func() // by recipient
}

// askFirst has the mail server accept no mail to come before it is told to.
func askFirst(t *testing.T, post *testsmtp.Server, emails ...string) releases {
	t.Helper()
	r, gates := releases{make(chan struct{}, 100), map[string]func(){}}, map[string]chan struct{}{}
	for _, email := range emails {
		gate := make(chan struct{})
		gates[email], r.to[email] = gate, sync.OnceFunc(func() { close(gate) })
		t.Cleanup(r.to[email])
	}
	post.SetBehave(func(recipient string) testsmtp.Behaviour {
		r.asked <- struct{}{}
		<-gates[recipient]
		return testsmtp.Accept
	})
	return r
}

// await waits until n mails are under way.
func (r releases) await(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-r.asked:
		case <-time.After(patience):
			t.Fatalf("not even after a long time, %d mails are under way", n)
		}
	}
}

// says waits until the log has the message.
func (s *server) says(t *testing.T, message string) {
	t.Helper()
	eventually(t, "the server says "+message, func() error {
		if _, ok := s.logged(message); !ok {
			return errors.New("it does not")
		}
		return nil
	})
}
