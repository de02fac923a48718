package e2e

import (
	"sync"
	"syscall"
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/internal/testsmtp"
)

// TestStopFinishesMails asks the server to stop while it sends the mails of a sign-up,
// and one that no call waits for. The client is answered, and no mail is lost or sent
// twice.
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
		held := holdMails(t, post, email, other)
		s.call(t, 200, "POST", "/api/v1/auth/forgetpassword", `{"email":"`+other+`"}`)
		answers := make(chan map[string]answer, 1)
		go func() { answers <- s.registerAll(t, token, email) }()
		held.await(t, 3)
		_ = s.cmd.Process.Signal(syscall.SIGTERM) // the log tells whether it arrived
		s.awaitLog(t, "stopping: calls in flight are finished")
		held.release[email]()
		checkRegistered(t, email, (<-answers)[email])
		s.awaitLog(t, "stopped") // taking calls; the last mail is still under way
		select {
		case <-s.exited:
			t.Error("the server ended with a mail under way")
		case <-time.After(500 * time.Millisecond):
		}
		held.release[other]()
		s.awaitExit(t)
		if n := count(t, db, `SELECT COUNT(*) FROM outbox WHERE state = 'sent' AND payload = '' AND leased_until IS NULL`); n != 5 {
			t.Errorf("%d mails are recorded as sent, want 5", n)
		}
		startMailing(t, databaseURL, post).verify(t, email, awaitMail(t, post, email, subjectVerify).Token())
		awaitIdleOutbox(t, db)
		checkSentOnce(t, post)
		if n := len(post.Mails()); n != 5 {
			t.Errorf("%d mails were sent, want 5", n)
		}
	})
}

// heldMails are mails that the mail server has been asked to accept.
type heldMails struct {
	asked   chan struct{}
	release map[string]func() // accepts the mails, by recipient
}

// holdMails makes the mail server accept mails only when they are released.
func holdMails(t *testing.T, post *testsmtp.Server, emails ...string) heldMails {
	t.Helper()
	r, gates := heldMails{asked: make(chan struct{}, 100), release: map[string]func(){}}, map[string]chan struct{}{}
	for _, email := range emails {
		gate := make(chan struct{})
		gates[email], r.release[email] = gate, sync.OnceFunc(func() { close(gate) })
		t.Cleanup(r.release[email])
	}
	post.SetBehave(func(recipient string) testsmtp.Behaviour {
		r.asked <- struct{}{}
		<-gates[recipient]
		return testsmtp.Accept
	})
	return r
}

// await waits until n mails are being sent.
func (r heldMails) await(t *testing.T, n int) {
	t.Helper()
	for range n {
		select {
		case <-r.asked:
		case <-time.After(patience):
			t.Fatalf("%d mails are not being sent, even after a long time", n)
		}
	}
}
